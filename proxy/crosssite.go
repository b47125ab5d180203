package proxy

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// admitOrigin says whether a request may go on, as far as the page that made it is
// concerned, and otherwise has answered it. A browser names the page's origin in all
// requests that another site could forge; what sends no Origin is no browser (RFC 6455
// section 10.2) or no forgery (Fetch section 3.1).
func admitOrigin(w http.ResponseWriter, r *http.Request, rules []CrossSite) bool {
	origins := r.Header["Origin"]
	if len(origins) == 0 {
		return true
	}
	if len(rules) > 0 {
		w.Header().Add("Vary", "Origin")
	}
	if len(origins) == 1 && sameSite(origins[0], r) {
		return true
	}
	rule := ruleFor(rules, origins)
	preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	if rule == nil || !preflight && !rule.method(r.Method) {
		refuse(w, http.StatusForbidden, "pages of "+strings.Join(origins, ", ")+" may not use this service")
		return false
	}
	allow := origins[0]
	if rule.AllowOrigin == "*" {
		allow = "*"
	}
	w.Header().Set("Access-Control-Allow-Origin", allow)
	if preflight {
		rule.answer(w, r)
		return false
	}
	return true
}

// answer tells a browser what it may send (Fetch section 4.8).
func (c *CrossSite) answer(w http.ResponseWriter, r *http.Request) {
	if !c.method(r.Header.Get("Access-Control-Request-Method")) || !c.headers(r.Header["Access-Control-Request-Headers"]) {
		w.Header().Del("Access-Control-Allow-Origin")
		refuse(w, http.StatusForbidden, "pages of another site may not ask this")
		return
	}
	h := w.Header()
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Access-Control-Allow-Methods", strings.Join(append(slices.Clone(simpleMethods), c.AllowMethods...), ", "))
	if len(c.AllowHeaders) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(c.AllowHeaders, ", "))
	}
	if c.MaximumAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(c.MaximumAge.Seconds())))
	}
	w.WriteHeader(http.StatusNoContent)
}

// simpleMethods need no permission (Fetch section 2.2.1).
var simpleMethods = []string{http.MethodGet, http.MethodHead, http.MethodPost}

func (c *CrossSite) method(m string) bool {
	return slices.Contains(simpleMethods, m) || slices.Contains(c.AllowMethods, m)
}

func (c *CrossSite) headers(asked []string) bool {
	for _, list := range asked {
		for name := range strings.SplitSeq(list, ",") {
			name = strings.TrimSpace(name)
			if name != "" && !slices.ContainsFunc(c.AllowHeaders, func(a string) bool { return strings.EqualFold(a, name) }) {
				return false
			}
		}
	}
	return true
}

// ruleFor is the first rule that names the one origin.
func ruleFor(rules []CrossSite, origins []string) *CrossSite {
	if len(origins) != 1 {
		return nil
	}
	for i := range rules {
		switch allowed := rules[i].AllowOrigin; {
		case allowed == "*", allowed == "null" && origins[0] == "null":
			return &rules[i]
		case allowed != "null" && sameOrigin(allowed, origins[0]):
			return &rules[i]
		}
	}
	return nil
}

// sameSite compares an origin with the host and port that the request asks for. The scheme
// is left aside: TLS may end before the gateway.
func sameSite(origin string, r *http.Request) bool {
	o, err := url.Parse(origin)
	if err != nil || o.Host == "" {
		return false
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	asked := &url.URL{Scheme: scheme, Host: r.Host}
	return hostName(o.Host) == hostName(r.Host) && portOf(o) == portOf(asked)
}

func sameOrigin(a, b string) bool {
	x, err := url.Parse(a)
	if err != nil || x.Host == "" {
		return false
	}
	y, err := url.Parse(b)
	return err == nil && x.Scheme == y.Scheme && hostName(x.Host) == hostName(y.Host) && portOf(x) == portOf(y)
}

func portOf(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	case u.Scheme == "http":
		return "80"
	default:
		return ""
	}
}
