package proxy_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/gwtls/gwtls/proxy"
)

func TestMain(m *testing.M) {
	if os.Getenv(starvedEnv) != "" {
		os.Exit(starved())
	}
	goleak.VerifyTestMain(m)
}

// identity is a certificate for the names that the tests use, and the pool that trusts it.
var identity = sync.OnceValues(func() (tls.Certificate, *x509.CertPool) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames:    []string{"localhost", "a.example.com", "b.example.com", "mq.example.com"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
})

func serverTLS() *tls.Config {
	c, _ := identity()
	return &tls.Config{Certificates: []tls.Certificate{c}, NextProtos: []string{"h2", "http/1.1"}}
}

func clientTLS(name string) *tls.Config {
	_, pool := identity()
	return &tls.Config{RootCAs: pool, ServerName: name}
}

// log keeps what a gateway says.
type log struct {
	mu    sync.Mutex
	lines bytes.Buffer
	more  chan struct{}
}

func newLog() *log { return &log{more: make(chan struct{}, 1)} }

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.lines.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// wait gives the first line that has all parts, once there is one.
func (l *log) wait(t *testing.T, parts ...string) string {
	t.Helper()
	timeout := time.After(patience)
	for {
		for line := range strings.Lines(l.String()) {
			has := true
			for _, p := range parts {
				has = has && strings.Contains(line, p)
			}
			if has {
				return line
			}
		}
		select {
		case <-l.more:
		case <-timeout:
			t.Fatalf("no log line with %q in:\n%s", parts, l)
		}
	}
}

// patience is how long anything that must happen may take.
const patience = time.Minute

// gateway is one that serves in a test, and its end.
type gateway struct {
	*proxy.Gateway
	t    testing.TB
	log  *log
	stop context.CancelFunc
	done chan error
}

// start serves endpoints on ports of the system's choice until the test ends.
func start(t testing.TB, plan *proxy.Plan) *gateway {
	t.Helper()
	log := newLog()
	g := &gateway{t: t, log: log, done: make(chan error, 1)}
	g.Gateway = &proxy.Gateway{Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if err := g.Load(plan); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	g.stop = stop
	go func() { g.done <- g.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		g.ended()
	})
	return g
}

// ended waits until the gateway has ended.
func (g *gateway) ended() {
	g.t.Helper()
	select {
	case err := <-g.done:
		if err != nil {
			g.t.Errorf("Serve = %v, want nil", err)
		}
		g.done <- nil
	case <-time.After(patience):
		g.t.Error("Serve did not end")
	}
}

// addr is where the first endpoint listens.
func (g *gateway) addr() string { return g.Addrs()[0].String() }

// one is a plan with one endpoint for one service.
func one(scheme proxy.Scheme, secure bool, svc *proxy.Service) *proxy.Plan {
	ep := &proxy.Endpoint{Network: "tcp", Address: "127.0.0.1:0", Routes: []proxy.Route{{Scheme: scheme, Service: svc}}}
	if secure {
		ep.TLS = serverTLS()
	}
	return &proxy.Plan{Endpoints: []*proxy.Endpoint{ep}, DrainTimeout: time.Second}
}

func service(backends ...string) *proxy.Service {
	p := &proxy.Proxy{}
	for _, b := range backends {
		u, err := url.Parse(b)
		if err != nil {
			panic(err)
		}
		p.Backends = append(p.Backends, proxy.Backend{URL: u, TLS: clientTLS("")})
	}
	return &proxy.Service{Name: "test", Proxy: p}
}

// listen serves each connection of a port of the system's choice with f.
func listen(t testing.TB, secure bool, f func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if secure {
		ln = tls.NewListener(ln, serverTLS())
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				f(c)
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		all.Wait()
	})
	return addr
}

// echoBytes sends back what comes, and its end.
func echoBytes(c net.Conn) {
	if _, err := io.Copy(struct{ io.Writer }{c}, c); err == nil {
		c.(interface{ CloseWrite() error }).CloseWrite()
		io.Copy(io.Discard, c)
	}
}

// dial connects to the gateway; with a name, over TLS.
func (g *gateway) dial(name string) net.Conn {
	g.t.Helper()
	c, err := net.Dial("tcp", g.addr())
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	if name == "" {
		return c
	}
	s := tls.Client(c, clientTLS(name))
	if err := s.Handshake(); err != nil {
		g.t.Fatal(err)
	}
	return s
}

// webSocket connects a WebSocket client, over TLS where the scheme is wss.
func (g *gateway) webSocket(rawURL string, edit ...func(*websocket.Dialer)) *websocket.Conn {
	g.t.Helper()
	d := websocket.Dialer{TLSClientConfig: clientTLS("localhost"), NetDial: func(string, string) (net.Conn, error) { return net.Dial("tcp", g.addr()) }}
	for _, e := range edit {
		e(&d)
	}
	c, resp, err := d.Dial(rawURL, nil)
	if err != nil {
		status := "no answer"
		if resp != nil {
			status = resp.Status
		}
		g.t.Fatalf("dial %s: %v (%s)", rawURL, err, status)
	}
	g.t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(patience))
	c.SetWriteDeadline(time.Now().Add(patience))
	return c
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
