package cmd

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// match finds for each entry the certificate that is of its key: of several the one
// made last.
func (o *importOptions) match(ks *opened, certs []*x509.Certificate) ([]*reply, error) {
	if o.alias != "" && ks.Store.Get(o.alias) == nil {
		return nil, fail(codeNotFound, o.command("keystore", "list"), "%s has no entry %q; it has: %s", ks.Ref.path(), o.alias, keysOf(ks.Store))
	}
	found := map[string]*reply{} // by key
	var out []*reply
	for _, c := range certs {
		if cert.IsPending(c) {
			continue
		}
		alias, err := o.entryOf(ks, c)
		if err != nil {
			return nil, err
		}
		if alias == "" {
			continue
		}
		key := string(c.RawSubjectPublicKeyInfo)
		if r := found[key]; r == nil {
			found[key] = &reply{alias: alias, leaf: c}
			out = append(out, found[key])
		} else if c.NotBefore.After(r.leaf.NotBefore) {
			r.leaf = c
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	leaf := leafOf(certs)
	return nil, fail(codeKeyMismatch, o.command("keystore", "list"),
		"the reply is for %s with the key of SHA-256 %s, which no %s in %s has; it has: %s",
		cert.FormatDN(leaf.RawSubject), cert.SPKIFingerprint(leaf), o.entries(), ks.Ref.path(), keysOf(ks.Store))
}

func (o *importOptions) entries() string {
	if o.alias != "" {
		return fmt.Sprintf("entry %q", o.alias)
	}
	return "entry"
}

// entryOf finds the entry with the key of a certificate. Where an older certificate
// of the same key was kept, the entry that waits for a reply goes first, and then the
// one whose name the other's is derived from.
func (o *importOptions) entryOf(ks *opened, c *x509.Certificate) (string, error) {
	var waiting, others []string
	for _, e := range ks.Store.Entries() {
		switch {
		case e.Kind != keystore.PrivateKey || !keyIs(e, c):
		case o.alias != "" && !strings.EqualFold(o.alias, e.Alias):
		case pending(e):
			waiting = append(waiting, e.Alias)
		default:
			others = append(others, e.Alias)
		}
	}
	fit := waiting
	if len(fit) == 0 {
		fit = slices.DeleteFunc(slices.Clone(others), func(alias string) bool {
			return slices.ContainsFunc(others, func(base string) bool { return alias == base+".old" })
		})
	}
	switch len(fit) {
	case 0:
		return "", nil
	case 1:
		return fit[0], nil
	}
	return "", fail(codeConflict, o.again("--alias", fit[0]), "%s has several entries with the key of %s: %s", ks.Ref.path(), cert.Name(c), strings.Join(fit, ", "))
}

// keyIs says whether an entry has the key that a certificate is for.
func keyIs(e *keystore.Entry, c *x509.Certificate) bool {
	chain, err := e.Chain()
	if err == nil && len(chain) > 0 {
		return cert.SameKey(chain[0].PublicKey, c.PublicKey)
	}
	key, err := e.PrivateKey()
	return err == nil && cert.SameKey(key.Public(), c.PublicKey)
}

// leafOf is the certificate a reply is about: the first that issued no other in it.
func leafOf(certs []*x509.Certificate) *x509.Certificate {
	for _, c := range certs {
		if !slices.ContainsFunc(certs, func(o *x509.Certificate) bool { return !o.Equal(c) && cert.Issued(c, o) }) {
			return c
		}
	}
	return certs[0]
}

// keysOf lists the private keys of a store for a person.
func keysOf(s *keystore.Store) string {
	var out []string
	for _, e := range s.Entries() {
		switch {
		case e.Kind != keystore.PrivateKey:
		case pending(e):
			out = append(out, e.Alias+" (pending)")
		default:
			out = append(out, e.Alias)
		}
	}
	if len(out) == 0 {
		return "no private key"
	}
	return strings.Join(out, ", ")
}
