package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/gwtls/gwtls/proxy"
)

// What answers itself sees what lies behind its route, the method and the query.
func TestHandlerSeesThePathBehindItsRoute(t *testing.T) {
	svc := &proxy.Service{Name: "own", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s?%s", r.Method, r.URL.Path, r.URL.RawQuery)
	})}
	plan := one(proxy.HTTP, false, svc)
	plan.Endpoints[0].Routes[0].Path = "/own"
	g := start(t, plan)
	for path, want := range map[string]string{
		"/own":           "GET ?",
		"/own/":          "GET /?",
		"/own/a%20b?c=d": "GET /a b?c=d",
	} {
		resp := g.get("http://" + g.addr() + path)
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusTeapot || string(body) != want {
			t.Errorf("%s: %d %q, want 418 %q", path, resp.StatusCode, body, want)
		}
	}
	g.log.wait(t, "msg=request", "service=own", "status=418", "path=/own")
	if resp := g.get("http://" + g.addr() + "/other"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("beside the route: %d", resp.StatusCode)
	}
}
