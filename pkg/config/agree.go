package config

import (
	"slices"
	"strings"
)

// agree checks that the doors of one address can be told apart, and speak alike
// for as long as they cannot. One fault for each door is enough.
func (r *rules) agree(list []*Listener) {
	faulty := map[string]bool{}
	for _, l := range list {
		byHost := map[string]Door{}    // the first of each
		byPlace := map[URL]Door{}      // by scheme, host and path
		named := map[string]*Service{} // who names a limit first
		for _, b := range l.Doors {
			first, known := byHost[b.Accept.Host]
			if !known {
				byHost[b.Accept.Host] = b
				first = b
			}
			faulty[b.path] = faulty[b.path] ||
				!r.sameSocket(l, l.Doors[0], b) || !r.sameHost(l, first, b) ||
				!r.alone(byPlace, b) || !r.sameLimits(l, named, b.Service)
		}
	}
}

// sameSocket holds two doors to what an address can be: secure or plain, a stream or
// HTTP. It notes a fault of b, the later one, and says whether there is none.
func (r *rules) sameSocket(l *Listener, a, b Door) bool {
	what := "one is secure, the other plain"
	switch {
	case a.path == b.path:
		return true
	case a.Accept.Secure() != b.Accept.Secure():
	case !b.Accept.Secure() && (a.Accept.Stream() || b.Accept.Stream()):
		what = "nothing tells a plain stream from what else comes there"
	default:
		return true
	}
	r.fault(b.path, "%s (service %s) and %s (service %s) both listen on %s: %s",
		a.Accept, a.Service.Name, b.Accept, b.Service.Name, l.Address, what)
	return false
}

// sameHost holds two doors to what a TLS handshake decides by its server name.
func (r *rules) sameHost(l *Listener, a, b Door) bool {
	switch {
	case !b.Accept.Secure():
		return true
	case a.Accept.Stream() != b.Accept.Stream():
		r.fault(b.path, "%s (service %s) and %s (service %s) both listen on %s: TLS alone does not tell which is meant",
			a.Accept, a.Service.Name, b.Accept, b.Service.Name, l.Address)
		return false
	case !a.Service.sameTerms(b.Service):
		r.fault(b.path, "services %s and %s share %s on %s, where TLS is agreed on before the path is known: they have to name the same protocols, ciphers and groups",
			a.Service.Name, b.Service.Name, b.Accept.Host, l.Address)
		return false
	}
	return true
}

func (s *Service) sameTerms(other *Service) bool {
	a, b := s.AcceptOptions.TLS, other.AcceptOptions.TLS
	lowestA, highestA := Versions(a.Protocols)
	lowestB, highestB := Versions(b.Protocols)
	return lowestA == lowestB && highestA == highestB && slices.Equal(a.Ciphers, b.Ciphers) && slices.Equal(a.Groups, b.Groups)
}

// place is what a request chooses a door by.
func (d Door) place() URL {
	u := d.Accept
	if u.Scheme == "wss" {
		u.Scheme = "ws" // what is secure and what is plain never share a socket
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u
}

// alone notes that another door has the place of b already.
func (r *rules) alone(byPlace map[URL]Door, b Door) bool {
	place := b.place()
	if a, taken := byPlace[place]; taken {
		r.fault(b.path, "%s is accepted by service %s already", b.Accept, a.Service.Name)
		return false
	}
	byPlace[place] = b
	return true
}

// sameLimits holds the times that count before a service is known: where two
// services of one socket name one, they name the same.
func (r *rules) sameLimits(l *Listener, first map[string]*Service, s *Service) bool {
	for _, limit := range limits {
		path := s.At("accept_options." + limit.path)
		if _, named := r.config.named[path]; !named {
			continue
		}
		a := first[limit.path]
		if a == nil {
			first[limit.path] = s
		} else if limit.of(a.AcceptOptions) != limit.of(s.AcceptOptions) {
			r.fault(path, "services %s and %s share %s, and name different %s", a.Name, s.Name, l.Address, what(path))
			return false
		}
	}
	return true
}
