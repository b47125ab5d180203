package config

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// link is a URL of the old configuration. Its text may hold ${}; what is decided by,
// host and port, does not.
type link struct {
	at        *element
	scheme    string // in gateway.yaml's words, or pipe
	authority string // as the file has it
	path      string // as the file has it
	host      string // in lower case, without brackets
	port      string // "" where the scheme's own is meant
	rides     string // the pipe that it is spoken over, if any
}

func (l link) String() string { return l.scheme + "://" + l.authority + l.path }

// spokenAs are the schemes of the old gateway; those of emulations and of its own
// extension come as what they stand for.
var spokenAs = map[string]string{
	"ws": "ws", "wsn": "ws", "wsx": "ws", "wse": "ws", "wss": "wss", "ws+ssl": "wss", "wsn+ssl": "wss", "wsx+ssl": "wss", "wse+ssl": "wss",
	"http": "http", "httpx": "http", "httpxe": "http", "https": "https", "http+ssl": "https", "httpx+ssl": "https", "httpxe+ssl": "https",
	"tcp": "tcp", "ssl": "tls", "tls": "tls", "pipe": "pipe",
}

// secured are the schemes with TLS of those without.
var secured = map[string]string{"ws": "wss", "http": "https", "tcp": "tls"}

func secureScheme(scheme string) bool { return scheme == "wss" || scheme == "https" || scheme == "tls" }

// link reads a URL. Where there is no equal for it, it says so, and gives false.
func (im *importer) link(e *element) (*link, bool) {
	full := im.expand(e.text)
	scheme, rest, found := strings.Cut(full, "://")
	if !found {
		im.warn(e, "dropped", "write it as wss://HOST:PORT/", "%s: it is no URL", e.name)
		return nil, false
	}
	scheme = strings.ReplaceAll(strings.ToLower(scheme), "+tls", "+ssl")
	if spokenAs[scheme] == "" {
		im.warn(e, "dropped", instead(scheme), "%s: %s is not spoken", e.name, quote(scheme))
		return nil, false
	}
	_, written, found := strings.Cut(e.text, "://")
	if !found || strings.ContainsAny(strings.Join(reference.FindAllString(written, -1), ""), "/?#@") {
		written = rest
	}
	l := &link{at: e, scheme: spokenAs[scheme]}
	l.authority, l.path = im.split(e, written)
	authority, _ := cutPath(rest)
	u := url.URL{Host: strings.ToLower(withoutUser(authority))}
	l.host, l.port = u.Hostname(), u.Port()
	return l, true
}

// instead is what to do about a scheme that there is no equal for.
func instead(scheme string) string {
	switch {
	case strings.Contains(scheme, "socks"):
		return "have the inner network's gateway dial out by a tunnel of your own, WireGuard or ssh -R for instance"
	case strings.HasPrefix(scheme, "sse"):
		return "have clients use WebSocket, or proxy the server that sends the events: type http.proxy"
	case scheme == "udp":
		return "have the back end send by TCP"
	}
	return ""
}

// split cuts a URL behind its scheme into authority and path. What follows the path,
// and who is named before the host, may be secrets and stay behind.
func (im *importer) split(e *element, rest string) (authority, path string) {
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
		im.remarkOf(e, "", "%s: the query of its URL is dropped", e.name)
	}
	authority, path = cutPath(rest)
	if host := withoutUser(authority); host != authority {
		authority = host
		im.remarkOf(e, "", "%s: user and password in its URL are dropped", e.name)
	}
	return authority, path
}

// withoutUser is an authority without user and password. An interface, [@eth0], is neither.
func withoutUser(authority string) string {
	i := strings.LastIndexByte(authority, '@')
	if strings.HasPrefix(authority, "[@") {
		return authority
	}
	return authority[i+1:]
}

func cutPath(rest string) (authority, path string) {
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, ""
}

// to is a link that goes to the place of another, with its own scheme and path.
func (l *link) to(place *link) *link {
	moved := *l
	moved.authority, moved.host, moved.port = place.authority, place.host, place.port
	if moved.port == "" {
		moved.authority += ":" + place.portOf()
		moved.port = place.portOf()
	}
	return &moved
}

// portOf is the port of a link, in digits; "" where it has none.
func (l *link) portOf() string {
	switch {
	case l.port != "":
		return l.port
	case l.scheme == "ws" || l.scheme == "http":
		return "80"
	case l.scheme == "wss" || l.scheme == "https":
		return "443"
	}
	return ""
}

// same says whether two links lead to one place.
func (l *link) same(other *link) bool {
	return l.scheme == other.scheme && l.host == other.host && l.portOf() == other.portOf() &&
		strings.TrimSuffix(l.path, "/") == strings.TrimSuffix(other.path, "/")
}

// boundTo is the address of a link, in the words of bind.
func (l *link) boundTo() string {
	host := l.host
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return l.portOf()
	}
	if l.portOf() == "" {
		return ip.String()
	}
	return net.JoinHostPort(ip.String(), l.portOf())
}

// texts are the links as gateway.yaml has them, each once.
func texts(links []*link) (list []string) {
	seen := map[string]bool{}
	for _, l := range links {
		if text := l.String(); !seen[text] {
			seen[text] = true
			list = append(list, text)
		}
	}
	return list
}
