package proxy

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// redirects are the statuses that send a client elsewhere (RFC 9110 section 15.4).
var redirects = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
	http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

// checkRedirect wants a host: behind a path alone, what a client asks for could name one.
func checkRedirect(r *Redirect) error {
	switch {
	case r.To == nil || r.To.Host == "" || r.To.Scheme != "http" && r.To.Scheme != "https":
		return errors.New("redirect to what is no http or https URL")
	case r.Status != 0 && !slices.Contains(redirects, r.Status):
		return fmt.Errorf("redirect with status %d, which is none of %v", r.Status, redirects)
	}
	return nil
}

func (g *Gateway) serveRedirect(w http.ResponseWriter, r *http.Request, svc *service, rest string) {
	start := g.now()
	out := &counted{ResponseWriter: w}
	to := appendTo(svc.Redirect.To, rest, r.URL.RawQuery).String()
	out.Header().Set("Location", to)
	refuse(out, cmp.Or(svc.Redirect.Status, http.StatusPermanentRedirect), to)
	g.logRequest(r, svc, start, out)
}
