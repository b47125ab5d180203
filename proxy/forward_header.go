package proxy

import (
	"net"
	"net/http"
	"strings"
)

// header is what a back end gets of a request's fields, and what it is told beside them.
func (f *forward) header(r *http.Request) http.Header {
	out := endToEnd(r.Header)
	for name := range out {
		if f.withholds(name) {
			delete(out, name)
		}
	}
	if out["User-Agent"] == nil {
		out["User-Agent"] = []string{""} // else net/http names itself
	}
	if f.Forwarded == Inject || f.Forwarded == "" {
		inject(out, r)
	}
	return out
}

// withholds says of a client's field that the back end does not get it.
func (f *forward) withholds(name string) bool {
	return claims(name, identities) || f.Forwarded != Ignore && claims(name, origins)
}

// trailer names the fields that may follow a request's body.
func (f *forward) trailer(r *http.Request) http.Header {
	out := http.Header{}
	for name := range endToEnd(r.Trailer) {
		if !f.withholds(name) {
			out[name] = nil
		}
	}
	return out
}

// inject tells the back end who asked, and how (RFC 7239 section 5).
func inject(h http.Header, r *http.Request) {
	proto := "http"
	if r.TLS != nil {
		proto = "https"
	}
	node := "unknown"
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		h["X-Forwarded-For"] = []string{host}
		if node = host; strings.Contains(host, ":") {
			node = `"[` + host + `]"`
		}
	}
	h["X-Forwarded-Host"] = []string{r.Host}
	h["X-Forwarded-Proto"] = []string{proto}
	h["Forwarded"] = []string{"for=" + node + `;host="` + quoting.Replace(r.Host) + `";proto=` + proto}
}

// quoting is for the inside of a quoted string (RFC 9110 section 5.6.4).
var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
