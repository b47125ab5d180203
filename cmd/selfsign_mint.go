package cmd

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// minted is what selfsign made.
type minted struct {
	entry    *keystore.Entry
	keystore *opened
	root     *cert.Authority // nil for a literally self-signed one
	madeRoot bool
}

// mint makes the key and the certificate, the root where there is none yet, and
// stores them together.
func (o *selfsignOptions) mint(ctx context.Context) (*minted, error) {
	request, kt, err := o.request()
	if err != nil {
		return nil, err
	}
	ks, err := o.globals.keystore()
	if err != nil {
		return nil, err
	}
	refs := []storeRef{ks}
	if !o.single {
		ca, err := o.homeStore("ca.p12")
		if err != nil {
			return nil, err
		}
		refs = append(refs, ca)
	}
	key, err := kt.Generate()
	if err != nil {
		return nil, err
	}
	var m *minted
	err = o.update(ctx, refs, func(stores []*opened) error {
		m = &minted{keystore: stores[0]}
		if m.keystore.Store.Get(o.alias) != nil && !o.force {
			return fail(codeExists, o.again("--force"), "%s has an entry %q already", ks.path(), o.alias)
		}
		chain, err := o.sign(m, stores[1:], request, key)
		if err != nil {
			return err
		}
		if m.entry, err = keystore.NewPrivateKey(o.alias, key, chain, request.Now); err != nil {
			return err
		}
		m.keystore.Store.Put(m.entry)
		return nil
	})
	return m, err
}

// sign gives the chain of the new key: signed by the CA, or by itself.
func (o *selfsignOptions) sign(m *minted, ca []*opened, r cert.Request, key crypto.Signer) ([]*x509.Certificate, error) {
	if o.single {
		leaf, err := cert.SelfSign(r, key)
		return []*x509.Certificate{leaf}, err
	}
	a, err := o.authority(ca[0], m, r)
	if err != nil {
		return nil, err
	}
	m.root = a
	end := a.Certificate().NotAfter
	if left := cert.LifetimeUntil(end, r.Now); !o.daysGiven && end.After(r.Now) && left < r.Lifetime {
		o.note("%s ends %s, and the certificate with it", cert.Name(a.Certificate()), end.Format(time.RFC3339))
		r.Lifetime = left
	}
	leaf, err := issue(ca[0], a, r, key.Public())
	if err != nil {
		return nil, o.explain(err, m, r.Names)
	}
	return append([]*x509.Certificate{leaf}, a.Chain...), nil
}

// authority is the CA that stands, or a root made for what is asked for.
func (o *selfsignOptions) authority(ca *opened, m *minted, r cert.Request) (*cert.Authority, error) {
	ca.asItIs = true
	if o.needCA {
		return o.needAuthority(ca)
	}
	a, err := authority(ca)
	if a != nil || err != nil {
		return a, err
	}
	ca.asItIs = false
	m.madeRoot = true
	return putRoot(ca, cert.P256, cert.RootRequest{
		For: r.Names.Alias(), Permit: cert.ConstraintsFor(r.Names), Now: r.Now, Lifetime: max(cert.RootLifetime, r.Lifetime),
	})
}

// explain says what to do where the root cannot sign what is asked for: make one
// that can, of which everybody has to be told.
func (o *selfsignOptions) explain(err error, m *minted, names cert.Names) error {
	root, permit := m.root.Root(), m.root.Permit()
	words := []string{"ca", "init"}
	if wider := permit.For(names); !permit.Unconstrained() && len(wider.Refused(names)) == 0 {
		words = append(words, "--permit", strings.Join(wider.Strings(), ","))
	}
	anew := ""
	if !m.madeRoot {
		words = append(words, "--force")
		anew = "; a new root has to be trusted anew by all who trust this one" + reissued(root, m.keystore.Store)
	}
	switch {
	case errors.Is(err, cert.ErrConstraints):
		return fail(codeNameMismatch, o.command(words...), "%s may not sign for %s, only for %s%s",
			cert.Name(root), strings.Join(permit.Refused(names), ", "), strings.Join(permit.Strings(), ", "), anew)
	case errors.Is(err, cert.ErrOutlives):
		return fail(codeExpired, o.command(words...), "%w%s", err, anew)
	}
	return err
}

// reissued names the entries whose certificates the root signed: a new one has to
// sign them again.
func reissued(root *x509.Certificate, ks *keystore.Store) string {
	var aliases []string
	for _, e := range ks.Entries() {
		chain, err := e.Chain()
		if err == nil && e.Kind == keystore.PrivateKey && len(chain) > 1 && chain[len(chain)-1].Equal(root) {
			aliases = append(aliases, e.Alias)
		}
	}
	if len(aliases) == 0 {
		return ""
	}
	return ", and has to sign anew: " + strings.Join(aliases, ", ")
}
