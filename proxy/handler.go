package proxy

import (
	"net/http"
	"net/url"
)

// serveHandler has a request answered by a service that does so itself.
func (g *Gateway) serveHandler(w http.ResponseWriter, r *http.Request, svc *service, rest string) {
	start := g.now()
	out := &counted{ResponseWriter: w}
	behind := *r.URL
	behind.RawPath = ""
	var err error
	if behind.Path, err = url.PathUnescape(rest); err != nil {
		refuse(out, http.StatusBadRequest, "the path is not one")
	} else {
		handed := *r
		handed.URL = &behind
		svc.Handler.ServeHTTP(out, &handed)
	}
	g.logRequest(r, svc, start, out)
}
