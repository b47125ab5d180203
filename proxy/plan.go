package proxy

import (
	"crypto/tls"
	"io/fs"
	"net/http"
	"net/url"
	"time"
)

// Plan is all that a gateway serves at one time. A plan that was loaded must not be changed.
type Plan struct {
	Endpoints    []*Endpoint
	DrainTimeout time.Duration // what sessions get to finish once Serve's context ended; default 30s
}

// Endpoint is one listening address and the services behind it.
type Endpoint struct {
	Network string // tcp, tcp4, tcp6, unix
	Address string // HOST:PORT with an IP address or nothing as host, or a path

	// Optional leaves the endpoint out, with a log line, where the machine has no such
	// address: ::1 where IPv6 is off. An address in use stays an error.
	Optional bool

	// TLS is how clients are met; nil is a plain endpoint. It chooses the certificate by
	// SNI (GetCertificate, GetConfigForClient) and names the protocols of ALPN. Where bulk
	// goes through, DynamicRecordSizingDisabled is worth setting.
	TLS *tls.Config

	// Policy names the rules that a handshake with the server name (lower case, no
	// trailing dot, empty without SNI) was held to: TLS options, who may enter. A request
	// whose route asks for another one is answered 421. Nil: one policy for all.
	Policy func(serverName string) string

	Routes []Route
	Limits Limits
}

// Limits bound what a peer may cost before it is known which service it wants.
type Limits struct {
	HandshakeTimeout time.Duration // TLS; default 10s
	HeaderTimeout    time.Duration // a request's head; default 10s
	KeepAliveTimeout time.Duration // between two requests of a connection; default 30s
	HeaderBytes      int           // default 64 KiB
}

// Scheme is how a client speaks to a route.
type Scheme string

const (
	Stream    Scheme = "stream" // tcp, tls: bytes; chosen by SNI
	WebSocket Scheme = "ws"     // ws, wss: chosen by Host and path, for upgrade requests
	HTTP      Scheme = "http"   // http, https: chosen by Host and path, for all others
)

// Route leads from what a client asks for to a service.
type Route struct {
	Scheme  Scheme
	Host    string // exact, "*.example.com" (one label), or "" for any
	Path    string // a prefix on segment borders; "" and "/" are all; unused by streams
	Policy  string // compared with Endpoint.Policy of the handshake's server name
	Service *Service
}

// Service is what happens with those who came by a route. Exactly one of Proxy, Forward,
// Redirect, Directory, Handler and Echo is set.
type Service struct {
	Name string

	Proxy     *Proxy     // for Stream and WebSocket routes
	Forward   *Forward   // for HTTP routes
	Redirect  *Redirect  // for HTTP routes
	Directory *Directory // for HTTP routes
	Echo      *Echo      // for WebSocket routes

	// Handler answers itself, for HTTP routes: the URL's path is what lies behind the route's.
	Handler http.Handler

	WebSocket           WebSocketOptions
	MaximumPendingBytes int // read from one side and not yet taken by the other; default 64 KiB
	CrossSite           []CrossSite
	ServerHeader        bool // "Server: gwtls" on HTTP answers
}

// WebSocketOptions are about the client's side of a WebSocket service.
type WebSocketOptions struct {
	MaximumMessageSize int64         // from the client; more is closed with 1009; 0: no limit
	InactivityTimeout  time.Duration // no byte in either direction; 0: none
	Subprotocols       []string      // those the gateway speaks, best first, where the back end speaks none itself
}

// Proxy relays to the first of its back ends that answers. Stream routes lead to tcp and
// tls back ends, WebSocket routes to ws and wss or to tcp and tls; one service's back ends
// are all of one of these two kinds.
type Proxy struct {
	Backends    []Backend
	Balance     Balance
	DialTimeout time.Duration // TCP, TLS and upgrade together; default 10s
}

// Balance is the order in which back ends are tried.
type Balance string

const (
	RoundRobin Balance = "round_robin" // the default: each session starts at the next one
	First      Balance = "first"       // as listed, always
)

// Backend is a server behind the gateway.
type Backend struct {
	URL *url.URL    // tcp, tls, ws or wss; http or https of a Forward; a stream has no path and query
	TLS *tls.Config // for tls, wss and https; ServerName is set from URL where empty
}

// Forward passes requests on to the first of its back ends that can be reached, over
// HTTP/1.1. WebSocket upgrades go to the same back ends.
type Forward struct {
	Backends    []Backend // http and https
	Balance     Balance
	DialTimeout time.Duration // TCP and TLS together, of all back ends; default 10s

	KeepAlive            bool          // connections to back ends wait for another request
	KeepAliveConnections int           // how many, for each back end; default 32
	KeepAliveTimeout     time.Duration // how long; default 30s

	Forwarded Forwarded

	// Of answers: of those rules whose From a value starts with, the first replaces it. A
	// Location at the back end itself is one at the gateway in any case.
	Location, CookieDomain, CookiePath []Rewrite
}

// Forwarded is what becomes of the fields that tell a back end who asked, and how:
// Forwarded (RFC 7239), X-Forwarded-* and X-Real-IP. Those about client certificates are
// never a client's to set.
type Forwarded string

const (
	Inject  Forwarded = "inject"  // the default: the gateway's own, in place of the client's
	Exclude Forwarded = "exclude" // none
	Ignore  Forwarded = "ignore"  // the client's
)

// Rewrite replaces a prefix.
type Rewrite struct{ From, To string }

// Redirect sends clients elsewhere.
type Redirect struct {
	To     *url.URL // http or https, with a host; what is behind the route's path is appended
	Status int      // default 308
}

// Directory serves files.
type Directory struct {
	Files   fs.FS                  // os.Root.FS keeps symbolic links inside
	Hidden  func(name string) bool // names within Files that answer 404; dot-files and .pw files always do
	Index   string                 // default index.html
	Errors  fs.FS                  // pages 404.html, 403.html and so on; nil: short texts
	Listing bool
	Cache   []CacheRule
	Types   map[string]string // ".md": "text/markdown"; before the system's types
}

// CacheRule gives files a Cache-Control header; the first one that matches counts.
type CacheRule struct {
	Patterns []string // path.Match against the name within Files, or against its last element where the pattern has no slash
	Control  string
}

// Echo sends each message back.
type Echo struct{}

// CrossSite admits requests from pages of another origin (Fetch, RFC 6454).
type CrossSite struct {
	AllowOrigin  string        // "https://app.example.com", "*" for all, "null" for opaque ones
	AllowMethods []string      // beside GET, HEAD and POST
	AllowHeaders []string      // beside those that need no permission
	MaximumAge   time.Duration // how long a browser may remember the answer
}
