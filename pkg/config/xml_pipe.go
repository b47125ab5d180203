package config

import (
	"cmp"
	"slices"
	"strings"
)

// joinPipes makes one service of two that a pipe joins.
func (im *importer) joinPipes() {
	ends := map[string]*pipeEnd{}
	for _, s := range im.services {
		for _, l := range s.accept {
			name := l.rides
			if l.scheme == "pipe" {
				name = l.authority
			}
			if name != "" && ends[name] == nil {
				ends[name] = &pipeEnd{service: s, link: l}
			}
		}
	}
	if len(ends) == 0 && !slices.ContainsFunc(im.services, (*draft).connectsByPipe) {
		return
	}
	p := &pipes{importer: im, ends: ends, state: map[*draft]int{}}
	for _, s := range slices.Clone(im.services) {
		p.join(s)
	}
	for _, s := range im.services {
		p.close(s)
	}
}

func (s *draft) connectsByPipe() bool {
	return slices.ContainsFunc(s.connect, func(l *link) bool { return l.scheme == "pipe" })
}

// pipeEnd is the service that accepts at a pipe, and by which of its URLs.
type pipeEnd struct {
	service *draft
	link    *link
	used    bool
}

type pipes struct {
	*importer
	ends  map[string]*pipeEnd
	state map[*draft]int // 1: on its way, 2: joined
}

// join gives a service what is behind the pipes that it connects to.
func (p *pipes) join(s *draft) {
	if p.state[s] == 2 || s.left {
		return
	}
	p.state[s] = 1
	defer func() { p.state[s] = 2 }()
	for _, l := range slices.Clone(s.connect) {
		if l.scheme != "pipe" {
			continue
		}
		end := p.ends[l.authority]
		switch {
		case end == nil:
			p.leave(s, "", "nobody accepts at %s", l)
			return
		case p.state[end.service] == 1:
			p.leave(s, "", "%s leads back to it", l)
			return
		}
		p.join(end.service)
		end.used = true
		if end.service.left {
			p.leave(s, "", "%s leads to service %s, which is left out", l, end.service.name)
			return
		}
		if end.link.rides != "" {
			p.ride(s, end)
		} else {
			p.extend(s, l, end.service)
		}
		if s.left || s.joined {
			return
		}
	}
}

// extend puts what another service does in the place of the pipe to it.
func (p *pipes) extend(s *draft, l *link, behind *draft) {
	for _, key := range behind.keys.Content {
		if !p.spend(key) {
			return
		}
	}
	if p.room -= len(behind.connect); p.room < 0 {
		return
	}
	i := slices.Index(s.connect, l)
	s.connect = slices.Replace(s.connect, i, i+1, behind.connect...)
	if behind.kind != "proxy" {
		s.kind, s.mime = behind.kind, behind.mime
		inherit(s.keys, behind.keys, "directory", "http", "redirect", "broadcast", "cross_site")
	}
	inherit(s.keys, behind.keys, "connect_options", "maximum_recovery_interval", "prepared_connections")
	p.info(l.at, "changed", "", "service %s: the pipe to service %s becomes its own connection", s.name, behind.name)
}

// ride has a service that speaks over the bytes of another's pipe listen where that
// other one does, which was but its outer layer.
func (p *pipes) ride(outer *draft, end *pipeEnd) {
	inner := end.service
	for _, a := range outer.accept {
		u := *end.link
		u.at, u.rides = a.at, ""
		if a.scheme == "tls" && secured[u.scheme] != "" {
			u.scheme = secured[u.scheme]
		} else if a.scheme != "tcp" {
			p.leave(outer, "", "%s cannot be spoken over %s", end.link, a)
			return
		}
		if port := a.portOf(); port != "" { // that is where clients come
			u.authority = strings.TrimSuffix(u.authority, ":"+u.port) + ":" + port
			u.port = port
		}
		inner.accept = append(inner.accept, &u)
		if bound := cmp.Or(outer.bound[a.scheme], a.boundTo()); bound != u.portOf() {
			inner.bound[u.scheme] = bound
		}
		p.info(a.at, "changed", "", "service %s: %s becomes %s of service %s, which was behind its pipe", outer.name, a, &u, inner.name)
	}
	if tls := get(get(outer.keys, "accept_options"), "tls"); tls != nil && get(get(inner.keys, "accept_options"), "tls") == nil {
		set(inner.keys, "accept_options.tls", copyOf(tls))
	}
	outer.joined = true
}

// close takes the pipes from what a service accepts. Without anything else it has
// gone into those before it.
func (p *pipes) close(s *draft) {
	piped := func(l *link) bool { return l.scheme == "pipe" || l.rides != "" }
	if s.left || s.joined || !slices.ContainsFunc(s.accept, piped) {
		return
	}
	used := slices.ContainsFunc(s.accept, func(l *link) bool {
		end := p.ends[l.authority]
		if l.rides != "" {
			end = p.ends[l.rides]
		}
		return piped(l) && end != nil && end.service == s && end.used
	})
	s.accept = slices.DeleteFunc(s.accept, piped)
	switch {
	case len(s.accept) > 0:
	case used:
		s.joined = true
	default:
		p.leave(s, "", "nobody connects to its pipe")
	}
}
