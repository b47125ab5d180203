package config

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// writeDefaults makes the defaults of all services. Messages were held to 128k unless
// something else was said, and so they are.
func (im *importer) writeDefaults() {
	keys := im.defaults.keys
	webSocket := slices.ContainsFunc(im.services, func(s *draft) bool {
		return !s.left && slices.ContainsFunc(s.accept, func(l *link) bool { return l.scheme == "ws" || l.scheme == "wss" })
	})
	if options := get(keys, "accept_options"); webSocket && get(get(options, "ws"), "maximum_message_size") == nil {
		set(keys, "accept_options.ws.maximum_message_size", text("128k"))
	}
	if len(keys.Content) > 0 {
		set(im.result, "defaults", keys)
	}
}

// keyOrder is the order in which a service says what it has to say.
var keyOrder = []string{"balance", "maximum_pending_bytes", "maximum_recovery_interval", "prepared_connections", "accept_options", "connect_options",
	"cross_site", "directory", "mime", "http", "redirect", "broadcast"}

// write makes the node of a service; nil for one that is left out.
func (im *importer) write(s *draft) *yaml.Node {
	if s.left || s.joined {
		return nil
	}
	im.fit(s)
	if s.left {
		return nil
	}
	n := newTable()
	set(n, "name", text(im.uniqueName(s)))
	inherit(n, s.keys, "description")
	set(n, "type", text(s.kind))
	set(n, "accept", list(texts(s.accept)))
	if len(s.connect) > 0 {
		set(n, "connect", list(texts(s.connect)))
	}
	if bind := im.writeBind(s); len(bind.Content) > 0 {
		set(n, "bind", bind)
	}
	if s.kind == "directory" {
		im.writeMIME(s)
	}
	if s.kind == "http.proxy" && s.rewritesOwn {
		im.rewriteOwn(s)
	}
	for _, key := range keyOrder {
		if value := get(s.keys, key); value != nil && belongsTo(key, s.kind) {
			put(n, key, value)
		}
	}
	return n
}

// rewriteOwn puts the gateway's URL in the place of its back ends' in Location.
func (im *importer) rewriteOwn(s *draft) {
	location := get(get(get(s.keys, "http"), "rewrite"), "location")
	if location == nil {
		location = &yaml.Node{Kind: yaml.SequenceNode}
		set(s.keys, "http.rewrite.location", location)
	}
	for _, from := range texts(s.connect) {
		location.Content = append(location.Content, rewrite(from, s.accept[0].String()))
	}
}

// belongsTo says whether services of a type take a key.
func belongsTo(key, kind string) bool {
	return (&Service{Type: ServiceType(kind)}).takes(key)
}

// fit drops what the type of a service cannot accept or connect to.
func (im *importer) fit(s *draft) {
	if s.kind == "proxy" && all(s.accept, "http", "https") && all(s.connect, "http", "https") && len(s.accept) > 0 {
		s.kind = "http.proxy"
		set(s.keys, "http.forwarded", text("ignore"))
		im.info(s.at, "changed", "", "service %s: a proxy of HTTP is of type http.proxy", s.name)
	}
	im.keep(s, &s.accept, accepts[ServiceType(s.kind)], "accepted")
	if !belongsTo("connect", s.kind) {
		if len(s.connect) > 0 || get(s.keys, "connect_options") != nil {
			im.info(s.at, "dropped", "", "service %s: connect means nothing for type %s", s.name, s.kind)
		}
		s.connect = nil
		return
	}
	able := []string{"http", "https"}
	if s.kind == "proxy" {
		able = []string{"tcp", "tls", "ws", "wss"}
	}
	im.keep(s, &s.connect, able, "connected to")
	if all(s.connect, "ws", "wss") && s.kind == "proxy" {
		im.keep(s, &s.accept, []string{"ws", "wss"}, "accepted for a back end that speaks WebSocket")
	}
}

// all says whether links are of some schemes.
func all(links []*link, schemes ...string) bool {
	return !slices.ContainsFunc(links, func(l *link) bool { return !slices.Contains(schemes, l.scheme) })
}

// keep keeps the links of some schemes, and leaves a service out that has none left.
func (im *importer) keep(s *draft, links *[]*link, schemes []string, what string) {
	*links = slices.DeleteFunc(slices.Clone(*links), func(l *link) bool {
		if slices.Contains(schemes, l.scheme) {
			return false
		}
		im.warn(l.at, "dropped", "", "service %s: %s is not %s by type %s", s.name, l, what, s.kind)
		return true
	})
	if len(*links) == 0 {
		im.leave(s, "", "nothing that can be %s is left", what)
	}
}

func (im *importer) writeBind(s *draft) *yaml.Node {
	bind := newTable()
	for _, l := range s.accept {
		if address := s.bound[l.scheme]; address != "" {
			set(bind, l.scheme, text(address))
		}
	}
	bind.Style = yaml.FlowStyle
	return bind
}

// writeMIME gives a directory its media types, its own over those of all.
func (im *importer) writeMIME(s *draft) {
	own := map[string]bool{}
	for _, t := range s.mime {
		own[t.extension] = true
	}
	types := slices.Clone(s.mime)
	for _, t := range im.defaults.mime {
		if !own[t.extension] {
			types = append(types, t)
		}
	}
	if im.room -= len(types); len(types) == 0 || im.room < 0 {
		return
	}
	mime := newTable()
	for _, t := range types {
		put(mime, t.extension, text(t.media))
	}
	set(s.keys, "mime", mime)
}

// uniqueName is the name of a service, with a number where another has it already.
func (im *importer) uniqueName(s *draft) string {
	name := s.name
	for n := 2; im.names[name]; n++ {
		name = fmt.Sprintf("%s-%d", s.name, n)
	}
	if name != s.name {
		im.info(s.at, "changed", "", "service %s: there is one of this name already; it is called %s", s.name, name)
	}
	im.names[name] = true
	return name
}
