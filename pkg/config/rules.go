package config

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
)

// rules are what has to hold beyond the type of each value.
type rules struct {
	config *Config
	faults []*Fault
}

func (r *rules) fault(path, format string, args ...any) {
	r.faults = append(r.faults, r.config.Fault(path, format, args...))
}

func (r *rules) services() {
	c := r.config
	if len(c.Services) == 0 {
		r.fault("services", "there are no services")
	}
	names := map[string]*Service{}
	for i := range c.Services {
		s := &c.Services[i]
		switch first := names[s.Name]; {
		case s.Name == "":
			r.fault(s.path, "a service without name")
		case first != nil:
			r.fault(s.path+".name", "service %s is named in line %d already", s.Name, c.named[first.path+".name"].line)
		default:
			names[s.Name] = s
		}
		if len(s.Accept) == 0 {
			r.fault(s.At("accept"), "service %s accepts nowhere: accept: [wss://HOST:PORT/]", s.Name)
		}
		if s.Type == "" {
			if c.named[s.path+".type"].text == "" { // else it is a wrong word, and said so already
				r.fault(s.path, "service %s has no type: %s", s.Name, oneOf(s.Type.words()))
			}
			continue
		}
		r.belongs(s)
		r.urls(s)
		r.binds(s)
		r.parts(s)
		r.options(s)
	}
}

// owners are the types whose services may have a key.
var owners = map[string][]ServiceType{
	"connect":                   {TypeProxy, TypeHTTPProxy},
	"balance":                   {TypeProxy, TypeHTTPProxy},
	"health":                    {TypeProxy, TypeHTTPProxy},
	"maximum_recovery_interval": {TypeProxy, TypeHTTPProxy},
	"prepared_connections":      {TypeProxy, TypeHTTPProxy},
	"directory":                 {TypeDirectory},
	"mime":                      {TypeDirectory},
	"http":                      {TypeHTTPProxy},
	"redirect":                  {TypeRedirect},
	"broadcast":                 {TypeBroadcast},
}

func (r *rules) belongs(s *Service) {
	for key, types := range owners {
		if _, named := r.config.named[s.path+"."+key]; named && !slices.Contains(types, s.Type) {
			r.fault(s.path+"."+key, "%s is not for services of type %s", key, s.Type)
		}
	}
}

// accepts are the schemes that each type of service can be asked by.
var accepts = map[ServiceType][]string{
	TypeProxy:     {"ws", "wss", "tcp", "tls"},
	TypeHTTPProxy: {"http", "https"},
	TypeDirectory: {"http", "https"},
	TypeEcho:      {"ws", "wss"},
	TypeBroadcast: {"ws", "wss"},
	TypeRedirect:  {"http", "https"},
}

func (r *rules) urls(s *Service) {
	for i, u := range s.Accept {
		path := fmt.Sprintf("%s.accept[%d]", s.path, i)
		if u.Scheme == "" {
			continue // did not parse
		}
		if !slices.Contains(accepts[s.Type], u.Scheme) {
			r.fault(path, "%s: a service of type %s accepts by %s", u, s.Type, oneOf(accepts[s.Type]))
		}
		if _, ip := u.IP(); !ip {
			if _, err := cert.ParseDNS(u.Host); err != nil {
				r.fault(path, "%s: %v", u, err)
			}
		}
	}
	if !slices.Contains(owners["connect"], s.Type) {
		return
	}
	if len(s.Connect) == 0 {
		r.fault(s.path+".connect", "service %s connects to nothing: connect: [tcp://HOST:PORT]", s.Name)
	}
	for i, u := range s.Connect {
		if u.Scheme != "" {
			r.connect(s, fmt.Sprintf("%s.connect[%d]", s.path, i), u)
		}
	}
}

// connect checks one back end: that it can be dialled, that what is accepted can
// be carried to it, and that all of a service's are of one kind.
func (r *rules) connect(s *Service, path string, u URL) {
	if u.Port == 0 {
		r.fault(path, "%s: 0 is no port to connect to", u)
	}
	if strings.HasPrefix(u.Host, "*") {
		r.fault(path, "%s: there is no host of this name to connect to", u)
	}
	if first := s.Connect[0]; first.Scheme != "" && u.Stream() != first.Stream() {
		r.fault(path, "%s: the back ends of a service speak alike, and %s is the first", u, first)
	}
	want := []string{"tcp", "tls", "ws", "wss"}
	switch {
	case s.Type == TypeHTTPProxy:
		want = []string{"http", "https"}
	case slices.ContainsFunc(s.Accept, URL.Stream):
		want = []string{"tcp", "tls"}
	}
	if !slices.Contains(want, u.Scheme) {
		r.fault(path, "%s: service %s, of type %s and accepting by %s, can connect by %s", u, s.Name, s.Type, s.schemes(), oneOf(want))
	}
}

func (s *Service) schemes() string {
	var list []string
	for _, u := range s.Accept {
		if !slices.Contains(list, u.Scheme) {
			list = append(list, u.Scheme)
		}
	}
	return strings.Join(list, ", ")
}

func (r *rules) binds(s *Service) {
	for scheme, b := range s.Bind {
		path := s.path + ".bind." + scheme
		if b.FD != 0 {
			r.fault(path, "fd: is not supported by this version")
		}
		switch plain := plainScheme(scheme); {
		case !slices.Contains(schemes, plain):
			r.fault(path, "unknown scheme %s in bind; there are %s%s", quote(scheme), strings.Join(schemes, ", "), didYouMean(scheme, schemes))
		case !slices.ContainsFunc(s.Accept, func(u URL) bool { return u.Scheme == plain || u.Scheme == "" }): // "": did not parse
			r.fault(path, "service %s accepts nothing by %s", s.Name, scheme)
		}
	}
}

// parts checks the keys that belong to one type of service.
func (r *rules) parts(s *Service) {
	switch {
	case s.Type == TypeDirectory && (s.Directory == nil || s.Directory.Root == ""):
		r.fault(s.path+".directory", "service %s has no folder to serve: directory: { root: PATH }", s.Name)
	case s.Type == TypeRedirect && (s.Redirect == nil || s.Redirect.To == ""):
		r.fault(s.path+".redirect", "service %s redirects nowhere: redirect: { to: URL }", s.Name)
	case s.Type == TypeBroadcast && (s.Broadcast == nil || len(s.Broadcast.From) == 0):
		r.fault(s.path+".broadcast", "service %s has nothing to send: broadcast: { from: [tcp://HOST:PORT] }", s.Name)
	}
	if s.Redirect != nil && s.Redirect.To != "" {
		r.redirect(s)
	}
	for extension := range s.MIME {
		if !strings.HasPrefix(extension, ".") {
			r.fault(s.path+".mime."+extension, "%s is no extension, as .md is", quote(extension))
		}
	}
	if s.Directory == nil {
		return
	}
	if strings.ContainsAny(s.Directory.Index, `/\`) {
		r.fault(s.At("directory.index"), "index is the name of a file in each folder, without a path")
	}
	for i, cache := range s.Directory.Cache {
		for j, pattern := range cache.Patterns {
			if _, err := path.Match(pattern, ""); err != nil {
				r.fault(s.At(fmt.Sprintf("directory.cache[%d].patterns[%d]", i, j)), "%s is no pattern, as *.js is", quote(pattern))
			}
		}
	}
}

// redirects are the statuses that send a client elsewhere (RFC 9110, 15.4).
var redirects = []int{301, 302, 303, 307, 308}

func (r *rules) redirect(s *Service) {
	to, err := url.Parse(s.Redirect.To)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Hostname() == "" || to.User != nil {
		r.fault(s.At("redirect.to"), "%s is no URL to send clients to, as https://HOST/ is", quote(s.Redirect.To))
	}
	if !slices.Contains(redirects, s.Redirect.Status) {
		r.fault(s.At("redirect.status"), "%d is no status that redirects; there are 301, 302, 303, 307, 308", s.Redirect.Status)
	}
}

func (r *rules) options(s *Service) {
	for i, site := range s.CrossSite {
		if err := checkOrigin(site.AllowOrigin); err != nil {
			r.fault(s.At(fmt.Sprintf("cross_site[%d].allow_origin", i)), "%v", err)
		}
	}
	if name := s.ConnectOptions.TLS.ServerName; name != "" {
		if _, err := hostname(name); err != nil {
			r.fault(s.At("connect_options.tls.server_name"), "%v", err)
		}
	}
	if s.MaximumPendingBytes == 0 {
		r.fault(s.At("maximum_pending_bytes"), "maximum_pending_bytes has to be more than 0")
	}
	if kept := s.ConnectOptions.HTTP; kept.Keepalive && (kept.KeepaliveConnections == 0 || kept.KeepaliveTimeout == 0) {
		r.fault(s.At("connect_options.http"), "to keep no connections, write keepalive: false")
	}
	for _, limit := range limits {
		if limit.of(s.AcceptOptions) == 0 {
			path := s.At("accept_options." + limit.path)
			r.fault(path, "%s has to be more than 0", what(path))
		}
	}
}

// checkOrigin wants an origin as browsers send it (RFC 6454, 6.2).
func checkOrigin(origin string) error {
	if origin == "*" || origin == "null" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
		return fmt.Errorf("%s is no origin: write https://HOST, https://HOST:PORT, * or null", quote(origin))
	}
	usual := strings.ToLower(origin)
	switch u.Scheme {
	case "http":
		usual = strings.TrimSuffix(usual, ":80")
	case "https":
		usual = strings.TrimSuffix(usual, ":443")
	}
	if origin != usual {
		return fmt.Errorf("%s is not as browsers send it, %s", quote(origin), usual)
	}
	return nil
}
