package main

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"net"
)

// What the first byte of a TCP connection asks of the back end.
const (
	doEcho    = 'E' // send everything back, that byte too
	doSend    = 'D' // send without end
	doSwallow = 'U' // take without end
)

// backend serves until it is killed. It is written by hand rather than on net/http
// so as to take little of the processor that it shares with the gateway.
func backend(args []string) error {
	fs := flag.NewFlagSet("backend", flag.ExitOnError)
	tcp := fs.String("tcp", "", "address of the TCP service")
	http := fs.String("http", "", "address of the HTTP and WebSocket service")
	secure := fs.String("tls", "", "address of the TCP service over TLS")
	cert := fs.String("cert", "", "certificate file")
	key := fs.String("key", "", "key file")
	fs.Parse(args)

	ended := make(chan error)
	if *tcp != "" {
		go func() { ended <- accept(*tcp, echo) }()
	}
	if *http != "" {
		go func() { ended <- accept(*http, answer) }()
	}
	if *secure != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			return err
		}
		config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}
		go func() { ended <- accept(*secure, func(c net.Conn) { echo(tls.Server(c, config)) }) }()
	}
	return <-ended
}

func accept(address string, serve func(net.Conn)) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go serve(c)
	}
}

// echo is the TCP service.
func echo(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 512) // idle connections stay small; a busy one gets more
	n, err := c.Read(buf)
	if err != nil {
		return
	}
	switch buf[0] {
	case doSend:
		buf = make([]byte, 256<<10)
		for err == nil {
			_, err = c.Write(buf)
		}
	case doSwallow:
		buf = make([]byte, 256<<10)
		for err == nil {
			_, err = c.Read(buf)
		}
	}
	for err == nil {
		if _, err = c.Write(buf[:n]); err != nil {
			return
		}
		if n == len(buf) && n < 64<<10 {
			buf = make([]byte, 64<<10)
		}
		n, err = c.Read(buf)
	}
}

const answerLength = 128

var httpAnswer = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s",
	answerLength, bytes.Repeat([]byte("x"), answerLength))

// answer is the HTTP service: the same answer to every request, or after an upgrade a
// WebSocket echo.
func answer(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 4096)
	have := 0
	for {
		n, err := c.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		end := bytes.Index(buf[:have], []byte("\r\n\r\n"))
		if end < 0 {
			if have == len(buf) {
				return
			}
			continue
		}
		head, rest := buf[:end+2], buf[end+4:have]
		if key := headerValue(head, "sec-websocket-key"); key != "" {
			if _, err := io.WriteString(c, switching(key)); err == nil {
				echoFrames(c, io.MultiReader(bytes.NewReader(bytes.Clone(rest)), c))
			}
			return
		}
		if _, err := c.Write(httpAnswer); err != nil {
			return
		}
		have = copy(buf, rest)
	}
}

// headerValue finds a header by its name in lower case, in a head that ends in CRLF.
func headerValue(head []byte, name string) string {
	for line := range bytes.Lines(head) {
		if k, v, ok := bytes.Cut(line, []byte(":")); ok && string(bytes.ToLower(k)) == name {
			return string(bytes.TrimSpace(v))
		}
	}
	return ""
}

// switching is the answer to an upgrade (RFC 6455, section 4.2.2).
func switching(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
}

// echoFrames sends each message frame back unmasked.
func echoFrames(c net.Conn, r io.Reader) {
	br := bufio.NewReaderSize(r, 2048)
	buf := make([]byte, 0, 512)
	for {
		h, err := readFrameHeader(br)
		if err != nil || h.op() == opClose || h.length > 1<<20 {
			return
		}
		if need := 10 + h.length; cap(buf) < need {
			buf = make([]byte, 0, need)
		}
		out := appendFrameHeader(buf[:0], h.first, h.length)
		payload := out[len(out) : len(out)+h.length]
		if _, err := io.ReadFull(br, payload); err != nil {
			return
		}
		if h.control() {
			continue
		}
		if h.masked {
			xorMask(payload, h.mask)
		}
		if _, err := c.Write(out[:len(out)+h.length]); err != nil {
			return
		}
	}
}
