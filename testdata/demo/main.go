// Command demo is the other two parties of the quickstart: a plain TCP back end
// that answers each line, and a WebSocket client that trusts one file and nothing else.
//
//	go run ./testdata/demo backend 127.0.0.1:7000
//	go run ./testdata/demo say wss://localhost:9001/orders trust.pem 'two pizzas'
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "backend":
		return backend(args[1])
	case len(args) == 4 && args[0] == "say":
		return say(args[1], args[2], args[3])
	}
	return errors.New("usage: demo backend ADDRESS | demo say URL ROOT.pem TEXT")
}

func backend(address string) error {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go answer(conn)
	}
}

func answer(conn net.Conn) {
	defer conn.Close()
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		fmt.Fprintf(conn, "confirmed: %s\n", lines.Text())
	}
}

func say(url, rootFile, text string) error {
	pem, err := os.ReadFile(rootFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s: no certificate", rootFile)
	}
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: roots}, HandshakeTimeout: 10 * time.Second}
	conn, _, err := dialer.Dial(url, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(text+"\n")); err != nil {
		return err
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, reply, err := conn.ReadMessage()
	if err != nil {
		return err
	}
	os.Stdout.Write(reply)
	return conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
}
