package proxy_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/proxy"
)

// schemes gives each pair of client and back end that streams know.
func eachStream(t *testing.T, backend func(net.Conn), f func(t *testing.T, g *gateway, name string)) {
	for _, from := range []string{"tcp", "tls"} {
		for _, to := range []string{"tcp", "tls"} {
			t.Run(from+" to "+to, func(t *testing.T) {
				addr := listen(t, to == "tls", backend)
				g := start(t, one(proxy.Stream, from == "tls", service(to+"://"+addr)))
				name := ""
				if from == "tls" {
					name = "localhost"
				}
				f(t, g, name)
			})
		}
	}
}

func TestStreamsCarryBytesExactly(t *testing.T) {
	eachStream(t, echoBytes, func(t *testing.T, g *gateway, name string) {
		for _, size := range []int{1, 100, 16 << 10, 16<<10 + 1, 1 << 20, 16 << 20} {
			c := g.dial(name)
			sent := randomBytes(size)
			go func() {
				c.Write(sent)
				closeWrite(c)
			}()
			got, err := io.ReadAll(c)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes came back as %d, different: %v; %v", len(sent), len(got), !bytes.Equal(got, sent), err)
			}
			c.Close()
		}
		g.log.wait(t, "session ended", "in=1048576", "out=1048576", "service=test", "end=\"client closed\"", "remote=127.0.0.1:")
	})
}

func closeWrite(c net.Conn) { c.(interface{ CloseWrite() error }).CloseWrite() }

// A client that has said all waits for an answer that is made only then: of all it said.
func TestStreamsKeepHalfClose(t *testing.T) {
	digest := func(c net.Conn) {
		h := sha256.New()
		n, _ := io.Copy(h, c)
		fmt.Fprintf(c, "%d %x", n, h.Sum(nil))
	}
	eachStream(t, digest, func(t *testing.T, g *gateway, name string) {
		c := g.dial(name)
		sent := randomBytes(3<<20 + 17)
		if _, err := c.Write(sent); err != nil {
			t.Fatal(err)
		}
		closeWrite(c)
		got, err := io.ReadAll(c)
		if want := fmt.Sprintf("%d %x", len(sent), sha256.Sum256(sent)); err != nil || string(got) != want {
			t.Errorf("answer after the end = %q, %v; want %q", got, err, want)
		}
	})
}

// The other way round: a back end that speaks first and ends first still hears the client.
func TestStreamsKeepHalfCloseOfBackend(t *testing.T) {
	heard := make(chan string, 1)
	eachStream(t, func(c net.Conn) {
		io.WriteString(c, "hello and goodbye")
		closeWrite(c)
		b, _ := io.ReadAll(c)
		heard <- string(b)
	}, func(t *testing.T, g *gateway, name string) {
		c := g.dial(name)
		if got, err := io.ReadAll(c); string(got) != "hello and goodbye" || err != nil {
			t.Fatalf("from the back end: %q, %v", got, err)
		}
		io.WriteString(c, "still here")
		closeWrite(c)
		if got := <-heard; got != "still here" {
			t.Errorf("to the back end after its end: %q", got)
		}
	})
}

// An answer that a back end gave before it stopped listening arrives although the client is
// still sending.
func TestStreamsDeliverTheTailOfABackendThatLeft(t *testing.T) {
	eachStream(t, func(c net.Conn) {
		io.ReadFull(c, make([]byte, 1000))
		io.WriteString(c, strings.Repeat("too much. ", 10000))
		// Closed with bytes unread: a reset follows.
	}, func(t *testing.T, g *gateway, name string) {
		c := g.dial(name)
		go func() {
			for chunk := randomBytes(1000); ; {
				if _, err := c.Write(chunk); err != nil {
					return
				}
			}
		}()
		got, _ := io.ReadAll(c)
		if !strings.HasPrefix(string(got), "too much. ") {
			t.Errorf("%d bytes of the answer came", len(got))
		}
	})
}

// Bytes that were cut must not look like the whole.
func TestStreamsPassResetsOn(t *testing.T) {
	g := start(t, one(proxy.Stream, false, service("tcp://"+listen(t, false, func(c net.Conn) {
		io.WriteString(c, "half of")
		io.ReadFull(c, make([]byte, 1))
		c.(*net.TCPConn).SetLinger(0)
	}))))
	c := g.dial("")
	io.ReadFull(c, make([]byte, 7))
	c.Write([]byte("x"))
	if _, err := io.ReadAll(c); err == nil {
		t.Error("the back end's reset came as an orderly end")
	}
	g.log.wait(t, "session ended", "end=\"back end gone\"", "connection reset")
}

func TestStreamToDeadBackend(t *testing.T) {
	dead := deadAddr()
	g := start(t, one(proxy.Stream, true, service("tcp://"+dead)))
	c := g.dial("localhost")
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a client of a dead back end got a byte")
	}
	g.log.wait(t, "session ended", "back end unreachable", dead, "connection refused")
}

// The next back end takes over from one that is dead, and all are used in turn.
func TestBackendsTakeTurnsAndFailOver(t *testing.T) {
	named := func(name string) func(net.Conn) {
		return func(c net.Conn) { io.WriteString(c, name) }
	}
	dead := deadAddr()
	one1, two := listen(t, false, named("1")), listen(t, false, named("2"))
	for _, test := range []struct {
		balance proxy.Balance
		want    string
	}{{proxy.RoundRobin, "112112"}, {proxy.First, "111111"}} {
		svc := service("tcp://"+dead, "tcp://"+one1, "tcp://"+two)
		svc.Proxy.Balance = test.balance
		g := start(t, one(proxy.Stream, false, svc))
		var got string
		for range 6 {
			b, _ := io.ReadAll(g.dial(""))
			got += string(b)
		}
		if got != test.want {
			t.Errorf("%s: served by %s, want %s", test.balance, got, test.want)
		}
	}
}

func TestStreamsAreChosenBySNI(t *testing.T) {
	named := func(name string) *proxy.Service {
		return service("tcp://" + listen(t, false, func(c net.Conn) { io.WriteString(c, name) }))
	}
	plan := one(proxy.Stream, true, named("first"))
	ep := plan.Endpoints[0]
	ep.Routes[0].Host = "a.example.com"
	ep.Routes = append(ep.Routes,
		proxy.Route{Scheme: proxy.Stream, Host: "B.example.com.", Service: named("second")},
		proxy.Route{Scheme: proxy.WebSocket, Host: "localhost", Service: &proxy.Service{Name: "echo", Echo: &proxy.Echo{}}})
	g := start(t, plan)
	for name, want := range map[string]string{"a.example.com": "first", "b.example.com": "second"} {
		if got, err := io.ReadAll(g.dial(name)); string(got) != want {
			t.Errorf("SNI %s: served by %q, %v; want %q", name, got, err, want)
		}
	}
	g.webSocket("wss://localhost/").Close()

	ep.Routes = ep.Routes[:2]
	g = start(t, plan)
	if got, _ := io.ReadAll(g.dial("mq.example.com")); string(got) != "first" {
		t.Errorf("unknown SNI: served by %q, want the first", got)
	}
}
