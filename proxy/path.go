package proxy

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// hostName is the host of a Host header, an SNI name or an accept URL in the form that
// routes are kept under: without port, brackets and trailing dot, in lower case.
func hostName(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().String()
	}
	return host
}

// canonicalPath is an escaped path in the one form that routes are kept under: each segment
// escaped the same way, so that an escaped slash is no border. It refuses dot segments,
// which clients resolve before they ask (RFC 3986 section 5.2.4): behind a prefix they would
// lead out of it.
func canonicalPath(escaped string) (string, bool) {
	if strings.IndexFunc(escaped, special) < 0 && !strings.Contains(escaped, "/.") {
		return escaped, true
	}
	segments := strings.Split(escaped, "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return "", false
		}
		for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
			if part == "." || part == ".." {
				return "", false
			}
		}
		segments[i] = url.PathEscape(plain)
	}
	return strings.Join(segments, "/"), true
}

// special says of a byte that it may stand in a path in more than one way.
func special(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/-_.~", r)
}

// routePath is the path of an accept URL as a key.
func routePath(path string) (string, bool) {
	p, ok := canonicalPath((&url.URL{Path: path}).EscapedPath())
	p = strings.TrimSuffix(p, "/")
	if p != "" && p[0] != '/' {
		p = "/" + p
	}
	return p, ok
}

// behind is what of an escaped path follows the route's own, of the given number of
// segments.
func (p place) behind(escaped string, segments int) string {
	for ; segments > 0; segments-- {
		next := strings.IndexByte(escaped[1:], '/')
		if next < 0 {
			return ""
		}
		escaped = escaped[1+next:]
	}
	if escaped == "/" && p.slash {
		return ""
	}
	return escaped
}

// appendTo is base with more path and query.
func appendTo(base *url.URL, rest, query string) *url.URL {
	u := *base
	path := u.EscapedPath()
	if rest != "" {
		path = strings.TrimSuffix(path, "/") + rest
	}
	u.Path, _ = url.PathUnescape(path)
	u.RawPath = path
	switch {
	case u.RawQuery == "":
		u.RawQuery = query
	case query != "":
		u.RawQuery += "&" + query
	}
	return &u
}
