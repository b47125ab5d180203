package proxy_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gwtls/gwtls/proxy"
)

func directory(name string) *proxy.Service {
	return &proxy.Service{Name: name, Directory: &proxy.Directory{Files: fstest.MapFS{"index.html": {Data: []byte(name)}}}}
}

// client is an HTTP client of a gateway, over whatever ALPN gives.
func (g *gateway) client(name string) *http.Client {
	t := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", g.addr())
		},
		TLSClientConfig:   clientTLS(name),
		ForceAttemptHTTP2: true,
	}
	g.t.Cleanup(t.CloseIdleConnections)
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (g *gateway) get(url string, lines ...string) *http.Response {
	g.t.Helper()
	r, _ := http.NewRequest("GET", url, nil)
	for _, l := range lines {
		k, v, _ := strings.Cut(l, ": ")
		r.Header.Add(k, v)
	}
	name := r.URL.Hostname()
	resp, err := g.client(name).Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func TestRoutes(t *testing.T) {
	echo := &proxy.Service{Name: "echo", Echo: &proxy.Echo{}}
	plan := &proxy.Plan{Endpoints: []*proxy.Endpoint{{Network: "tcp", Address: "127.0.0.1:0", Routes: []proxy.Route{
		{Scheme: proxy.HTTP, Host: "a.example.com", Path: "/", Service: directory("root")},
		{Scheme: proxy.HTTP, Host: "A.Example.Com.", Path: "/orders", Service: directory("orders")},
		{Scheme: proxy.HTTP, Host: "a.example.com", Path: "/orders/old/", Service: directory("old")},
		{Scheme: proxy.WebSocket, Host: "a.example.com", Path: "/orders", Service: echo},
		{Scheme: proxy.WebSocket, Host: "a.example.com", Path: "/ws only", Service: echo},
		{Scheme: proxy.WebSocket, Host: "b.example.com", Path: "/chat", Service: echo},
		{Scheme: proxy.HTTP, Host: "*.wild.example.com", Path: "/", Service: directory("wild")},
		{Scheme: proxy.HTTP, Host: "::1", Path: "/", Service: directory("six")},
	}}}}
	g := start(t, plan)
	for _, test := range []struct {
		host, path string
		upgrade    bool
		want       string // a directory's name, or a status
	}{
		{"a.example.com", "/", false, "root"},
		{"A.EXAMPLE.com.:9999", "/", false, "root"},
		{"a.example.com", "/orders/", false, "orders"},
		{"a.example.com", "/ordersish/", false, "404"},
		{"a.example.com", "/orders/old/", false, "old"},
		{"a.example.com", "/orders/older/", false, "404"},
		{"a.example.com", "/%6Frders/", false, "orders"},
		{"a.example.com", "/orders%2Fold/", false, "404"},
		{"a.example.com", "/orders/x", true, "101"},
		{"a.example.com", "/orders/old/", true, "101"},
		{"a.example.com", "/ws%20only/", false, "404"}, // the root directory has a say
		{"a.example.com", "/ws%20only/", true, "101"},
		{"a.example.com", "/", true, "root"},
		{"b.example.com", "/chat", false, "426"},
		{"b.example.com", "/chat/room", true, "101"},
		{"b.example.com", "/chatter", true, "404"},
		{"b.example.com", "/", false, "404"},
		{"c.example.com", "/", false, "404"},
		{"", "/", false, "404"},
		{"x.wild.example.com", "/", false, "wild"},
		{"x.y.wild.example.com", "/", false, "404"},
		{"[::1]:80", "/", false, "six"},
		{"a.example.com", "/orders/../", false, "400"},
		{"a.example.com", "/orders/%2e%2E/", false, "400"},
		{"a.example.com", "/orders/..%2fx", false, "400"},
		{"a.example.com", "/orders/..%5cx", false, "400"},
		{"a.example.com", "/orders/./", false, "400"},
	} {
		lines := ""
		if test.upgrade {
			lines = upgradeLines
		}
		r := g.ask("", fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", test.path, test.host, lines))
		got := fmt.Sprint(r.StatusCode)
		if r.StatusCode == 200 {
			got = bodyOf(r)
		}
		if got != test.want {
			t.Errorf("%s %s upgrade %v: %s, want %s", test.host, test.path, test.upgrade, got, test.want)
		}
	}
}

// A handshake for one host does not open another that has other rules; nor does a
// connection of HTTP/2 that a client uses for both.
func TestMisdirected(t *testing.T) {
	plan := one(proxy.HTTP, true, directory("a"))
	ep := plan.Endpoints[0]
	ep.Routes = []proxy.Route{
		{Scheme: proxy.HTTP, Host: "a.example.com", Policy: "strict", Service: directory("a")},
		{Scheme: proxy.HTTP, Host: "b.example.com", Policy: "open", Service: directory("b")},
		{Scheme: proxy.HTTP, Host: "localhost", Policy: "open", Service: directory("c")},
	}
	ep.Policy = func(name string) string {
		if name == "a.example.com" {
			return "strict"
		}
		return "open"
	}
	g := start(t, plan)
	for _, test := range []struct {
		sni, host string
		want      int
	}{
		{"a.example.com", "a.example.com", 200},
		{"a.example.com", "A.example.com.:1", 200},
		{"b.example.com", "a.example.com", 421},
		{"b.example.com", "A.EXAMPLE.COM", 421},
		{"b.example.com", "a.example.com.:443", 421},
		{"a.example.com", "b.example.com", 421},
		{"b.example.com", "localhost", 200},
		{"127.0.0.1", "a.example.com", 421}, // no SNI for an address
		{"127.0.0.1", "b.example.com", 200},
	} {
		r, _ := http.NewRequest("GET", "https://"+test.sni+"/", nil)
		r.Host = test.host
		resp, err := g.client(test.sni).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.ProtoMajor != 2 || resp.StatusCode != test.want {
			t.Errorf("SNI %s, Host %s: %s over %s, want %d over HTTP/2", test.sni, test.host, resp.Status, resp.Proto, test.want)
		}
	}
}

func TestCrossSite(t *testing.T) {
	svc := directory("files")
	svc.CrossSite = []proxy.CrossSite{{AllowOrigin: "https://app.example.com", AllowMethods: []string{"PUT"}, AllowHeaders: []string{"X-Token"}, MaximumAge: time.Minute}}
	all, opaque := directory("all"), directory("opaque")
	all.CrossSite = []proxy.CrossSite{{AllowOrigin: "*"}}
	opaque.CrossSite = []proxy.CrossSite{{AllowOrigin: "null"}}
	plan := one(proxy.HTTP, true, svc)
	ep := plan.Endpoints[0]
	ep.Routes = append(ep.Routes,
		proxy.Route{Scheme: proxy.HTTP, Path: "/none", Service: directory("none")},
		proxy.Route{Scheme: proxy.HTTP, Path: "/all", Service: all},
		proxy.Route{Scheme: proxy.HTTP, Path: "/opaque", Service: opaque},
		proxy.Route{Scheme: proxy.WebSocket, Path: "/", Service: &proxy.Service{Name: "echo", Echo: &proxy.Echo{}}})
	g := start(t, plan)
	for _, test := range []struct {
		path, origin string
		want         int
		allowed      string
	}{
		{"/none/", "", 200, ""},
		{"/none/", "https://localhost:9001", 200, ""},
		{"/none/", "https://LOCALHOST.:9001", 200, ""},
		{"/none/", "https://localhost", 403, ""},
		{"/none/", "https://localhost:9002", 403, ""},
		{"/none/", "https://localhost.evil.example:9001", 403, ""},
		{"/none/", "null", 403, ""},
		{"/none/", "file://", 403, ""},
		{"/", "https://app.example.com", 200, "https://app.example.com"},
		{"/", "https://app.example.com:443", 200, "https://app.example.com:443"},
		{"/", "http://app.example.com", 403, ""},
		{"/", "https://app.example.com.evil.example", 403, ""},
		{"/", "null", 403, ""},
		{"/all/", "https://anywhere.example", 200, "*"},
		{"/all/", "null", 200, "*"},
		{"/opaque/", "null", 200, "null"},
		{"/opaque/", "https://app.example.com", 403, ""},
	} {
		var lines []string
		if test.origin != "" {
			lines = []string{"Origin: " + test.origin}
		}
		r := g.get("https://localhost:9001"+test.path, lines...)
		if got := r.Header.Get("Access-Control-Allow-Origin"); r.StatusCode != test.want || got != test.allowed {
			t.Errorf("%s from %q: %d, allowed %q; want %d, %q", test.path, test.origin, r.StatusCode, got, test.want, test.allowed)
		}
	}
	for origin, want := range map[string]int{"https://localhost": 101, "https://evil.example": 403} {
		if r := g.upgrade("/", "Origin: "+origin); r.StatusCode != want {
			t.Errorf("WebSocket from %s: %s, want %d", origin, r.Status, want)
		}
	}
	if r := g.upgrade("/", "Origin: https://localhost", "Origin: https://localhost"); r.StatusCode != 403 {
		t.Errorf("two origins: %s, want 403", r.Status)
	}
	for _, test := range []struct {
		method, headers string
		want            int
	}{{"PUT", "x-token", 204}, {"GET", "", 204}, {"DELETE", "", 403}, {"PUT", "x-token, x-other", 403}} {
		r := g.ask("localhost", "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example.com\r\nAccess-Control-Request-Method: "+
			test.method+"\r\nAccess-Control-Request-Headers: "+test.headers+"\r\n\r\n")
		if r.StatusCode != test.want || test.want == 204 && (r.Header.Get("Access-Control-Max-Age") != "60" || r.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD, POST, PUT") {
			t.Errorf("preflight for %s with %s: %s %v, want %d", test.method, test.headers, r.Status, r.Header, test.want)
		}
	}
}

func TestDirectory(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	os.WriteFile(outside, []byte("secret"), 0o600)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index.html": "start", "page.md": "# page", "app.js": "code", "docs/index.html": "docs", "docs/a b.txt": "blank",
		".hidden": "x", "docs/.git/config": "x", "keystore.pw": "x", "keystore.p12": "x", "empty/x": "x",
	} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
	}
	os.Symlink(outside, filepath.Join(dir, "link"))
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	svc := &proxy.Service{Name: "site", ServerHeader: true, Directory: &proxy.Directory{
		Files: root.FS(), Hidden: func(name string) bool { return name == "keystore.p12" },
		Errors: fstest.MapFS{"404.html": {Data: []byte("<h1>lost</h1>")}},
		Cache:  []proxy.CacheRule{{Patterns: []string{"*.js"}, Control: "max-age=3600"}},
		Types:  map[string]string{".md": "text/markdown"},
	}}
	plan := one(proxy.HTTP, true, svc)
	plan.Endpoints[0].Routes[0].Path = "/site/"
	g := start(t, plan)
	for path, want := range map[string]string{
		"/site/": "start", "/site/index.html": "start", "/site/docs/": "docs", "/site/docs/a%20b.txt": "blank", "/site/page.md": "# page",
	} {
		if r := g.get("https://localhost" + path); r.StatusCode != 200 || bodyOf(r) != want {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
	for _, path := range []string{"none", ".hidden", "docs/.git/config", "keystore.pw", "KEYSTORE.PW", "keystore.p12", "link", "empty/", "page.md/", "docs%2Findex.html/", "%00"} {
		if r := g.get("https://localhost/site/" + path); r.StatusCode != 404 || bodyOf(r) != "<h1>lost</h1>" {
			t.Errorf("%s: %s, want 404 with the page for it", path, r.Status)
		}
	}
	for _, path := range []string{"/site", "/site/docs?q=1"} {
		if r := g.get("https://localhost" + path); r.StatusCode != 301 || !strings.HasSuffix(strings.TrimSuffix(r.Header.Get("Location"), "?q=1"), "/") {
			t.Errorf("%s: %s to %q, want the same with a slash", path, r.Status, r.Header.Get("Location"))
		}
	}
	r := g.get("https://localhost/site/app.js", "Range: bytes=1-2")
	if b := bodyOf(r); r.StatusCode != 206 || b != "od" || r.Header.Get("Cache-Control") != "max-age=3600" || r.Header.Get("Server") != "gwtls" {
		t.Errorf("range: %s %q %v", r.Status, b, r.Header)
	}
	if r := g.get("https://localhost/site/app.js", "If-Modified-Since: "+r.Header.Get("Last-Modified")); r.StatusCode != 304 {
		t.Errorf("conditional: %s, want 304", r.Status)
	}
	if r := g.get("https://localhost/site/page.md"); r.Header.Get("Content-Type") != "text/markdown" {
		t.Errorf("type %q", r.Header.Get("Content-Type"))
	}
	if r, _ := g.client("localhost").Post("https://localhost/site/", "text/plain", strings.NewReader("x")); r.StatusCode != 405 {
		t.Errorf("POST: %s, want 405", r.Status)
	}
	line := g.log.wait(t, "msg=request", "service=site", "status=200", "path=/site/")
	if !regexp.MustCompile(`duration=(\d+µs|\d+(\.\d{1,3})?ms|\d+(\.\d{1,6})?s)\b`).MatchString(line) {
		t.Errorf("a duration to read: %s", line)
	}

	svc.Directory.Listing = true
	g = start(t, plan)
	if b := bodyOf(g.get("https://localhost/site/empty/")); !strings.Contains(b, `<a href="./x">x</a>`) {
		t.Errorf("listing: %s", b)
	}
}

// The embedded page of the default configuration is a directory like any other.
func TestDirectoryOfEmbeddedFiles(t *testing.T) {
	big := bytes.Repeat([]byte("x"), 1<<20)
	svc := &proxy.Service{Name: "page", Directory: &proxy.Directory{Files: fstest.MapFS{"index.html": {Data: big}}}}
	g := start(t, one(proxy.HTTP, true, svc))
	r := g.get("https://localhost/")
	if b, _ := io.ReadAll(r.Body); !bytes.Equal(b, big) || r.ProtoMajor != 2 {
		t.Errorf("%d bytes over %s, want %d over HTTP/2", len(b), r.Proto, len(big))
	}
}

// What peers do wrong is for who looks for it, not for everybody's log.
func TestNoiseIsQuiet(t *testing.T) {
	g := start(t, one(proxy.HTTP, true, directory("d")))
	c := g.dial("localhost")
	config := clientTLS("localhost")
	config.NextProtos = []string{"h2"}
	h2 := tls.Client(g.dial(""), config)
	io.WriteString(h2, "this is no preface of HTTP/2\r\n\r\n")
	io.ReadAll(h2)
	g.log.wait(t, "level=DEBUG", "msg=http", "preface")
	c.Close()
	if said := g.log.String(); strings.Contains(said, "level=INFO") || strings.Contains(said, "level=ERROR") {
		t.Errorf("the log has\n%s", said)
	}
}
