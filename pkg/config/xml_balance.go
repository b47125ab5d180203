package config

import "slices"

// typeKeys are the keys that say what a service does, beside its URLs.
var typeKeys = []string{"directory", "http", "redirect", "broadcast", "connect_options", "maximum_pending_bytes", "maximum_recovery_interval", "prepared_connections"}

// balance makes of each balancer one service that stands before the back ends of all
// its members. The old one sent clients on to the gateway of a member.
func (im *importer) balance() {
	var balanced []*link
	for _, s := range im.services {
		if s.kind == "balancer" && !s.left {
			balanced = append(balanced, s.accept...)
			im.balancer(s)
		}
	}
	for _, s := range im.services {
		for _, url := range s.balances {
			if !s.left && !leadsTo(url, balanced) {
				im.warn(url.at, "dropped", "add it to accept if this gateway answers for it",
					"service %s: there is no balancer for %s in this file", s.name, url)
			}
		}
	}
}

func leadsTo(l *link, list []*link) bool { return slices.ContainsFunc(list, l.same) }

func (im *importer) balancer(b *draft) {
	var first *draft
	for _, s := range im.services {
		member := slices.ContainsFunc(s.balances, func(l *link) bool { return leadsTo(l, b.accept) })
		switch {
		case !member || s.left:
			continue
		case first == nil:
			first = s
		case s.kind != first.kind:
			im.warn(s.at, "changed", "", "service %s: it is not balanced, being another type than service %s", s.name, first.name)
			continue
		}
		if im.room -= len(s.connect); im.room < 0 {
			return
		}
		b.connect = append(b.connect, s.connect...)
		b.accept = slices.DeleteFunc(b.accept, func(l *link) bool { return leadsTo(l, s.accept) })
	}
	switch {
	case first == nil:
		im.leave(b, "name the back ends of its members in connect of a proxy", "no service of this file is balanced by it")
		return
	case len(b.accept) == 0:
		b.joined = true // its members accept there themselves
		return
	}
	b.kind, b.mime = first.kind, first.mime
	inherit(b.keys, first.keys, append(typeKeys, "accept_options", "cross_site")...)
	if len(texts(b.connect)) > 1 {
		set(b.keys, "balance", text("round_robin"))
	}
	im.info(b.at, "changed", "", "service %s: clients are no longer sent on to a member; it does what its members do, of which service %s is the first", b.name, first.name)
}
