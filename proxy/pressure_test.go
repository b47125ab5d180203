package proxy_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gwtls/gwtls/proxy"
)

const (
	flood = 256 << 20
	// What the system's socket buffers take of a flood, generously, on both connections.
	systemBuffers = 32 << 20
	// What a session may hold: its buffers, and room for what else happens in a test.
	heapRoom = 8 << 20
)

// pour writes until the other side takes no more for a while, and gives how much it took.
func pour(c net.Conn, frame func([]byte) []byte) (taken int) {
	chunk := frame(bytes.Repeat([]byte("flood..."), 4<<10))
	for taken < flood {
		c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
		n, err := c.Write(chunk)
		taken += n
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return taken
		}
		if err != nil {
			return -1
		}
	}
	return taken
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func asIs(b []byte) []byte      { return b }
func asMessage(b []byte) []byte { return masked(0x82, b) }

func serverMessage(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0x82, 126}, uint16(len(b))), b...)
}

// A client that stops reading makes the gateway stop reading its back end.
func TestClientThatDoesNotRead(t *testing.T) {
	for name, test := range map[string]struct {
		scheme proxy.Scheme
		secure bool
		framed bool
	}{
		"tcp to tcp": {proxy.Stream, false, false},
		"tls to tcp": {proxy.Stream, true, false},
		"wss to tcp": {proxy.WebSocket, true, false},
		"ws to ws":   {proxy.WebSocket, false, true},
		"wss to ws":  {proxy.WebSocket, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			taken := make(chan int, 1)
			backend := "tcp://" + listen(t, false, func(c net.Conn) { taken <- pour(c, asIs) })
			if test.framed {
				backend = "ws://" + serveRaw(t, func(c net.Conn) { taken <- pour(c, serverMessage) })
			}
			svc := service(backend)
			svc.MaximumPendingBytes = 64 << 10
			g := start(t, one(test.scheme, test.secure, svc))
			before := heap()
			var c net.Conn
			switch {
			case test.scheme == proxy.Stream && test.secure:
				c = g.dial("localhost")
			case test.scheme == proxy.Stream:
				c = g.dial("")
			case test.secure:
				c = g.webSocket("wss://localhost/").NetConn()
			default:
				c = g.webSocket("ws://localhost/").NetConn()
			}
			if n := <-taken; n < 0 || n > systemBuffers {
				t.Errorf("%d bytes were taken from the back end for a client that does not read", n)
			}
			if after := heap(); after > before+heapRoom {
				t.Errorf("the heap grew from %d to %d bytes", before, after)
			}
			c.Close()
		})
	}
}

// A back end that stops reading makes the gateway stop reading the client.
func TestBackendThatDoesNotRead(t *testing.T) {
	for name, test := range map[string]struct {
		scheme proxy.Scheme
		secure bool
		framed bool
	}{
		"tcp to tcp": {proxy.Stream, false, false},
		"tls to tcp": {proxy.Stream, true, false},
		"wss to tcp": {proxy.WebSocket, true, false},
		"wss to ws":  {proxy.WebSocket, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan struct{})
			hold := func(net.Conn) { <-ended }
			backend := "tcp://" + listen(t, false, hold)
			if test.framed {
				backend = "ws://" + serveRaw(t, hold)
			}
			g := start(t, one(test.scheme, test.secure, service(backend)))
			before := heap()
			var taken int
			switch {
			case test.scheme == proxy.WebSocket:
				taken = pour(g.webSocket("wss://localhost/").NetConn(), asMessage)
			case test.secure:
				taken = pour(g.dial("localhost"), asIs)
			default:
				taken = pour(g.dial(""), asIs)
			}
			if taken < 0 || taken > systemBuffers {
				t.Errorf("%d bytes were taken from the client for a back end that does not read", taken)
			}
			if after := heap(); after > before+heapRoom {
				t.Errorf("the heap grew from %d to %d bytes", before, after)
			}
			close(ended)
		})
	}
}

// Who reads slowly gets all of it, however little may be pending.
func TestSlowReaderGetsAll(t *testing.T) {
	for _, pending := range []int{1, 4 << 10, 1 << 20} {
		svc := service("tcp://" + listen(t, false, echoBytes))
		svc.MaximumPendingBytes = pending
		g := start(t, one(proxy.WebSocket, true, svc))
		c := g.webSocket("wss://localhost/")
		sent := randomBytes(2 << 20)
		go c.WriteMessage(websocket.BinaryMessage, sent)
		var got []byte
		for len(got) < len(sent) {
			_, r, err := c.NextReader()
			if err != nil {
				t.Fatalf("after %d bytes: %v", len(got), err)
			}
			for {
				b := make([]byte, 777)
				n, err := r.Read(b)
				if got = append(got, b[:n]...); err == io.EOF {
					break
				}
			}
		}
		if !bytes.Equal(got, sent) {
			t.Errorf("with %d bytes pending: what came is different", pending)
		}
	}
}
