package proxy_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gwtls/gwtls/proxy"
)

// pipes is a listener whose connections are no sockets.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours
}

func (p *pipes) webSocket(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{TLSClientConfig: clientTLS("localhost"), NetDial: func(string, string) (net.Conn, error) { return p.dial(), nil }}
	c, _, err := d.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func startPipes(t *testing.T, plan *proxy.Plan) (p *pipes, end func()) {
	p = newPipes()
	g := &proxy.Gateway{Listen: func(string, string) (net.Listener, error) { return p, nil }}
	if err := g.Load(plan); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		g.Serve(ctx)
		close(done)
	}()
	return p, func() {
		stop()
		<-done
	}
}

// Listeners of any kind are served: what is no socket just costs a buffer while it waits.
func TestListenersOfOtherKinds(t *testing.T) {
	for name, svc := range map[string]*proxy.Service{
		"tcp": service("tcp://" + listen(t, false, echoBytes)), "ws": service("ws://" + serveWebSocket(t, false, echoMessages)),
	} {
		for _, scheme := range []string{"ws", "wss"} {
			p, end := startPipes(t, one(proxy.WebSocket, scheme == "wss", svc))
			c := p.webSocket(t, scheme+"://localhost/")
			exchange(t, c, websocket.BinaryMessage, randomBytes(300_000), name == "ws")
			c.Close()
			end()
		}
	}
	p, end := startPipes(t, one(proxy.Stream, false, service("tcp://"+listen(t, false, echoBytes))))
	defer end()
	c := p.dial()
	defer c.Close()
	sent := randomBytes(300_000)
	go c.Write(sent)
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("stream over a pipe: %v", err)
	}
}

// The limits in time are what they are said to be.
func TestLimitsInTime(t *testing.T) {
	for name, test := range map[string]struct {
		limits proxy.Limits
		secure bool
		say    string
		want   time.Duration
	}{
		"no handshake":           {proxy.Limits{}, true, "", 10 * time.Second},
		"half a handshake":       {proxy.Limits{HandshakeTimeout: 3 * time.Second}, true, "\x16\x03\x01", 3 * time.Second},
		"no request":             {proxy.Limits{}, false, "", 10 * time.Second},
		"half a request":         {proxy.Limits{HeaderTimeout: 4 * time.Second}, false, "GET / HTTP/1.1\r\nHost: x", 4 * time.Second},
		"nothing after a answer": {proxy.Limits{KeepAliveTimeout: 5 * time.Second}, false, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plan := one(proxy.HTTP, test.secure, directory("d"))
				plan.Endpoints[0].Limits = test.limits
				p, end := startPipes(t, plan)
				began := time.Now()
				c := p.dial()
				c.Write([]byte(test.say))
				io.Copy(io.Discard, c)
				if took := time.Since(began).Round(time.Second); took != test.want {
					t.Errorf("the connection was kept for %v, want %v", took, test.want)
				}
				c.Close()
				end()
			})
		})
	}
}

// An echo's quiet client is closed after its time, a drain's after the drain's.
func TestTimesOfSessions(t *testing.T) {
	for name, test := range map[string]struct {
		inactivity, drain, want time.Duration
		text                    string
	}{
		"inactive": {inactivity: time.Minute, want: time.Minute, text: "inactive"},
		"drained":  {drain: 7 * time.Second, want: 7 * time.Second, text: "drained"},
		"default":  {want: 30 * time.Second, text: "drained"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plan := one(proxy.WebSocket, false, &proxy.Service{Name: "e", Echo: &proxy.Echo{}, WebSocket: proxy.WebSocketOptions{InactivityTimeout: test.inactivity}})
				plan.DrainTimeout = test.drain
				p, end := startPipes(t, plan)
				c := p.webSocket(t, "ws://localhost/")
				began := time.Now()
				ended := make(chan struct{})
				if test.inactivity == 0 {
					go func() {
						defer close(ended)
						end()
					}()
				}
				_, _, err := c.ReadMessage()
				if e := closeCode(t, err); e.Code != websocket.CloseGoingAway || e.Text != test.text {
					t.Errorf("closed with %d %q, want 1001 %q", e.Code, e.Text, test.text)
				}
				if took := time.Since(began); took != test.want {
					t.Errorf("closed after %v, want %v", took, test.want)
				}
				c.Close()
				if test.inactivity != 0 {
					end()
				} else {
					<-ended
				}
			})
		})
	}
}
