package proxy_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/proxy"
)

func redirectTo(to string, status int) *proxy.Service {
	u, err := url.Parse(to)
	if err != nil {
		panic(err)
	}
	return &proxy.Service{Name: "old", Redirect: &proxy.Redirect{To: u, Status: status}}
}

// The rest of the path and the query follow, and no path leads to another host.
func TestRedirect(t *testing.T) {
	for _, test := range []struct{ accept, to, asked, want string }{
		{"/", "https://gw.example.com:9000/", "/", "https://gw.example.com:9000/"},
		{"/", "https://gw.example.com:9000/", "/a/b%2Fc?x=1&y=%20", "https://gw.example.com:9000/a/b%2Fc?x=1&y=%20"},
		{"/", "https://gw.example.com", "/a", "https://gw.example.com/a"},
		{"/", "https://gw.example.com/new?k=v", "/a/?x=1", "https://gw.example.com/new/a/?k=v&x=1"},
		{"/old", "https://gw.example.com/new/", "/old/a", "https://gw.example.com/new/a"},
		{"/old", "https://gw.example.com/new/", "/old", "https://gw.example.com/new/"},
		{"/", "https://gw.example.com/", "//evil.example/x", "https://gw.example.com//evil.example/x"},
		{"/", "https://gw.example.com", "//evil.example/x", "https://gw.example.com//evil.example/x"},
		{"/", "https://gw.example.com", "/%5Cevil.example", "https://gw.example.com/%5Cevil.example"},
		{"/", "https://gw.example.com", "/@evil.example", "https://gw.example.com/@evil.example"},
		{"/", "https://gw.example.com", "/a%0d%0aSet-Cookie:%20a=b", "https://gw.example.com/a%0d%0aSet-Cookie:%20a=b"},
	} {
		plan := one(proxy.HTTP, false, redirectTo(test.to, 0))
		plan.Endpoints[0].Routes[0].Path = test.accept
		g := start(t, plan)
		r := g.ask("", "GET "+test.asked+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if got := r.Header.Get("Location"); r.StatusCode != http.StatusPermanentRedirect || got != test.want {
			t.Errorf("%s: %s to %s, want 308 to %s", test.asked, r.Status, got, test.want)
		}
		if b := bodyOf(r); !strings.Contains(b, test.want) || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("body %q of type %s", b, r.Header.Get("Content-Type"))
		}
		g.log.wait(t, "msg=request", "service=old", "status=308")
	}
}

func TestRedirectStatus(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		g := start(t, one(proxy.HTTP, true, redirectTo("https://gw.example.com/", status)))
		if r := g.get("https://localhost/"); r.StatusCode != status || r.ProtoMajor != 2 {
			t.Errorf("%s over %s, want %d over HTTP/2", r.Status, r.Proto, status)
		}
	}
	for _, svc := range []*proxy.Service{
		redirectTo("https://gw.example.com/", 200), redirectTo("https://gw.example.com/", 304), redirectTo("/", 0),
		redirectTo("//gw.example.com/", 0), redirectTo("https:///x", 0), redirectTo("javascript:alert(1)", 0), {Name: "old", Redirect: &proxy.Redirect{}},
	} {
		if err := new(proxy.Gateway).Load(one(proxy.HTTP, true, svc)); err == nil {
			t.Errorf("redirect to %v with %d was taken", svc.Redirect.To, svc.Redirect.Status)
		}
	}
}
