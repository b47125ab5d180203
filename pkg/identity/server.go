package identity

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"
)

// Terms are how TLS is spoken with the clients of a host. The zero value is TLS 1.2
// and 1.3 as Go speaks them, without ALPN.
type Terms struct {
	MinVersion, MaxVersion uint16
	CipherSuites           []uint16      // of TLS 1.2
	Groups                 []tls.CurveID // for the agreement on a key
	NextProtos             []string      // of ALPN
	Bulk                   bool          // full records from the first one on
}

// policy is a name for what the terms hold a client to. ALPN and the size of records
// are no part of it: nobody is kept out by them.
func (t Terms) policy() string {
	return fmt.Sprintf("%x-%x %x %v", max(t.MinVersion, tls.VersionTLS12), t.MaxVersion, t.CipherSuites, t.Groups)
}

// key tells terms apart that need a configuration of their own.
func (t Terms) key() string { return fmt.Sprintf("%s %q %v", t.policy(), t.NextProtos, t.Bulk) }

// Host is a name that is served, with its terms.
type Host struct {
	Name  string // a DNS name in lower case, *.NAME, or an address
	Terms Terms
}

// Server meets the clients of one listening address.
type Server struct {
	terms    map[string]*terms // by name or *.name
	fallback *terms
}

type terms struct {
	policy string
	config *tls.Config
}

// Server makes what meets the clients of hosts, of which there is at least one. Who
// names none of them is met by the terms of the first that is an address, since no
// client sends an address as server name; else by those of the first.
func (id *Identity) Server(hosts []Host, tickets *Tickets) *Server {
	s := &Server{terms: map[string]*terms{}}
	made := map[string]*terms{} // equal terms share a configuration
	fallback := hosts[0]
	for _, h := range hosts {
		if _, err := netip.ParseAddr(h.Name); err == nil {
			fallback = h
			break
		}
	}
	for _, h := range hosts {
		key := h.Terms.key()
		if made[key] == nil {
			made[key] = &terms{h.Terms.policy(), id.config(h.Terms, tickets)}
		}
		s.terms[h.Name] = made[key]
	}
	s.fallback = s.terms[fallback.Name]
	return s
}

// config is the one place where TLS is set up for clients.
func (id *Identity) config(t Terms, tickets *Tickets) *tls.Config {
	c := &tls.Config{
		MinVersion:                  max(t.MinVersion, tls.VersionTLS12),
		MaxVersion:                  t.MaxVersion,
		CipherSuites:                t.CipherSuites,
		CurvePreferences:            t.Groups,
		NextProtos:                  t.NextProtos,
		DynamicRecordSizingDisabled: t.Bulk,
		GetCertificate:              id.pick,
	}
	tickets.bind(c, t.policy())
	return c
}

func (s *Server) of(serverName string) *terms {
	name := strings.ToLower(serverName)
	if t := s.terms[name]; t != nil {
		return t
	}
	if wildcard, ok := wildcardOf(name); ok && s.terms[wildcard] != nil {
		return s.terms[wildcard]
	}
	return s.fallback
}

// Config is to be used for the whole address; it changes over to the terms of the
// host that a client names.
func (s *Server) Config() *tls.Config {
	one := true
	for _, t := range s.terms {
		one = one && t == s.fallback
	}
	if one {
		return s.fallback.config
	}
	c := s.fallback.config.Clone()
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return s.of(hello.ServerName).config, nil
	}
	return c
}

// Policy names the terms that a handshake with a server name was held to: equal for
// equal terms.
func (s *Server) Policy(serverName string) string { return s.of(serverName).policy }
