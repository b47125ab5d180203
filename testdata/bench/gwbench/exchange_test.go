package main

import (
	"bufio"
	"bytes"
	"net"
	"testing"
	"time"
)

// served is the client's end of a connection to the back end.
func served(t *testing.T, serve func(net.Conn)) net.Conn {
	client, server := net.Pipe()
	ended := make(chan struct{})
	go func() {
		serve(server)
		close(ended)
	}()
	client.SetDeadline(time.Now().Add(10 * time.Second))
	t.Cleanup(func() {
		client.Close()
		<-ended
	})
	return client
}

func TestWebSocketMessagesOfEveryLengthComeBack(t *testing.T) {
	w, err := openWebSocket(served(t, answer))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 16, 125, 126, 127, 16 << 10, 1<<16 - 1, 1 << 16, 70000} {
		sent := make(chan error, 1)
		go func() { _, err := w.c.Write(maskedFrame(n)); sent <- err }()
		h, err := readFrameHeader(w.r)
		if err != nil {
			t.Fatal(err)
		}
		if h.first != 0x82 || h.masked || h.length != n {
			t.Errorf("of %d bytes came back %+v", n, h)
		}
		got := make([]byte, 0, n)
		for len(got) < n {
			b, err := w.r.ReadByte()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b)
		}
		if got[0] != doEcho || n > 1 && got[n-1] != 'm' {
			t.Errorf("of %d bytes came back %q ... %q", n, got[0], got[n-1])
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
}

func TestHTTPRequestsOnOneConnectionAreEachAnswered(t *testing.T) {
	c := served(t, answer)
	r := bufio.NewReader(c)
	for range 3 {
		if _, err := c.Write(request); err != nil {
			t.Fatal(err)
		}
		if err := readAnswer(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnswersOfAGatewayThatRefusesAreErrors(t *testing.T) {
	for _, text := range []string{
		"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Length: 128\r\n\r\nshort",
		"",
	} {
		if err := readAnswer(bufio.NewReader(bytes.NewBufferString(text))); err == nil {
			t.Errorf("readAnswer(%q) found nothing wrong", text)
		}
	}
}

func TestHeaderValueIsFoundWhateverItsCase(t *testing.T) {
	head := []byte("GET / HTTP/1.1\r\nHost: h\r\nSec-WebSocket-KEY:  abc= \r\n")
	if got := headerValue(head, "sec-websocket-key"); got != "abc=" {
		t.Errorf("headerValue = %q, want abc=", got)
	}
	if got := headerValue(head, "upgrade"); got != "" {
		t.Errorf("headerValue of one that is not there = %q", got)
	}
}
