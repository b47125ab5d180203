package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// noSessions asks for tickets as every browser does, and keeps none.
type noSessions struct{}

func (noSessions) Get(string) (*tls.ClientSessionState, bool) { return nil, false }
func (noSessions) Put(string, *tls.ClientSessionState)        {}

// clientConfig allows one version and one group, so that all gateways do the same work.
// The gateways' certificates are of this run and of no concern to the client.
func clientConfig(group tls.CurveID) *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true, ServerName: "localhost", MinVersion: tls.VersionTLS13,
		CurvePreferences: []tls.CurveID{group}, ClientSessionCache: noSessions{}, DynamicRecordSizingDisabled: true,
	}
}

// plainConfig is clientConfig with the group of most lines.
func plainConfig() *tls.Config { return clientConfig(tls.X25519) }

// resumingConfig keeps tickets and uses them.
func resumingConfig() *tls.Config {
	c := plainConfig()
	c.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	return c
}

const exchangeTimeout = 10 * time.Second

// dial connects and shakes hands; whatever else than AES-128-GCM was agreed is an error.
func dial(port int, config *tls.Config) (*tls.Conn, error) {
	raw, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(port), 5*time.Second)
	if err != nil {
		return nil, err
	}
	raw.SetDeadline(time.Now().Add(2 * exchangeTimeout))
	c := tls.Client(raw, config)
	if err := c.Handshake(); err != nil {
		raw.Close()
		return nil, err
	}
	raw.SetDeadline(time.Time{})
	if s := c.ConnectionState(); s.CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		raw.Close()
		return nil, fmt.Errorf("agreed on %s", tls.CipherSuiteName(s.CipherSuite))
	}
	return c, nil
}

// visit connects, gets one small answer through a service and closes.
func visit(port int, via service, config *tls.Config) (tls.ConnectionState, error) {
	c, err := dial(port, config)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(exchangeTimeout))
	err = smallExchange(c, via)
	return c.ConnectionState(), err // after the exchange, when tickets have come
}

var (
	requestAndClose = []byte("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	request         = []byte("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: gwbench\r\nAccept: */*\r\n\r\n")
	upgrade         = []byte("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	smallFrame = maskedFrame(16)
)

func smallExchange(c *tls.Conn, via service) error {
	switch via {
	case viaHTTP:
		if _, err := c.Write(requestAndClose); err != nil {
			return err
		}
		return readAnswer(bufio.NewReaderSize(c, 1024))
	case viaWS, viaBridge:
		w, err := openWebSocket(c)
		if err != nil {
			return err
		}
		return w.echo(smallFrame, 16)
	}
	return echoBytes(c, 16)()
}

// echoBytes gives the exchange of n bytes there and back.
func echoBytes(c *tls.Conn, n int) func() error {
	out, in := bytes.Repeat([]byte{doEcho}, n), make([]byte, n)
	return func() error {
		if _, err := c.Write(out); err != nil {
			return err
		}
		_, err := io.ReadFull(c, in)
		return err
	}
}

// readAnswer takes in the back end's one answer.
func readAnswer(r *bufio.Reader) error {
	status, err := readLine(r)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200")) {
		return fmt.Errorf("answer %q", status)
	}
	length := 0
	for {
		line, err := readLine(r)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		const name = "content-length:"
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(line[len(name):])))
		}
	}
	if length != answerLength {
		return fmt.Errorf("answer of %d bytes, want %d", length, answerLength)
	}
	_, err = r.Discard(length)
	return err
}

func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

// webSocket is the client's side of a WebSocket.
type webSocket struct {
	c net.Conn
	r *bufio.Reader
}

func openWebSocket(c net.Conn) (*webSocket, error) {
	if _, err := c.Write(upgrade); err != nil {
		return nil, err
	}
	w := &webSocket{c, bufio.NewReaderSize(c, 2048)}
	status, err := readLine(w.r)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 101")) {
		return nil, fmt.Errorf("upgrade answered %q", status)
	}
	for {
		if line, err := readLine(w.r); err != nil || len(line) == 0 {
			return w, err
		}
	}
}

// echo sends a frame and takes n payload bytes back, in however many frames.
func (w *webSocket) echo(frame []byte, n int) error {
	if _, err := w.c.Write(frame); err != nil {
		return err
	}
	for n > 0 {
		h, err := readFrameHeader(w.r)
		if err != nil {
			return err
		}
		if h.op() == opClose {
			return errors.New("closed by the gateway")
		}
		if _, err := w.r.Discard(h.length); err != nil {
			return err
		}
		if !h.control() {
			n -= h.length
		}
	}
	if n < 0 {
		return errors.New("more came back than was sent")
	}
	return nil
}
