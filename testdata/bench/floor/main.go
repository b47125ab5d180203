// Command floor is the yardstick: the simplest Go that carries TLS, HTTPS and WebSocket
// to a back end, as anybody would write it. What gwtls takes less is what it gained.
package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

func main() {
	tcp := flag.String("tcp", "", "address of TLS to TCP")
	https := flag.String("http", "", "address of HTTPS to HTTP")
	wss := flag.String("wsws", "", "address of WSS to WS")
	bridge := flag.String("wstcp", "", "address of WSS to TCP")
	backTCP := flag.String("back-tcp", "", "TCP back end")
	backHTTP := flag.String("back-http", "", "HTTP and WebSocket back end")
	cert := flag.String("cert", "", "certificate file")
	key := flag.String("key", "", "key file")
	flag.Parse()
	log.SetOutput(io.Discard)
	config, err := reloading(*cert, *key)
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
	ended := make(chan error)
	go func() { ended <- proxyTCP(*tcp, config, *backTCP) }()
	forward := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: *backHTTP})
	forward.Transport = &http.Transport{MaxIdleConnsPerHost: 256}
	for address, handler := range map[string]http.Handler{*https: forward, *wss: forward, *bridge: webSocketToTCP(*backTCP)} {
		s := &http.Server{Addr: address, Handler: handler, TLSConfig: config}
		go func() { ended <- s.ListenAndServeTLS("", "") }()
	}
	fmt.Fprintln(os.Stderr, "floor:", <-ended)
	os.Exit(1)
}

// reloading serves a certificate that SIGHUP has read again.
func reloading(cert, key string) (*tls.Config, error) {
	var current atomic.Pointer[tls.Certificate]
	load := func() error {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err == nil {
			current.Store(&pair)
		}
		return err
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	go func() {
		for range hup {
			if err := load(); err != nil {
				fmt.Fprintln(os.Stderr, "floor:", err)
			}
		}
	}()
	return &tls.Config{
		MinVersion:     tls.VersionTLS13,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil },
	}, load()
}

func proxyTCP(address string, config *tls.Config, backend string) error {
	l, err := tls.Listen("tcp", address, config)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go carry(c.(*tls.Conn), backend)
	}
}

func carry(c *tls.Conn, backend string) {
	defer c.Close()
	if c.Handshake() != nil {
		return
	}
	b, err := net.Dial("tcp", backend)
	if err != nil {
		return
	}
	defer b.Close()
	go func() {
		io.Copy(b, c)
		b.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(c, b)
}

func webSocketToTCP(backend string) http.Handler {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		b, err := net.Dial("tcp", backend)
		if err != nil {
			return
		}
		defer b.Close()
		go func() {
			defer b.Close()
			for {
				_, message, err := ws.ReadMessage()
				if err != nil {
					return
				}
				if _, err := b.Write(message); err != nil {
					return
				}
			}
		}()
		if err := sendMessages(ws, b); errors.Is(err, io.EOF) {
			ws.WriteControl(websocket.CloseMessage, nil, time.Now().Add(time.Second))
		}
	})
}

func sendMessages(ws *websocket.Conn, b io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := b.Read(buf)
		if err != nil {
			return err
		}
		if err := ws.WriteMessage(websocket.BinaryMessage, buf[:n]); err != nil {
			return err
		}
	}
}
