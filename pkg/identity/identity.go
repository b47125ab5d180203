// Package identity is who the gateway is: it makes the one *tls.Config by which
// clients are met, with the certificate that the server name asks for, and those by
// which back ends are.
package identity

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// Identity is what a keystore lets the gateway present: its keys, opened once, by
// the names of their certificates. It does not change; another keystore is another
// Identity.
type Identity struct {
	names   map[string][]*presented // by name, *.name or address; the one to prefer first
	aliases map[string]*presented   // in lower case
	first   *presented              // of the keystore
	skipped []Skipped
}

// presented is one key with its chain.
type presented struct {
	alias string
	chain []*x509.Certificate // as in Certificate
	tls.Certificate
}

// Skipped is an entry of the keystore that cannot be presented.
type Skipped struct {
	Alias, Why string
	names      []string
}

func (s Skipped) String() string { return s.Alias + " " + s.Why }

// New opens the keys of a keystore; nil is an empty one. What cannot be presented at
// this time is skipped: [Identity.Skipped] tells.
func New(store *keystore.Store, now time.Time) *Identity {
	id := &Identity{names: map[string][]*presented{}, aliases: map[string]*presented{}}
	if store == nil {
		return id
	}
	_ = store.OpenKeys() // on all processors; what does not open is said of each key below
	for _, e := range store.Entries() {
		if e.Kind != keystore.PrivateKey {
			continue
		}
		p, why := present(e, now)
		if why != "" {
			s := Skipped{Alias: e.Alias, Why: why}
			if p != nil {
				s.names = namesOf(p.Leaf)
			}
			id.skipped = append(id.skipped, s)
			continue
		}
		id.add(p)
	}
	for _, list := range id.names {
		slices.SortStableFunc(list, prefer)
	}
	return id
}

// present makes an entry ready for use, or says why it cannot be used.
func present(e *keystore.Entry, now time.Time) (p *presented, why string) {
	chain, err := e.Chain()
	if err != nil {
		return nil, "cannot be read: " + err.Error()
	}
	if len(chain) == 0 {
		return nil, "has no certificate"
	}
	p = &presented{alias: e.Alias, Certificate: tls.Certificate{Leaf: chain[0]}}
	switch leaf := chain[0]; {
	case cert.IsPending(leaf):
		return p, "waits for the CA's reply"
	case now.After(leaf.NotAfter):
		return p, "expired on " + leaf.NotAfter.UTC().Format(time.RFC3339)
	case now.Before(leaf.NotBefore):
		return p, "is not valid before " + leaf.NotBefore.UTC().Format(time.RFC3339)
	}
	key, err := e.PrivateKey()
	if err != nil {
		return p, "has a key that does not open: " + err.Error()
	}
	if !cert.SameKey(key.Public(), chain[0].PublicKey) {
		return p, "has a certificate of another key"
	}
	p.PrivateKey = key
	for i, c := range chain {
		if i > 0 && cert.SelfSigned(c) {
			break // a root tells a client nothing: it has it, or does not trust it
		}
		p.chain = append(p.chain, c)
		p.Certificate.Certificate = append(p.Certificate.Certificate, c.Raw)
	}
	return p, ""
}

func (id *Identity) add(p *presented) {
	if id.first == nil {
		id.first = p
	}
	id.aliases[strings.ToLower(p.alias)] = p
	for _, name := range namesOf(p.Leaf) {
		id.names[name] = append(id.names[name], p)
	}
}

// namesOf are the names that a certificate is found by: its DNS names and addresses;
// of one without either, as old programs made them, its CN.
func namesOf(leaf *x509.Certificate) []string {
	var names []string
	for _, name := range leaf.DNSNames {
		names = append(names, strings.ToLower(name))
	}
	for _, raw := range leaf.IPAddresses {
		if ip, ok := netip.AddrFromSlice(raw); ok {
			names = append(names, ip.Unmap().String())
		}
	}
	if name, err := cert.ParseDNS(leaf.Subject.CommonName); len(names) == 0 && err == nil {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// prefer puts ECDSA before other keys, since a handshake with it costs a sixth; and
// of equal kinds what was issued last.
func prefer(a, b *presented) int {
	_, ecA := a.Leaf.PublicKey.(*ecdsa.PublicKey)
	_, ecB := b.Leaf.PublicKey.(*ecdsa.PublicKey)
	switch {
	case ecA && !ecB:
		return -1
	case ecB && !ecA:
		return 1
	}
	return b.Leaf.NotBefore.Compare(a.Leaf.NotBefore)
}

// Skipped are the entries that are not presented.
func (id *Identity) Skipped() []Skipped { return id.skipped }

// Any says whether there is anything to present.
func (id *Identity) Any() bool { return id.first != nil }

// For finds what clients of a host are shown first, leaf first; ok is false where the
// keystore has nothing for it. Host may be a DNS name, *.NAME or an address.
func (id *Identity) For(host string) (alias string, chain []*x509.Certificate, ok bool) {
	list := id.candidates(host)
	if len(list) == 0 {
		return "", nil, false
	}
	return list[0].alias, list[0].chain, true
}

// Lacks says why there is no certificate for a host.
func (id *Identity) Lacks(host string) string {
	wildcard, _ := wildcardOf(host)
	for _, s := range id.skipped {
		if slices.Contains(s.names, host) || slices.Contains(s.names, wildcard) {
			return fmt.Sprintf("the one of entry %s %s", s.Alias, s.Why)
		}
	}
	return ""
}

// candidates are the certificates for a name: those that name it, then those with a
// wildcard for it, which stands for one label (RFC 9525, 6.3).
func (id *Identity) candidates(name string) []*presented {
	list := id.names[name]
	if wildcard, ok := wildcardOf(name); ok && id.names[wildcard] != nil {
		return append(slices.Clip(list), id.names[wildcard]...)
	}
	return list
}

func wildcardOf(name string) (string, bool) {
	first, rest, found := strings.Cut(name, ".")
	return "*." + rest, found && first != "*"
}

// pick is a GetCertificate: by the server name; where there is none, or none that is
// known, by the local address, and else the first of the keystore. Of several the
// first that the client can use is taken.
func (id *Identity) pick(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	list := id.candidates(strings.ToLower(hello.ServerName))
	if len(list) == 0 {
		list = id.byAddress(hello)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no certificate for server name %q", hello.ServerName)
	}
	if len(list) > 1 {
		// The name has been matched already, or does not matter.
		anyName := *hello
		anyName.ServerName = ""
		for _, p := range list {
			if anyName.SupportsCertificate(&p.Certificate) == nil {
				return &p.Certificate, nil
			}
		}
	}
	return &list[0].Certificate, nil
}

func (id *Identity) byAddress(hello *tls.ClientHelloInfo) []*presented {
	if hello.Conn != nil && hello.Conn.LocalAddr() != nil {
		if local, err := netip.ParseAddrPort(hello.Conn.LocalAddr().String()); err == nil {
			if list := id.names[local.Addr().Unmap().WithZone("").String()]; len(list) > 0 {
				return list
			}
		}
	}
	if id.first != nil {
		return []*presented{id.first}
	}
	return nil
}
