package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gwtls/gwtls/proxy"
)

// serveHTTP is an HTTP back end on a port of the system's choice.
func serveHTTP(t testing.TB, secure bool, f http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(f)
	if s.TLS = serverTLS(); secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func forwardTo(backends ...string) *proxy.Service {
	f := &proxy.Forward{KeepAlive: true}
	for _, b := range backends {
		u, err := url.Parse(b)
		if err != nil {
			panic(err)
		}
		f.Backends = append(f.Backends, proxy.Backend{URL: u, TLS: clientTLS("")})
	}
	return &proxy.Service{Name: "api", Forward: f}
}

// Requests of every size come through as they are, by HTTP/1.1 and HTTP/2, to http and
// https, and so do answers.
func TestForwardCarriesBytesExactly(t *testing.T) {
	random := randomBytes(8 << 20)
	for _, back := range []string{"http", "https"} {
		addr := serveHTTP(t, back == "https", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Was", r.Method+" "+r.RequestURI)
			body, _ := io.ReadAll(r.Body)
			w.Write(body)
		})
		for _, from := range []string{"http", "https"} {
			g := start(t, one(proxy.HTTP, from == "https", forwardTo(back+"://"+addr+"/base/")))
			c := g.client("localhost")
			for _, size := range []int{0, 1, 4096, 65536, 100_000, len(random)} {
				for _, known := range []bool{true, false} {
					var body io.Reader = bytes.NewReader(random[:size])
					if !known {
						body = struct{ io.Reader }{body}
					}
					r, _ := http.NewRequest("PUT", from+"://localhost/a%2Fb;c/?q=1;2&%zz", body)
					resp, err := c.Do(r)
					if err != nil {
						t.Fatal(err)
					}
					got, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					if err != nil || sha256.Sum256(got) != sha256.Sum256(random[:size]) {
						t.Errorf("%s to %s: %d bytes came back as %d, %v", from, back, size, len(got), err)
					}
					if was := resp.Header.Get("X-Was"); was != "PUT /base/a%2Fb;c/?q=1;2&%zz" {
						t.Errorf("the back end was asked for %s", was)
					}
					if want := map[string]int{"http": 1, "https": 2}[from]; resp.ProtoMajor != want {
						t.Errorf("over %s, want HTTP/%d", resp.Proto, want)
					}
				}
			}
			line := g.log.wait(t, "msg=request", "service=api", "method=PUT", "status=200", "out=100000", "in=100000", "backend="+back+"://"+addr)
			if strings.Contains(line, " end=") {
				t.Errorf("a whole request is logged as cut: %s", line)
			}
		}
	}
}

// What clients say about where they come from and who they are is not believed, on plain
// and TLS addresses alike: in any case, with underscores, named in Connection, in trailers.
func TestForwardedFields(t *testing.T) {
	claims := []string{
		"Forwarded: for=1.2.3.4", "X-FORWARDED-For: 1.2.3.4", "x-forwarded-host: evil", "X-Forwarded-Prefix: /x", "x_forwarded_for: 1.2.3.4",
		"X-Real-IP: 1.2.3.4", "Client-Cert: :aa:", "client_cert_chain: :aa:", "X-SSL-Client-DN: CN=root", "x_ssl_client_verify: SUCCESS",
		"X-Forwarded-Client-Cert: Hash=1", "X-Hop: 1", "Keep-Alive: 5", "Transfer_Encoding: chunked", "Proxy-Authorization: Basic x",
		"Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: X-Hop, Upgrade, HTTP2-Settings, X-Forwarded-For, Forwarded",
		"X-App: 1", "Authorization: Bearer t", "TE: gzip, trailers",
		"Trailer: X-Sum, X-Forwarded-For, Client-Cert", "Transfer-Encoding: chunked",
	}
	request := "POST / HTTP/1.1\r\nHost: LOCALHOST:9001\r\n" + strings.Join(claims, "\r\n") +
		"\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\nX-Forwarded-For: 1.2.3.4\r\nClient-Cert: :aa:\r\nX-Undeclared: 1\r\n\r\n"
	type sight struct {
		host            string
		header, trailer http.Header
	}
	seen := make(chan sight, 1)
	addr := serveHTTP(t, false, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		seen <- sight{r.Host, r.Header, r.Trailer}
	})
	plain := []string{"Authorization", "Te", "X-App"}
	ours := []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}
	for _, test := range []struct {
		mode proxy.Forwarded
		want []string
	}{
		{"", append(ours, plain...)},
		{proxy.Inject, append(ours, plain...)},
		{proxy.Exclude, plain},
		{proxy.Ignore, append([]string{"X-Forwarded-Host", "X-Forwarded-Prefix", "X_forwarded_for", "X-Real-Ip"}, plain...)},
	} {
		for proto, name := range map[string]string{"http": "", "https": "localhost"} {
			svc := forwardTo("http://" + addr)
			svc.Forward.Forwarded = test.mode
			g := start(t, one(proxy.HTTP, name != "", svc))
			if r := g.ask(name, request); r.StatusCode != 200 {
				t.Fatalf("%s %s", r.Status, bodyOf(r))
			}
			got := <-seen
			if names := slices.Sorted(maps.Keys(got.header)); !slices.Equal(names, slices.Sorted(slices.Values(test.want))) {
				t.Errorf("%q by %s: fields %v, want %v", test.mode, proto, names, test.want)
			}
			if want := (http.Header{"X-Sum": {"7"}}); test.mode != proxy.Ignore && !maps.EqualFunc(got.trailer, want, slices.Equal) {
				t.Errorf("%q: trailer %v, want %v", test.mode, got.trailer, want)
			}
			if got.host != addr || got.header.Get("Te") != "trailers" {
				t.Errorf("Host %s, TE %s", got.host, got.header.Get("Te"))
			}
			if test.mode == "" || test.mode == proxy.Inject {
				want := http.Header{"Forwarded": {`for=127.0.0.1;host="LOCALHOST:9001";proto=` + proto}, "X-Forwarded-For": {"127.0.0.1"},
					"X-Forwarded-Host": {"LOCALHOST:9001"}, "X-Forwarded-Proto": {proto}}
				for name, v := range want {
					if !slices.Equal(got.header[name], v) {
						t.Errorf("%s: %q, want %q", name, got.header[name], v)
					}
				}
			}
		}
	}
}

// WebSocket upgrades of an HTTP service: the rules of a WebSocket service hold, and nothing
// else becomes a tunnel.
func TestForwardUpgrades(t *testing.T) {
	addr := serveWebSocket(t, false, echoMessages)
	svc := forwardTo("http://" + addr + "/chat")
	g := start(t, one(proxy.HTTP, true, svc))
	c := g.webSocket("wss://localhost/x")
	exchange(t, c, 1, []byte("hello"), true)
	c.Close()
	g.log.wait(t, "session ended", "service=api", "backend=http://"+addr)
	if r := g.upgrade("/", "Origin: https://evil.example"); r.StatusCode != http.StatusForbidden {
		t.Errorf("upgrade from another site: %s, want 403", r.Status)
	}
	if r := g.upgrade("/", "Content-Length: 5"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("upgrade with a body: %s, want 400", r.Status)
	}
	for name, answer := range map[string]string{
		"refuses":                 "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nlogin",
		"switches to another":     "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
		"proves nothing":          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
		"switches without a word": "HTTP/1.1 101 Switching Protocols\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			back := listen(t, false, func(c net.Conn) {
				for r := bufio.NewReader(c); ; io.WriteString(c, answer) {
					if _, err := http.ReadRequest(r); err != nil {
						return
					}
				}
			})
			g := start(t, one(proxy.HTTP, true, forwardTo("http://"+back)))
			want := 502
			if name == "refuses" {
				want = 401
			}
			if r := g.upgrade("/"); r.StatusCode != want {
				t.Errorf("upgrade: %s, want %d", r.Status, want)
			}
			for _, other := range []string{"h2c", "foo"} { // nor do other protocols get through, or what nobody asked for
				r := g.ask("localhost", "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "+other+"\r\n\r\n")
				if r.StatusCode != want {
					t.Errorf("upgrade to %s: %s, want %d", other, r.Status, want)
				}
			}
		})
	}
}

// Of several back ends the next is asked where one cannot be reached, and only then: a
// request that may have been seen is not sent twice.
func TestForwardBackends(t *testing.T) {
	var asked atomic.Int32
	count := func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s", b)
	}
	a, b := serveHTTP(t, false, count), serveHTTP(t, false, count)
	breaks := listen(t, false, func(c net.Conn) { c.Read(make([]byte, 1)) })
	post := func(g *gateway) (int, string) {
		t.Helper()
		resp, err := g.client("localhost").Post("https://localhost/", "text/plain", strings.NewReader("once"))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode, bodyOf(resp)
	}
	dead := deadAddr()
	g := start(t, one(proxy.HTTP, true, forwardTo("http://"+dead, "http://"+a, "http://"+b)))
	for range 6 {
		if status, body := post(g); status != 200 || body != "once" {
			t.Errorf("with one dead of three: %d %q", status, body)
		}
	}
	if asked.Load() != 6 {
		t.Errorf("6 requests came as %d", asked.Load())
	}
	asked.Store(0)
	svc := forwardTo("http://"+breaks, "http://"+a)
	svc.Forward.Balance = proxy.First
	g = start(t, one(proxy.HTTP, true, svc))
	if status, body := post(g); status != 502 || len(body) > 200 || asked.Load() != 0 {
		t.Errorf("a back end that breaks off: %d %q, the other was asked %d times", status, body, asked.Load())
	}
	g = start(t, one(proxy.HTTP, true, forwardTo("http://"+dead, "https://"+dead)))
	if status, body := post(g); status != 502 || len(body) > 200 {
		t.Errorf("dead back ends: %d %q", status, body)
	}
	g.log.wait(t, "level=WARN", "request refused", "status=502", "http://"+dead+": connection refused; https://"+dead)
}

// A connection to a back end serves many requests, if it may, and is closed when the plan
// that it belongs to is gone.
func TestForwardKeepsConnections(t *testing.T) {
	for _, keep := range []bool{true, false} {
		var opened, open atomic.Int32
		closed := make(chan struct{}, 100)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				opened.Add(1)
				open.Add(1)
			case http.StateClosed:
				open.Add(-1)
				closed <- struct{}{}
			}
		}
		s.Start()
		t.Cleanup(s.Close)
		svc := forwardTo(s.URL)
		svc.Forward.KeepAlive = keep
		g := start(t, one(proxy.HTTP, false, svc))
		for range 5 {
			if r := g.get("http://localhost/"); r.StatusCode != 200 {
				t.Fatal(r.Status)
			}
		}
		if got, want := opened.Load(), map[bool]int32{true: 1, false: 5}[keep]; got != want {
			t.Errorf("keepalive %v: %d connections for 5 requests, want %d", keep, got, want)
		}
		if err := g.Load(one(proxy.HTTP, false, directory("other"))); err != nil {
			t.Fatal(err)
		}
		for open.Load() > 0 {
			select {
			case <-closed:
			case <-time.After(patience):
				t.Fatal("the connection to the back end outlives its plan")
			}
		}
	}
}

// Locations and cookies of a back end are made the gateway's.
func TestForwardRewrites(t *testing.T) {
	var addr string
	addr = serveHTTP(t, false, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", strings.ReplaceAll(r.Header.Get("X-Location"), "BACK", addr))
		w.Header().Set("Set-Cookie", r.Header.Get("X-Cookie"))
		w.Header().Set("Server", "back")
		w.WriteHeader(302)
	})
	svc := forwardTo("http://" + addr + "/app/")
	svc.ServerHeader = true
	svc.Forward.Location = []proxy.Rewrite{{From: "https://old.example.com/", To: "https://localhost/api/"}}
	svc.Forward.CookieDomain = []proxy.Rewrite{{From: "back.local", To: "gw.example.com"}, {From: "drop.local"}}
	svc.Forward.CookiePath = []proxy.Rewrite{{From: "/app", To: "/api"}}
	plan := one(proxy.HTTP, true, svc)
	plan.Endpoints[0].Routes[0].Path = "/api/"
	g := start(t, plan)
	for from, want := range map[string]string{
		"http://BACK/app/login?a=b#c":  "/api/login?a=b#c",
		"http://BACK/app":              "/api",
		"http://BACK/apple":            "http://" + addr + "/apple",
		"http://BACK/other":            "http://" + addr + "/other",
		"http://BACK@evil.example/app": "http://" + addr + "@evil.example/app",
		"https://old.example.com/x":    "https://localhost/api/x",
		"https://elsewhere.example/":   "https://elsewhere.example/",
		"../relative":                  "../relative",
	} {
		r := g.get("https://localhost/api/x/y", "X-Location: "+from)
		if got := r.Header.Get("Location"); got != want {
			t.Errorf("Location %s became %s, want %s", from, got, want)
		}
		if got := r.Header["Server"]; !slices.Equal(got, []string{"gwtls"}) {
			t.Errorf("Server %q", got)
		}
	}
	for from, want := range map[string]string{
		"a=b; Path=/app/x; Domain=.Back.Local; HttpOnly": "a=b; Path=/api/x; Domain=gw.example.com; HttpOnly",
		"a=domain=back.local; domain=drop.local; Secure": "a=domain=back.local; Secure",
		"a=b;path=/;  SameSite=Lax":                      "a=b;path=/;  SameSite=Lax",
	} {
		if got := g.get("https://localhost/api/", "X-Cookie: "+from).Header.Get("Set-Cookie"); got != want {
			t.Errorf("cookie %q became %q, want %q", from, got, want)
		}
	}
	svc = forwardTo("http://" + addr)
	g = start(t, one(proxy.HTTP, true, svc))
	if got := g.get("https://localhost/", "X-Location: http://BACK//evil.example/").Header.Get("Location"); got != "/.//evil.example/" {
		t.Errorf("Location %s leads away", got)
	}
}

// A page of another site that may ask gets the gateway's answer about that, with every
// answer, also behind early hints.
func TestForwardCrossSite(t *testing.T) {
	addr := serveHTTP(t, false, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Vary", "Accept")
	})
	svc := forwardTo("http://" + addr)
	svc.ServerHeader = true
	svc.CrossSite = []proxy.CrossSite{{AllowOrigin: "https://app.example.com"}}
	g := start(t, one(proxy.HTTP, true, svc))
	hints := 0
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		if hints++; code != 103 || h.Get("Link") == "" {
			t.Errorf("interim answer %d %v", code, h)
		}
		return nil
	}}
	r, _ := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), trace), "GET", "https://localhost/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	resp, err := g.client("localhost").Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header["Access-Control-Allow-Origin"]; hints != 1 || !slices.Equal(got, []string{"https://app.example.com"}) {
		t.Errorf("%d hints, allowed %q", hints, got)
	}
	if !slices.Equal(resp.Header["Vary"], []string{"Accept", "Origin"}) || !slices.Equal(resp.Header["Server"], []string{"gwtls"}) {
		t.Errorf("answer %v", resp.Header)
	}
	g.log.wait(t, "msg=request", "status=200")
	if r := g.get("https://localhost/", "Origin: https://evil.example"); r.StatusCode != 403 {
		t.Errorf("from another site: %s, want 403", r.Status)
	}
}
