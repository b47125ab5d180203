package cmd

import (
	"crypto"
	"crypto/x509"
	"fmt"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// standingKey opens the key of the entry that stands.
func (o *csrOptions) standingKey(ks *opened) (crypto.Signer, error) {
	e := ks.Store.Get(o.alias)
	if e == nil || e.Kind != keystore.PrivateKey {
		return nil, fail(codeNotFound, o.command("keystore", "list"), "%s has no key %q to use again", ks.Ref.path(), o.alias)
	}
	return e.PrivateKey()
}

// put stores the key with a placeholder. A certificate in use stays where its key is
// asked for again; another entry is kept under a name that is free.
func (o *csrOptions) put(ks *opened, r cert.Request, key crypto.Signer) error {
	old := ks.Store.Get(o.alias)
	switch {
	case old == nil:
	case o.reuseKey && !pending(old):
		return nil
	case o.reuseKey:
	case !o.force:
		return fail(codeExists, o.again(), "%s has an entry %q already (--reuse-key: a request with its key)", ks.Ref.path(), o.alias)
	default:
		if err := ks.Store.Rename(old.Alias, freeAlias(ks.Store, old.Alias+".old")); err != nil {
			return err
		}
	}
	placeholder, err := cert.Pending(r, key)
	if err != nil {
		return err
	}
	if old != nil && o.reuseKey {
		old.SetChain([]*x509.Certificate{placeholder})
		return nil
	}
	e, err := keystore.NewPrivateKey(o.alias, key, []*x509.Certificate{placeholder}, r.Now)
	if err != nil {
		return err
	}
	ks.Store.Put(e)
	return nil
}

// pending says whether an entry waits for its CA's reply.
func pending(e *keystore.Entry) bool {
	chain, err := e.Chain()
	return err == nil && e.Kind == keystore.PrivateKey && len(chain) > 0 && cert.IsPending(chain[0])
}

// freeAlias is the first of alias, alias.2, alias.3 and so on that is not in use: a key
// set aside must not push out another, to which a reply may still be on its way.
func freeAlias(s *keystore.Store, alias string) string {
	free := alias
	for n := 2; s.Get(free) != nil; n++ {
		free = fmt.Sprintf("%s.%d", alias, n)
	}
	return free
}
