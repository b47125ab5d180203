package proxy

import (
	"net/http"
	"net/url"
	"strings"
)

// rewriteAnswer makes what a back end says about places one of the gateway's.
func (x *exchange) rewriteAnswer(h http.Header) {
	if l := h["Location"]; len(l) > 0 {
		h["Location"] = []string{x.location(l[0])}
	}
	if len(x.CookieDomain) == 0 && len(x.CookiePath) == 0 {
		return
	}
	for i, c := range h["Set-Cookie"] {
		h["Set-Cookie"][i] = x.cookie(c)
	}
}

func (x *exchange) location(to string) string {
	if to, ok := replace(x.Location, to); ok {
		return to
	}
	u, err := url.Parse(to)
	if err != nil || !sameOrigin(to, x.target.url.String()) {
		return to
	}
	rest, ok := strings.CutPrefix(u.EscapedPath(), strings.TrimSuffix(x.target.url.EscapedPath(), "/"))
	if !ok || rest != "" && rest[0] != '/' {
		return to
	}
	place := strings.TrimSuffix(strings.TrimSuffix(x.request.URL.EscapedPath(), x.rest), "/") + rest
	switch {
	case place == "":
		place = "/"
	case strings.HasPrefix(place, "//"): // would name a host (RFC 3986 section 4.2)
		place = "/." + place
	}
	if u.RawQuery != "" || u.ForceQuery {
		place += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		place += "#" + u.EscapedFragment()
	}
	return place
}

// cookie rewrites the attributes of a Set-Cookie field and leaves all else of it as it is
// (RFC 6265 section 4.1.1).
func (x *exchange) cookie(c string) string {
	parts := strings.Split(c, ";")
	kept := parts[:1]
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		value = strings.TrimSpace(value)
		var to string
		var ok bool
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "domain":
			to, ok = replace(x.CookieDomain, strings.ToLower(strings.TrimPrefix(value, ".")))
		case "path":
			to, ok = replace(x.CookiePath, value)
		}
		switch {
		case ok && to != "":
			part = name + "=" + to
		case ok:
			continue // without the attribute, the cookie is for where it came from
		}
		kept = append(kept, part)
	}
	return strings.Join(kept, ";")
}

// replace applies the first rule that there is for a value.
func replace(rules []Rewrite, value string) (string, bool) {
	for _, r := range rules {
		if rest, ok := strings.CutPrefix(value, r.From); ok {
			return r.To + rest, true
		}
	}
	return value, false
}
