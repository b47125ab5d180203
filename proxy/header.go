package proxy

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// hopByHop are the fields that speak about one connection (RFC 9110 section 7.6.1), and
// those that each WebSocket handshake makes anew.
var hopByHop = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-connection": true, "proxy-authenticate": true,
	"proxy-authorization": true, "te": true, "trailer": true, "transfer-encoding": true, "upgrade": true,
	"host": true, "content-length": true, "expect": true, "http2-settings": true,
}

// What a gateway says to its back ends about a client: from where it came, and what its
// certificate says. Coming from the client they are a claim, in whatever case, and with
// underscores, which some back ends take for hyphens.
var (
	origins    = []string{"forwarded", "x-forwarded-", "x-real-ip"}
	identities = []string{"client-cert", "x-client-cert", "x-ssl-", "ssl-client-", "x-forwarded-client-cert", "x-forwarded-tls-client-cert"}
)

// forwardedHeader is what goes on of a WebSocket client's request: Origin, Cookie,
// Authorization and the like.
func forwardedHeader(h http.Header) http.Header {
	out := endToEnd(h)
	for name := range out {
		if claims(name, origins) || claims(name, identities) {
			delete(out, name)
		}
	}
	if out["User-Agent"] == nil {
		out["User-Agent"] = []string{""} // else net/http names itself
	}
	return out
}

// endToEnd is h without what speaks about this connection.
func endToEnd(h http.Header) http.Header {
	named := map[string]bool{}
	for _, v := range h["Connection"] {
		for token := range strings.SplitSeq(v, ",") {
			named[strings.ToLower(textproto.TrimString(token))] = true
		}
	}
	out := make(http.Header, len(h))
	for name, values := range h {
		if lower := hyphened(name); hopByHop[lower] || named[strings.ToLower(name)] || strings.HasPrefix(lower, "sec-websocket-") {
			continue
		}
		out[name] = values
	}
	return out
}

// claims says whether a field's name starts as one of a list.
func claims(name string, prefixes []string) bool {
	name = hyphened(name)
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func hyphened(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }
