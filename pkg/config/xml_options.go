package config

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// option is what becomes of an option: a value at a path, or nothing, and why.
type option struct {
	path    string
	of      conversion
	dropped string
	fix     string
}

// acceptOptionsOf are the accept-options that are one value. Those of TLS may be
// called tls. as well as ssl.
var acceptOptionsOf = map[string]option{
	"ssl.verify-client":         {path: "tls.verify_client", of: wordOf(VerifyClient("").words()...)},
	"ssl.encryption":            {path: "tls.encryption", of: wordOf(Encryption("").words()...)},
	"ws.maximum.message.size":   {path: "ws.maximum_message_size", of: sizeOf},
	"ws.inactivity.timeout":     {path: "ws.inactivity_timeout", of: timeOf},
	"http.keepalive.timeout":    {path: "http.keepalive_timeout", of: waitOf},
	"http.server.header":        {path: "http.server_header", of: switchOf},
	"tcp.maximum.outbound.rate": {path: "tcp.maximum_outbound_rate", of: rateOf},
	"http.keepalive":            {dropped: "connections of clients are kept for http.keepalive_timeout"},
	"udp.interface":             {dropped: "udp is not spoken"},
	"http.realm":                {dropped: "there are no realms", fix: "have clients show certificates: gwtls mutual issue NAME"},
	"tcp.realm":                 {dropped: "there are no realms", fix: "have clients show certificates: gwtls mutual issue NAME"},
}

// connectOptionsOf are the connect-options that are one value.
var connectOptionsOf = map[string]option{
	"http.keepalive":                   {path: "http.keepalive", of: switchOf},
	"http.keepalive.connections":       {path: "http.keepalive_connections", of: countOf},
	"http.keepalive.timeout":           {path: "http.keepalive_timeout", of: timeOf},
	"http.maximum.redirects":           {path: "http.maximum_redirects", of: countOf},
	"http.max.authentication.attempts": {dropped: "the gateway does not answer for its clients where a back end asks who they are"},
	"ssl.ciphers":                      {dropped: "the back end and Go agree on the cipher"},
	"ssl.verify-client":                {dropped: "it means nothing where the gateway is the client"},
	"tcp.bind":                         {dropped: "the system chooses the address that the gateway dials from"},
	"udp.interface":                    {dropped: "udp is not spoken"},
	"ws.inactivity.timeout":            {dropped: "a back end that is silent is not given up", fix: "name it in accept-options, for the clients"},
	"ws.version":                       {dropped: "WebSocket is spoken as RFC 6455 has it"},
}

// options takes the accept-options and connect-options of a service, or of all.
func (im *importer) options(s *draft, e *element) {
	for _, group := range e.takeAll("accept-options") {
		for _, o := range group.children {
			im.acceptOption(s, o, strings.Replace(o.name, "tls.", "ssl.", 1))
		}
	}
	for _, group := range e.takeAll("connect-options") {
		for _, o := range group.children {
			im.connectOption(s, o, strings.Replace(o.name, "tls.", "ssl.", 1))
		}
	}
}

func (im *importer) acceptOption(s *draft, e *element, name string) {
	scheme, isBind := strings.CutSuffix(name, ".bind")
	known, found := acceptOptionsOf[name]
	switch {
	case found:
		im.option(s, "accept_options.", e, known)
	case name == "ssl.ciphers":
		im.ciphers(s, e)
	case name == "ssl.protocols":
		im.protocols(s, "accept_options.tls.protocols", e)
	case isBind && spokenAs[scheme] != "":
		if s.bind == nil {
			s.bind = map[string]*element{}
		}
		s.bind[scheme] = e
		e.told = true
	case strings.HasSuffix(name, ".transport"):
		s.acceptTransport = append(s.acceptTransport, e)
		e.told = true
	case strings.HasPrefix(name, "socks.") || strings.HasPrefix(name, "udp."):
		im.warn(e, "dropped", "", "%s: %s is not spoken", e.name, name[:strings.IndexByte(name, '.')])
	case connectOptionsOf[name].path != "": // of a back end, in the wrong place
		im.option(s, "connect_options.", e, connectOptionsOf[name])
	}
}

func (im *importer) connectOption(s *draft, e *element, name string) {
	known, found := connectOptionsOf[name]
	switch {
	case found:
		im.option(s, "connect_options.", e, known)
	case name == "ssl.protocols":
		im.protocols(s, "connect_options.tls.protocols", e)
	case name == "ssl.encryption":
		im.plainConnect(s, e)
	case strings.HasSuffix(name, ".transport"):
		s.connectTransport = append(s.connectTransport, e)
		e.told = true
	case strings.HasPrefix(name, "socks.") || strings.HasPrefix(name, "udp."):
		im.warn(e, "dropped", "", "%s: %s is not spoken", e.name, name[:strings.IndexByte(name, '.')])
	}
}

func (im *importer) option(s *draft, group string, e *element, o option) {
	if o.dropped != "" {
		im.info(e, "dropped", o.fix, "%s: %s", e.name, o.dropped)
		return
	}
	im.convert(e, s.keys, group+o.path, o.of)
}

// convert takes the value of an element, with its ${} where it needs no change.
func (im *importer) convert(e *element, into *yaml.Node, path string, of conversion) {
	e.told = true
	full := im.expand(e.text)
	if reference.MatchString(full) { // of the environment
		set(into, path, text(e.text))
		return
	}
	value, err := of(full)
	if err != nil {
		im.warn(e, "dropped", "", "%s: %v", e.name, err)
		return
	}
	if value == full {
		value = e.text
	}
	set(into, path, text(value))
}

// plainConnect has a back end met without TLS that is named with it.
func (im *importer) plainConnect(s *draft, e *element) {
	e.told = true
	if !strings.EqualFold(im.expand(e.text), "disabled") {
		return
	}
	if s.name == "" {
		im.warn(e, "dropped", "name back ends without TLS by http, ws or tcp", "%s: it is not carried over for all services at once", e.name)
		return
	}
	for _, l := range s.connect {
		for plain, secure := range secured {
			if l.scheme == secure {
				l.scheme = plain
				im.info(e, "changed", "", "service %s: %s, since ssl.encryption is disabled", s.name, l)
			}
		}
	}
}

// stacks are what a URL of each scheme is spoken over, from the scheme itself down.
var stacks = map[string][]string{
	"ws": {"ws", "http", "tcp"}, "wss": {"wss", "https", "ssl", "tcp"},
	"http": {"http", "tcp"}, "https": {"https", "ssl", "tcp"},
	"tls": {"ssl", "tcp"}, "tcp": {"tcp"},
}

// binds says where the accept URLs really listen: by the nearest layer that is bound,
// of the service or of the defaults.
func (im *importer) binds(s *draft) {
	used := map[*element]bool{}
	for _, l := range s.accept {
		if s.bound[l.scheme] != "" {
			continue
		}
		if strings.HasPrefix(l.host, "@") {
			im.bindInterface(s, l)
			continue
		}
		if e := im.nearest(s, stacks[l.scheme]); e != nil {
			used[e] = true
			im.bindTo(s, l.scheme, e)
		}
	}
	for _, scheme := range slices.Sorted(maps.Keys(s.bind)) {
		if e := s.bind[scheme]; !used[e] {
			im.info(e, "dropped", "", "service %s: nothing is accepted by %s", s.name, scheme)
		}
	}
}

func (im *importer) nearest(s *draft, stack []string) *element {
	for _, binds := range []map[string]*element{s.bind, im.defaults.bind} {
		for _, layer := range stack {
			if e := binds[layer]; e != nil {
				return e
			}
		}
	}
	return nil
}

// bindTo takes the address of a bind. gateway.yaml has none with names.
func (im *importer) bindTo(s *draft, scheme string, e *element) {
	full := im.expand(e.text)
	var b Bind
	if b.parse(full) == nil {
		s.bound[scheme] = e.text
		return
	}
	host, port, found := cutPort(full)
	address := (&link{scheme: scheme, host: strings.ToLower(host), port: port}).boundTo()
	if !found || b.parse(address) != nil {
		im.warn(e, "dropped", "", "service %s: %s: %s is no address", s.name, e.name, quote(full))
		return
	}
	s.bound[scheme] = address
	im.info(e, "changed", "", "service %s: %s: %s is an IP address or none: %s", s.name, e.name, quote(full), address)
}

// bindInterface is for a URL whose host is a network interface.
func (im *importer) bindInterface(s *draft, l *link) {
	name, _, _ := strings.Cut(im.expand(l.authority), "]")
	s.bound[l.scheme] = name + "]:" + l.portOf()
	im.remarkOf(l.at, "", "service %s: it listens at %s, and takes whatever host clients name", s.name, s.bound[l.scheme])
	l.host, l.authority = "0.0.0.0", "0.0.0.0:"+l.portOf()
}
