package proxy

import (
	"net/http"
	"net/textproto"
	"strings"
)

// hopByHop are the fields that speak about one connection (RFC 9110 section 7.6.1), and
// those that each WebSocket handshake makes anew.
var hopByHop = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-connection": true, "proxy-authenticate": true,
	"proxy-authorization": true, "te": true, "trailer": true, "transfer-encoding": true, "upgrade": true,
	"host": true, "content-length": true, "expect": true, "http2-settings": true,
}

// claimed are what a gateway says to its back ends about a client. Coming from the client
// they are a claim, in whatever case, and with underscores, which some back ends take for
// hyphens.
var claimed = []string{"forwarded", "x-forwarded-", "x-real-ip", "client-cert", "x-client-cert", "x-ssl-", "ssl-client-"}

// forwardedHeader is what goes on of a WebSocket client's request: Origin, Cookie,
// Authorization and the like.
func forwardedHeader(h http.Header) http.Header {
	out := endToEnd(h)
	for name := range out {
		if isClaim(name) {
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
		lower := strings.ToLower(name)
		if hopByHop[lower] || named[lower] || strings.HasPrefix(lower, "sec-websocket-") {
			continue
		}
		out[name] = values
	}
	return out
}

func isClaim(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for _, c := range claimed {
		if strings.HasPrefix(name, c) {
			return true
		}
	}
	return false
}
