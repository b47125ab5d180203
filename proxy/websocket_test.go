package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gwtls/gwtls/proxy"
)

// serveWebSocket is a WebSocket back end on a port of the system's choice.
func serveWebSocket(t testing.TB, secure bool, f func(*websocket.Conn, *http.Request)) string {
	t.Helper()
	up := websocket.Upgrader{Subprotocols: []string{"chat", "amqp"}, CheckOrigin: func(*http.Request) bool { return true }}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, http.Header{"Set-Cookie": {"from=backend"}})
		if err != nil {
			return
		}
		defer c.Close()
		f(c, r)
	}))
	s.Config.ErrorLog = nil
	if s.TLS = serverTLS(); secure {
		s.TLS.NextProtos = nil
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func echoMessages(c *websocket.Conn, _ *http.Request) {
	for {
		kind, r, err := c.NextReader()
		if err != nil {
			return
		}
		w, _ := c.NextWriter(kind)
		if _, err := io.Copy(w, r); err != nil || w.Close() != nil {
			return
		}
	}
}

// eachWebSocket gives each service that answers a WebSocket message with its bytes.
func eachWebSocket(t *testing.T, limit int64, f func(t *testing.T, g *gateway, url string)) {
	kinds := map[string]func(t *testing.T) *proxy.Service{
		"echo":   func(*testing.T) *proxy.Service { return &proxy.Service{Name: "test", Echo: &proxy.Echo{}} },
		"to ws":  func(t *testing.T) *proxy.Service { return service("ws://" + serveWebSocket(t, false, echoMessages)) },
		"to wss": func(t *testing.T) *proxy.Service { return service("wss://" + serveWebSocket(t, true, echoMessages)) },
		"to tcp": func(t *testing.T) *proxy.Service { return service("tcp://" + listen(t, false, echoBytes)) },
		"to tls": func(t *testing.T) *proxy.Service { return service("tls://" + listen(t, true, echoBytes)) },
	}
	for name, make := range kinds {
		for _, from := range []string{"wss", "ws"} {
			t.Run(from+" "+name, func(t *testing.T) {
				svc := make(t)
				svc.WebSocket.MaximumMessageSize = limit
				g := start(t, one(proxy.WebSocket, from == "wss", svc))
				f(t, g, from+"://localhost/")
			})
		}
	}
}

// Whole messages where messages are kept, and the same bytes in any case.
func TestMessagesCarryBytesExactly(t *testing.T) {
	const largest = 16 << 20
	random := randomBytes(largest)
	for _, limit := range []int64{0, largest} {
		eachWebSocket(t, limit, func(t *testing.T, g *gateway, url string) {
			for _, size := range []int{1, 125, 126, 127, 65535, 65536, 100_000, largest} {
				for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
					for _, buffer := range []int{0, 1000} {
						// The largest once a service and limit, over TLS: text in fragments, binary whole.
						if size == largest && (strings.HasPrefix(url, "ws:") || (kind == websocket.TextMessage) != (buffer > 0) || (kind == websocket.TextMessage) != (limit > 0)) {
							continue
						}
						c := g.webSocket(url, func(d *websocket.Dialer) { d.WriteBufferSize = buffer })
						exchange(t, c, kind, random[:size], !strings.Contains(t.Name(), "to_t"))
						c.Close()
					}
				}
			}
		})
	}
}

// exchange sends a message and wants it back; where the back end speaks bytes, in any
// number of binary messages.
func exchange(t *testing.T, c *websocket.Conn, kind int, sent []byte, kept bool) {
	t.Helper()
	written := make(chan struct{})
	defer func() { <-written }()
	go func() {
		defer close(written)
		w, err := c.NextWriter(kind)
		if err != nil {
			return
		}
		w.Write(sent)
		w.Close()
	}()
	var got []byte
	for len(got) < len(sent) {
		k, message, err := c.ReadMessage()
		if err != nil {
			t.Fatalf("after %d of %d bytes: %v", len(got), len(sent), err)
		}
		if want := kind; kept && k != want || !kept && k != websocket.BinaryMessage {
			t.Fatalf("message of %d bytes came back with opcode %d, sent with %d", len(sent), k, kind)
		}
		if got = append(got, message...); kept {
			break
		}
	}
	if !bytes.Equal(got, sent) {
		t.Fatalf("message of %d bytes came back different, with %d", len(sent), len(got))
	}
}

// Many small messages in one TLS record, in both directions.
func TestMessagesComeInBursts(t *testing.T) {
	eachWebSocket(t, 1<<20, func(t *testing.T, g *gateway, url string) {
		c := g.webSocket(url)
		var want bytes.Buffer
		var burst []byte
		for i := range 3000 {
			m := bytes.Repeat([]byte{byte(i)}, i%200)
			want.Write(m)
			burst = append(burst, masked(0x82, m)...)
		}
		go c.NetConn().Write(burst)
		var got []byte
		for len(got) < want.Len() {
			_, m, err := c.ReadMessage()
			if err != nil {
				t.Fatalf("after %d of %d bytes: %v", len(got), want.Len(), err)
			}
			got = append(got, m...)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Error("messages came back different")
		}
	})
}

// masked is a client's frame.
func masked(first byte, payload []byte) []byte {
	mask := [4]byte{0x11, 0x22, 0x33, 0x44}
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i&3])
	}
	return b
}

// A frame may come byte by byte.
func TestFramesComeInPieces(t *testing.T) {
	eachWebSocket(t, 0, func(t *testing.T, g *gateway, url string) {
		c := g.webSocket(url)
		c.SetPongHandler(func(text string) error {
			if text != "are you there" {
				t.Errorf("pong with %q", text)
			}
			return nil
		})
		go func() {
			for _, b := range append(masked(0x02, []byte("one ")), append(masked(0x89, []byte("are you there")), masked(0x80, bytes.Repeat([]byte("two "), 40))...)...) {
				c.NetConn().Write([]byte{b})
			}
		}()
		want := "one " + strings.Repeat("two ", 40)
		var got string
		for len(got) < len(want) {
			_, m, err := c.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			got += string(m)
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func closeCode(t *testing.T, err error) *websocket.CloseError {
	t.Helper()
	e, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		t.Fatalf("connection ended with %v, want a close frame", err)
	}
	return e
}

// The client's close frame is answered by whoever is behind, with its code.
func TestClientCloses(t *testing.T) {
	for _, code := range []int{websocket.CloseNormalClosure, websocket.CloseNoStatusReceived, 4001} {
		eachWebSocket(t, 0, func(t *testing.T, g *gateway, url string) {
			c := g.webSocket(url)
			exchange(t, c, websocket.BinaryMessage, []byte("hello"), false)
			c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, "done"))
			_, _, err := c.ReadMessage()
			if got := closeCode(t, err); got.Code != code {
				t.Errorf("closed with %d, answered with %d", code, got.Code)
			}
			if n, err := c.NetConn().Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("after the close frames: %d bytes, %v; want the end of the connection", n, err)
			}
			want := fmt.Sprintf("client closed with %d", code)
			if code == websocket.CloseNoStatusReceived {
				want = "client closed"
			}
			g.log.wait(t, "session ended", want, "in=5", "out=5")
		})
	}
}

func TestBackendCloses(t *testing.T) {
	for _, test := range []struct{ code, want int }{{1000, 1000}, {1013, 1013}, {4321, 4321}, {1014, 1011}} {
		seen := make(chan error, 1)
		addr := serveWebSocket(t, false, func(c *websocket.Conn, _ *http.Request) {
			// Written by hand: the library sends no 1014.
			c.NetConn().Write(append([]byte{0x88, 5}, append(binary.BigEndian.AppendUint16(nil, uint16(test.code)), "bye"...)...))
			_, _, err := c.ReadMessage()
			seen <- err
		})
		g := start(t, one(proxy.WebSocket, true, service("ws://"+addr)))
		c := g.webSocket("wss://localhost/")
		_, _, err := c.ReadMessage()
		if e := closeCode(t, err); e.Code != test.want || e.Text != "bye" {
			t.Errorf("back end closed with %d: client got %d %q, want %d \"bye\"", test.code, e.Code, e.Text, test.want)
		}
		if e := closeCode(t, <-seen); e.Code != test.want {
			t.Errorf("back end closed with %d: the client's answer came as %d", test.code, e.Code)
		}
		c.Close()
	}
}

// The end of a byte stream is a normal close; one that broke is not.
func TestStreamBackendEnds(t *testing.T) {
	for _, test := range []struct {
		reset bool
		want  int
	}{{false, websocket.CloseNormalClosure}, {true, websocket.CloseInternalServerErr}} {
		addr := listen(t, false, func(c net.Conn) {
			io.ReadFull(c, make([]byte, 2))
			io.WriteString(c, "bye")
			if io.ReadFull(c, make([]byte, 2)); test.reset {
				c.(*net.TCPConn).SetLinger(0)
			}
		})
		g := start(t, one(proxy.WebSocket, true, service("tcp://"+addr)))
		c := g.webSocket("wss://localhost/")
		c.WriteMessage(websocket.TextMessage, []byte("hi"))
		if _, m, err := c.ReadMessage(); string(m) != "bye" {
			t.Fatalf("got %q, %v", m, err)
		}
		c.WriteMessage(websocket.TextMessage, []byte("ok"))
		_, _, err := c.ReadMessage()
		if e := closeCode(t, err); e.Code != test.want {
			t.Errorf("reset %v: client was closed with %d, want %d", test.reset, e.Code, test.want)
		}
	}
}

// All that a client sent before its close frame reaches the stream, and then its end.
func TestStreamBackendHearsAllAndTheEnd(t *testing.T) {
	heard := make(chan []byte, 1)
	g := start(t, one(proxy.WebSocket, true, service("tcp://"+listen(t, false, func(c net.Conn) {
		b, err := io.ReadAll(c)
		if err != nil {
			t.Errorf("back end: %v", err)
		}
		heard <- b
	}))))
	c := g.webSocket("wss://localhost/")
	sent := randomBytes(1 << 20)
	c.WriteMessage(websocket.BinaryMessage, sent)
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	if got := <-heard; !bytes.Equal(got, sent) {
		t.Errorf("back end heard %d bytes, want %d", len(got), len(sent))
	}
}

// A message over the limit is closed with 1009, which the client sees although it is still
// sending; in fragments, the sum counts. One of the very size passes.
func TestMessageOverTheLimit(t *testing.T) {
	const limit = 128 << 10
	eachWebSocket(t, limit, func(t *testing.T, g *gateway, url string) {
		c := g.webSocket(url)
		exchange(t, c, websocket.BinaryMessage, randomBytes(limit), false)
		for _, buffer := range []int{0, 4096} {
			c := g.webSocket(url, func(d *websocket.Dialer) { d.WriteBufferSize = buffer })
			go c.WriteMessage(websocket.BinaryMessage, randomBytes(16<<20))
			for {
				_, _, err := c.ReadMessage()
				if err == nil {
					continue // of the first bytes, where they are echoed as they come
				}
				if e := closeCode(t, err); e.Code != websocket.CloseMessageTooBig {
					t.Errorf("closed with %d, want 1009", e.Code)
				}
				break
			}
		}
		g.log.wait(t, "session ended", "fault of the client", "message too big")
	})
}

// What breaks RFC 6455 is closed with the code for it.
func TestProtocolFaultsOfClients(t *testing.T) {
	for name, test := range map[string]struct {
		bytes []byte
		code  int
	}{
		"no mask":                       {[]byte{0x81, 1, 'x'}, 1002},
		"reserved bit":                  {masked(0xC1, []byte("x")), 1002},
		"unknown opcode":                {masked(0x83, []byte("x")), 1002},
		"unknown control opcode":        {masked(0x8B, []byte("x")), 1002},
		"fragmented ping":               {masked(0x09, []byte("x")), 1002},
		"ping of 126 bytes":             {masked(0x89, make([]byte, 126)), 1002},
		"continuation of nothing":       {masked(0x80, []byte("x")), 1002},
		"message within a message":      {append(masked(0x01, []byte("x")), masked(0x81, []byte("y"))...), 1002},
		"length of 2^63":                {[]byte{0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, 1002},
		"close with half a code":        {masked(0x88, []byte{3}), 1002},
		"close with 1006":               {masked(0x88, []byte{3, 0xEE}), 1002},
		"close with 999":                {masked(0x88, []byte{3, 0xE7}), 1002},
		"close reason that is no UTF-8": {masked(0x88, []byte{3, 0xE8, 0xFF}), 1007},
	} {
		t.Run(name, func(t *testing.T) {
			for _, backend := range []string{"ws://" + serveWebSocket(t, false, echoMessages), "tcp://" + listen(t, false, echoBytes)} {
				g := start(t, one(proxy.WebSocket, true, service(backend)))
				c := g.webSocket("wss://localhost/")
				c.NetConn().Write(test.bytes)
				for {
					_, _, err := c.ReadMessage()
					if err == nil {
						continue
					}
					if e := closeCode(t, err); e.Code != test.code {
						t.Errorf("%s: closed with %d, want %d", backend, e.Code, test.code)
					}
					break
				}
				g.log.wait(t, "session ended", "fault of the client")
			}
		})
	}
}

// rawBackend answers the handshake by hand and hands its connection, and what the gateway
// sent behind it, to f.
func rawBackend(t testing.TB, early string, f func(net.Conn, *bufio.Reader)) string {
	return listen(t, false, func(c net.Conn) {
		r := bufio.NewReader(c)
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n%s",
			acceptKey(req.Header.Get("Sec-WebSocket-Key")), early)
		f(c, r)
	})
}

// A back end that speaks in the same packet as its 101 is heard whole.
func TestBackendSpeaksFirst(t *testing.T) {
	early := "\x81\x05early" + strings.Repeat("\x82\x7e\x01\x00"+strings.Repeat("x", 256), 100)
	addr := rawBackend(t, early, func(c net.Conn, _ *bufio.Reader) { io.Copy(io.Discard, c) })
	g := start(t, one(proxy.WebSocket, true, service("ws://"+addr)))
	c := g.webSocket("wss://localhost/")
	if _, m, err := c.ReadMessage(); string(m) != "early" {
		t.Fatalf("first message %q, %v", m, err)
	}
	for i := range 100 {
		if _, m, err := c.ReadMessage(); len(m) != 256 {
			t.Fatalf("message %d: %d bytes, %v", i, len(m), err)
		}
	}
}

// Towards the back end frames are masked, each with a key of its own; what a back end does
// wrong is told to the client as the gateway's trouble, and to the back end as its fault.
func TestFaultOfTheBackend(t *testing.T) {
	codes := make(chan []byte, 1)
	addr := rawBackend(t, "", func(c net.Conn, r *bufio.Reader) {
		head := make([]byte, 2+4+5)
		io.ReadFull(r, head)
		if head[0] != 0x81 || head[1] != 0x80|5 {
			t.Errorf("frame to the back end starts % x, want a masked text frame", head[:2])
		}
		for i, b := range []byte("hello") {
			if head[6+i]^head[2+i&3] != b {
				t.Errorf("frame to the back end: % x is not a masked hello", head)
				break
			}
		}
		c.Write(masked(0x81, []byte("servers do not mask")))
		b, _ := io.ReadAll(r)
		codes <- b
	})
	g := start(t, one(proxy.WebSocket, true, service("ws://"+addr)))
	c := g.webSocket("wss://localhost/")
	c.WriteMessage(websocket.TextMessage, []byte("hello"))
	_, _, err := c.ReadMessage()
	if e := closeCode(t, err); e.Code != websocket.CloseInternalServerErr {
		t.Errorf("client closed with %d, want 1011", e.Code)
	}
	b := <-codes
	if len(b) != 8 || b[0] != 0x88 || b[1] != 0x82 || binary.BigEndian.Uint16([]byte{b[6] ^ b[2], b[7] ^ b[3]}) != 1002 {
		t.Errorf("back end got % x, want a masked close frame with 1002", b)
	}
	g.log.wait(t, "session ended", "fault of the back end", "with a mask")
}

// Whoever goes without a close frame leaves the other with one.
func TestOneSideVanishes(t *testing.T) {
	t.Run("back end", func(t *testing.T) {
		addr := rawBackend(t, "\x81\x02hi", func(c net.Conn, _ *bufio.Reader) { c.(*net.TCPConn).SetLinger(0) })
		g := start(t, one(proxy.WebSocket, true, service("ws://"+addr)))
		c := g.webSocket("wss://localhost/")
		var err error
		for err == nil {
			_, _, err = c.ReadMessage()
		}
		if e := closeCode(t, err); e.Code != websocket.CloseInternalServerErr {
			t.Errorf("client closed with %d, want 1011", e.Code)
		}
	})
	t.Run("client", func(t *testing.T) {
		seen := make(chan error, 1)
		addr := serveWebSocket(t, false, func(c *websocket.Conn, _ *http.Request) {
			_, _, err := c.ReadMessage()
			seen <- err
		})
		g := start(t, one(proxy.WebSocket, true, service("ws://"+addr)))
		g.webSocket("wss://localhost/").Close()
		if e := closeCode(t, <-seen); e.Code != websocket.CloseGoingAway {
			t.Errorf("back end closed with %d, want 1001", e.Code)
		}
	})
}

// Pings go to whom they are for, and a stream's client gets its pong from the gateway.
func TestPings(t *testing.T) {
	eachWebSocket(t, 0, func(t *testing.T, g *gateway, url string) {
		c := g.webSocket(url)
		pong := make(chan string, 1)
		c.SetPongHandler(func(text string) error { pong <- text; return nil })
		c.WriteMessage(websocket.PingMessage, []byte("marco"))
		exchange(t, c, websocket.BinaryMessage, []byte("go on"), false)
		if got := <-pong; got != "marco" {
			t.Errorf("pong with %q, want the ping's payload", got)
		}
	})
}

// Who says nothing for the time of the service is closed; who pings is not.
func TestInactivity(t *testing.T) {
	const timeout = 400 * time.Millisecond
	for _, svc := range []*proxy.Service{
		{Name: "test", Echo: &proxy.Echo{}},
		service("ws://" + serveWebSocket(t, false, echoMessages)),
		service("tcp://" + listen(t, false, echoBytes)),
	} {
		svc.WebSocket.InactivityTimeout = timeout
		g := start(t, one(proxy.WebSocket, true, svc))
		busy, quiet := g.webSocket("wss://localhost/"), g.webSocket("wss://localhost/")
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			tick := time.NewTicker(timeout / 10)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					busy.WriteControl(websocket.PingMessage, nil, time.Now().Add(patience))
				case <-ctx.Done():
					return
				}
			}
		}()
		began := time.Now()
		_, _, err := quiet.ReadMessage()
		if e := closeCode(t, err); e.Code != websocket.CloseGoingAway || time.Since(began) < timeout/2 {
			t.Errorf("quiet client closed with %d after %v, want 1001 after %v", e.Code, time.Since(began), timeout)
		}
		cancel()
		exchange(t, busy, websocket.BinaryMessage, []byte("alive"), false)
		g.log.wait(t, "session ended", "end=inactive")
	}
}

// serveRaw is a WebSocket back end that is left to f after its handshake.
func serveRaw(t testing.TB, f func(net.Conn)) string {
	return rawBackend(t, "", func(c net.Conn, _ *bufio.Reader) { f(c) })
}
