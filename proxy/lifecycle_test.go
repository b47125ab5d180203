package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gwtls/gwtls/proxy"
)

func TestAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free := deadAddr()
	plan := one(proxy.WebSocket, true, &proxy.Service{Name: "test", Echo: &proxy.Echo{}})
	first := *plan.Endpoints[0]
	second := first
	first.Address, second.Address = free, taken.Addr().String()
	plan.Endpoints = []*proxy.Endpoint{&first, &second}
	err = new(proxy.Gateway).Load(plan)
	e, ok := errors.AsType[*proxy.ListenError](err)
	if want := "listen on " + second.Address + ": address already in use"; !ok || !e.InUse || err.Error() != want {
		t.Fatalf("Load = %v, want %s", err, want)
	}
	ln, err := net.Listen("tcp", free)
	if err != nil {
		t.Fatalf("the other address was kept: %v", err)
	}
	ln.Close()
}

// An address that the machine does not have is an error, unless it may be missing.
func TestMissingAddress(t *testing.T) {
	plan := one(proxy.WebSocket, true, &proxy.Service{Name: "test", Echo: &proxy.Echo{}})
	gone := *plan.Endpoints[0]
	gone.Address = "192.0.2.1:0" // TEST-NET-1
	plan.Endpoints = append(plan.Endpoints, &gone)
	if e, ok := errors.AsType[*proxy.ListenError](new(proxy.Gateway).Load(plan)); !ok || e.InUse {
		t.Errorf("Load = %v, want a *ListenError that is not about use", e)
	}
	gone.Optional = true
	if g := start(t, plan); len(g.Addrs()) != 1 {
		t.Errorf("listens on %v", g.Addrs())
	}
}

// Plans that cannot work are refused whole, with all that is wrong.
func TestPlansThatAreRefused(t *testing.T) {
	echo := &proxy.Service{Name: "chat", Echo: &proxy.Echo{}}
	bytes, framed := service("tcp://127.0.0.1:1"), service("ws://127.0.0.1:1")
	for _, test := range []struct {
		secure bool
		routes []proxy.Route
		want   string
	}{
		{true, []proxy.Route{{Scheme: proxy.Stream, Service: echo}}, "cannot serve stream clients"},
		{true, []proxy.Route{{Scheme: proxy.Stream, Service: framed}}, "cannot serve stream clients"},
		{true, []proxy.Route{{Scheme: proxy.HTTP, Service: bytes}}, "cannot serve http clients"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Service: directory("d")}}, "cannot serve ws clients"},
		{false, []proxy.Route{{Scheme: proxy.Stream, Service: bytes}, {Scheme: proxy.WebSocket, Service: echo}}, "nothing tells them apart"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Path: "/a", Service: echo}, {Scheme: proxy.WebSocket, Path: "/a/", Service: echo}}, "another service has"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Path: "/../a", Service: echo}}, "dot segments"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Service: service("tcp://127.0.0.1:1", "ws://127.0.0.1:1")}}, "one takes bytes, the other WebSocket"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Service: service("udp://127.0.0.1:1")}}, "scheme is none of"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Service: service("tcp://127.0.0.1")}}, "no port"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Service: service()}}, "no back end"},
		{true, []proxy.Route{{Scheme: proxy.WebSocket, Service: &proxy.Service{Name: "x"}}}, "exactly one of"},
	} {
		plan := one(proxy.Stream, test.secure, bytes)
		plan.Endpoints[0].Routes = test.routes
		if err := new(proxy.Gateway).Load(plan); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Load = %v, want an error with %q", err, test.want)
		}
	}
}

// A new plan is for new connections; open ones go on, the listener is the same, and a plan
// that cannot be had changes nothing.
func TestReload(t *testing.T) {
	named := func(name string) *proxy.Service {
		return service("tcp://" + listen(t, false, func(c net.Conn) {
			io.WriteString(c, name)
			echoBytes(c)
		}))
	}
	plan := one(proxy.Stream, true, named("a"))
	g := start(t, plan)
	read := func(c net.Conn) string {
		b := make([]byte, 1)
		io.ReadFull(c, b)
		return string(b)
	}
	before := g.Addrs()
	old := g.dial("localhost")
	if got := read(old); got != "a" {
		t.Fatalf("served by %q", got)
	}
	if err := g.Load(one(proxy.Stream, true, named("b"))); err != nil {
		t.Fatal(err)
	}
	if after := g.Addrs(); !slices.EqualFunc(before, after, func(a, b net.Addr) bool { return a.String() == b.String() }) {
		t.Errorf("listens on %v, before on %v", after, before)
	}
	if got := read(g.dial("localhost")); got != "b" {
		t.Errorf("after the reload served by %q, want b", got)
	}
	io.WriteString(old, "!")
	if got := read(old); got != "!" {
		t.Errorf("the open connection: %q, want its echo", got)
	}

	taken, _ := net.Listen("tcp", "127.0.0.1:0")
	defer taken.Close()
	broken := one(proxy.Stream, true, named("c"))
	more := *broken.Endpoints[0]
	more.Address = taken.Addr().String()
	broken.Endpoints = append(broken.Endpoints, &more)
	if err := g.Load(broken); err == nil {
		t.Fatal("a plan with an address in use was loaded")
	}
	if got := read(g.dial("localhost")); got != "b" {
		t.Errorf("after a reload that was refused served by %q, want b", got)
	}

	moved := one(proxy.Stream, true, named("d"))
	moved.Endpoints[0].Address = deadAddr()
	if err := g.Load(moved); err != nil {
		t.Fatal(err)
	}
	if got := read(g.dial("localhost")); got != "d" {
		t.Errorf("at the new address served by %q, want d", got)
	}
	if c, err := net.Dial("tcp", before[0].String()); err == nil {
		c.Close()
		t.Error("the old address still answers")
	}
	io.WriteString(old, "?")
	if got := read(old); got != "?" {
		t.Errorf("the connection of an address that is gone: %q, want its echo", got)
	}
}

// A request on a connection that is kept alive goes by the plan that it came with.
func TestReloadKeepsHTTPConnections(t *testing.T) {
	plan := one(proxy.HTTP, false, directory("a"))
	g := start(t, plan)
	c := g.client("localhost")
	get := func() string {
		r, err := c.Get("http://localhost/")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		return bodyOf(r)
	}
	first := get()
	if err := g.Load(one(proxy.HTTP, false, directory("b"))); err != nil {
		t.Fatal(err)
	}
	second := get()
	c.CloseIdleConnections()
	if third := get(); first+second+third != "aab" {
		t.Errorf("served by %s, %s, %s; want a, a, b", first, second, third)
	}
}

// A drain lets what is open finish, and accepts nothing new.
func TestDrainLetsSessionsFinish(t *testing.T) {
	plan := one(proxy.Stream, true, service("tcp://"+listen(t, false, echoBytes)))
	plan.DrainTimeout = patience
	g := start(t, plan)
	c := g.dial("localhost")
	talk := func() {
		t.Helper()
		io.WriteString(c, "x")
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	talk()
	addr := g.addr()
	g.stop()
	for range 1000 {
		d, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		d.Close()
	}
	talk()
	closeWrite(c)
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("the end of the session in the drain: %v", err)
	}
	c.Close()
	g.ended()
}

// When the time of a drain is over, WebSocket peers on both sides are told with 1001, and
// streams are cut.
func TestDrainRunsOut(t *testing.T) {
	t.Run("WebSocket", func(t *testing.T) {
		seen := make(chan error, 1)
		backend := serveWebSocket(t, false, func(c *websocket.Conn, _ *http.Request) {
			_, _, err := c.ReadMessage()
			seen <- err
		})
		for _, svc := range []*proxy.Service{
			{Name: "test", Echo: &proxy.Echo{}}, service("ws://" + backend), service("tcp://" + listen(t, false, echoBytes)),
		} {
			plan := one(proxy.WebSocket, true, svc)
			plan.DrainTimeout = 100 * time.Millisecond
			g := start(t, plan)
			c := g.webSocket("wss://localhost/")
			g.stop()
			_, _, err := c.ReadMessage()
			if e := closeCode(t, err); e.Code != websocket.CloseGoingAway || e.Text != "drained" {
				t.Errorf("closed with %d %q, want 1001 \"drained\"", e.Code, e.Text)
			}
			c.Close()
			g.ended()
			g.log.wait(t, "session ended", "end=drained")
		}
		if e := closeCode(t, <-seen); e.Code != websocket.CloseGoingAway {
			t.Errorf("back end closed with %d, want 1001", e.Code)
		}
	})
	t.Run("stream", func(t *testing.T) {
		plan := one(proxy.Stream, true, service("tcp://"+listen(t, false, func(c net.Conn) {
			io.WriteString(c, "x")
			io.Copy(io.Discard, c)
		})))
		plan.DrainTimeout = 100 * time.Millisecond
		g := start(t, plan)
		c := g.dial("localhost")
		io.ReadFull(c, make([]byte, 1))
		g.stop()
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("the stream goes on after the drain")
		}
		g.ended()
	})
	t.Run("half a handshake", func(t *testing.T) {
		plan := one(proxy.Stream, true, service("tcp://127.0.0.1:1"))
		plan.DrainTimeout = 100 * time.Millisecond
		g := start(t, plan)
		c, _ := net.Dial("tcp", g.addr())
		defer c.Close()
		c.Write([]byte{0x16, 3, 1, 2})
		g.stop()
		io.ReadAll(c)
		g.ended()
	})
}

// A drain that runs out in the middle of a frame lets the rest of it through, so that the
// close frame can follow; a frame that does not end keeps nobody.
func TestDrainRunsOutWithinAFrame(t *testing.T) {
	for _, ends := range []bool{true, false} {
		more := make(chan struct{})
		addr := rawBackend(t, "\x82\x0aHello", func(c net.Conn, _ *bufio.Reader) {
			<-more
			if ends {
				io.WriteString(c, "again")
			}
			io.Copy(io.Discard, c)
		})
		plan := one(proxy.WebSocket, true, service("ws://"+addr))
		plan.DrainTimeout = 100 * time.Millisecond
		g := start(t, plan)
		c := g.webSocket("wss://localhost/")
		_, r, err := c.NextReader()
		if err != nil {
			t.Fatal(err)
		}
		io.ReadFull(r, make([]byte, 5))
		g.stop()
		time.AfterFunc(500*time.Millisecond, func() { close(more) }) // within the last two seconds
		rest, err := io.ReadAll(r)
		if ends {
			if string(rest) != "again" || err != nil {
				t.Errorf("the rest of the message: %q, %v", rest, err)
			}
			_, _, err = c.ReadMessage()
			if e := closeCode(t, err); e.Code != websocket.CloseGoingAway {
				t.Errorf("closed with %d, want 1001", e.Code)
			}
		} else if err == nil {
			t.Errorf("the rest of a message that did not end: %q", rest)
		}
		c.Close()
		g.ended()
	}
}

// A client that does not read cannot keep a drain from ending.
func TestDrainWithAClientThatDoesNotRead(t *testing.T) {
	for _, scheme := range []string{"ws", "tcp"} {
		flood := listen(t, false, func(c net.Conn) { io.Copy(c, endless{}) })
		if scheme == "ws" {
			flood = serveWebSocket(t, false, func(c *websocket.Conn, _ *http.Request) {
				for c.WriteMessage(websocket.BinaryMessage, make([]byte, 100_000)) == nil {
				}
			})
		}
		plan := one(proxy.WebSocket, true, service(scheme+"://"+flood))
		plan.DrainTimeout = 300 * time.Millisecond
		g := start(t, plan)
		c := g.webSocket("wss://localhost/")
		c.ReadMessage()
		g.stop()
		g.ended()
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// Handshakes and heads that never end are given up, and cost nobody else anything.
func TestSlowPeers(t *testing.T) {
	plan := one(proxy.WebSocket, true, &proxy.Service{Name: "test", Echo: &proxy.Echo{}})
	plan.Endpoints[0].Limits = proxy.Limits{HandshakeTimeout: 200 * time.Millisecond, HeaderTimeout: 200 * time.Millisecond}
	g := start(t, plan)
	began := time.Now()
	half, err := net.Dial("tcp", g.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	half.Write([]byte{0x16, 3, 1, 2, 0, 1})
	head := g.dial("localhost")
	io.WriteString(head, "GET / HTTP/1.1\r\nHost: loc")
	exchange(t, g.webSocket("wss://localhost/"), websocket.BinaryMessage, []byte("meanwhile"), true)
	io.ReadAll(half)
	io.ReadAll(head)
	if took := time.Since(began); took > patience/2 {
		t.Errorf("slow peers were kept for %v", took)
	}
	g.log.wait(t, "level=DEBUG", "handshake refused", "timed out")
}

// Serving is once.
func TestServeAfterTheEnd(t *testing.T) {
	g := start(t, one(proxy.WebSocket, false, &proxy.Service{Name: "test", Echo: &proxy.Echo{}}))
	g.stop()
	g.ended()
	if err := g.Load(&proxy.Plan{}); !errors.Is(err, proxy.ErrClosed) {
		t.Errorf("Load = %v, want ErrClosed", err)
	}
	if err := g.Serve(context.Background()); !errors.Is(err, proxy.ErrClosed) {
		t.Errorf("Serve = %v, want ErrClosed", err)
	}
}
