//go:build unix

package cmd_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// An http.proxy service and a redirect, from the file to the client.
func TestServeForwardsAndRedirects(t *testing.T) {
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b", Path: "/files", Domain: "back.local"})
		w.Header().Set("Location", "/files/next")
		fmt.Fprintf(w, "%s forwarded %q by %q", r.RequestURI, r.Header["Forwarded"], r.Header["X-Forwarded-Proto"])
	}))
	defer back.Close()
	w := newWorld(t)
	w.run("selfsign", "localhost")
	w.write("gateway.yaml", fmt.Sprintf(`services:
  - name: api
    type: http.proxy
    accept: ["https://localhost:0/api/"]
    connect: ["http://127.0.0.1:%s/", "%s/files/"]
    balance: first
    connect_options: { http: { keepalive: false } }
    http:
      forwarded: exclude
      rewrite: { location: [{ from: /files/, to: /api/ }], cookie_domain: [{ from: back.local, to: localhost }], cookie_path: [{ from: /files, to: /api }] }
  - { name: old, type: redirect, accept: ["http://localhost:%s/"], redirect: { to: "https://gw.example.com/new/", status: 307 } }
`, unusedPort(t), back.URL, unusedPort(t)))
	g := w.serve()
	resp, body := get(t, w.roots("localhost"), g.url("https", "api/")+"page?x=1")
	if want := `/files/page?x=1 forwarded [] by []`; resp.StatusCode != 200 || body != want {
		t.Errorf("%s %q, want %q", resp.Status, body, want)
	}
	if got := resp.Header.Get("Location"); got != "/api/next" {
		t.Errorf("Location %s", got)
	}
	if got := resp.Header.Get("Set-Cookie"); got != "a=b; Path=/api; Domain=localhost" {
		t.Errorf("Set-Cookie %s", got)
	}
	g.await(`msg=request service=api .*path=/api/page status=200`)

	client := http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Get(g.url("http", "") + "a/b?c=d")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	if got := resp.Header.Get("Location"); resp.StatusCode != 307 || got != "https://gw.example.com/new/a/b?c=d" {
		t.Errorf("%s to %s", resp.Status, got)
	}
}
