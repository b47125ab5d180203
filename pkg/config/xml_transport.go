package config

import (
	"net/netip"
	"slices"
	"strings"
)

// riders are the schemes that each transport option is about.
var riders = map[string][]string{
	"http": {"ws", "wss", "http", "https"},
	"ssl":  {"wss", "https", "tls"},
	"tcp":  {"ws", "wss", "http", "https", "tcp", "tls"},
	"pipe": {"pipe"},
}

// transport takes what URLs are spoken over instead of the usual: another address,
// with TLS or without, or a pipe of this gateway.
func (im *importer) transport(s *draft) {
	for _, e := range s.acceptTransport {
		if !s.left {
			im.carry(s, e, s.accept, im.acceptOver)
		}
	}
	for _, e := range s.connectTransport {
		if !s.left {
			im.carry(s, e, s.connect, im.connectOver)
		}
	}
}

// carry has over change each link that a transport option is about.
func (im *importer) carry(s *draft, e *element, links []*link, over func(s *draft, l, t *link, layer string) bool) {
	layer := strings.Replace(strings.TrimSuffix(e.name, ".transport"), "tls", "ssl", 1)
	t, ok := im.link(e)
	if !ok || riders[layer] == nil || t.scheme == "ws" || t.scheme == "wss" {
		im.leave(s, "", "%s: there is no equal for this transport", e.name)
		return
	}
	about := false
	for _, l := range links {
		if !slices.Contains(riders[layer], l.scheme) {
			continue
		}
		about = true
		before := l.String()
		switch {
		case layer == "pipe" && t.scheme != "pipe":
			*l = link{at: l.at, scheme: t.scheme, authority: t.authority, path: t.path, host: t.host, port: t.port}
		case !over(s, l, t, layer):
			im.leave(s, "", "%s: %s cannot be spoken over %s", e.name, before, t)
			return
		}
		im.info(e, "changed", "", "service %s: %s over %s becomes %s", s.name, before, t, l)
	}
	if !about {
		im.info(e, "dropped", "", "service %s: %s: nothing is spoken by %s", s.name, e.name, layer)
	}
}

// acceptOver is an accept URL over a transport: its host and path are what clients
// ask for, and the transport says where that is listened for, and whether by TLS.
func (im *importer) acceptOver(s *draft, l, t *link, layer string) bool {
	switch {
	case t.scheme == "pipe":
		l.rides = t.authority
		return true
	case !im.stackOver(l, t, layer):
		return false
	case layer == "http" && secureScheme(l.scheme) && !secureScheme(t.scheme):
		set(s.keys, "accept_options.tls.encryption", text("disabled"))
	}
	s.bound[l.scheme] = t.boundTo()
	return true
}

// connectOver is a connect URL over a transport: that is who is dialled.
func (im *importer) connectOver(s *draft, l, t *link, layer string) bool {
	if t.scheme == "pipe" {
		*l = link{at: l.at, scheme: "pipe", authority: t.authority}
		return true
	}
	name := l.host
	if !im.stackOver(l, t, layer) {
		return false
	}
	if layer == "http" && !secureScheme(t.scheme) {
		for plain, secure := range secured {
			if l.scheme == secure {
				l.scheme = plain
			}
		}
	}
	*l = *l.to(t)
	if _, err := netip.ParseAddr(name); err != nil && layer != "http" && secureScheme(l.scheme) && !secureScheme(t.scheme) {
		set(s.keys, "connect_options.tls.server_name", text(name))
	}
	return true
}

// stackOver gives a link the TLS of its transport, and says whether it can be spoken
// over it: not with TLS twice, and not as a stream over HTTP.
func (im *importer) stackOver(l, t *link, layer string) bool {
	if t.scheme == "http" || t.scheme == "https" {
		if layer != "http" {
			return false
		}
	}
	if !secureScheme(t.scheme) {
		return true
	}
	if layer == "http" && secureScheme(l.scheme) {
		return true // the transport takes the place of its TLS
	}
	if secured[l.scheme] == "" {
		return false
	}
	l.scheme = secured[l.scheme]
	return true
}
