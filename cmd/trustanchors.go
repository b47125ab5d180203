package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/trust"
)

// anchorsFound is what clients have to trust for some entries of the keystore.
type anchorsFound struct {
	bundle *trust.Bundle
	public []publicEntry
}

// anchors finds them for the aliases of the command line, or for all entries that
// are served. What is asked for by name has to have an anchor; of all others those
// that have none are named and left out.
func (o *trustExportOptions) anchors(ctx context.Context) (*anchorsFound, error) {
	ref, err := o.globals.keystore()
	if err != nil {
		return nil, err
	}
	ks, err := o.globals.list(ctx, ref)
	if err != nil {
		return nil, err
	}
	entries, err := o.entries(ks)
	if err != nil {
		return nil, err
	}
	roots, unread, err := o.roots(ctx)
	if err != nil {
		return nil, err
	}
	found := &anchorsFound{bundle: &trust.Bundle{}}
	for _, e := range entries {
		err := found.add(e, roots)
		switch {
		case err == nil:
		case len(o.aliases) > 0:
			return nil, o.explain(err, e, unread)
		default:
			o.warn("%s is left out: %v", e.Alias, err)
		}
	}
	if len(found.bundle.Anchors)+len(found.public) == 0 {
		return nil, fail(codeNotFound, o.command("selfsign", "HOST"), "%s: no entry with a certificate that clients could trust", ref.path())
	}
	return found, nil
}

// entries are those that were asked for, each once.
func (o *trustExportOptions) entries(ks *opened) ([]*keystore.Entry, error) {
	var entries []*keystore.Entry
	if len(o.aliases) == 0 {
		for _, e := range ks.Store.Entries() {
			if e.Kind == keystore.PrivateKey {
				entries = append(entries, e)
			}
		}
		return entries, nil
	}
	seen := map[*keystore.Entry]bool{}
	for _, alias := range o.aliases {
		e := ks.Store.Get(alias)
		if e == nil {
			return nil, fail(codeNotFound, o.command("keystore", "list"), "%s: no entry %q", ks.Ref.path(), alias)
		}
		if !seen[e] {
			entries = append(entries, e)
		}
		seen[e] = true
	}
	return entries, nil
}

var errPending = errors.New("its certificate has been asked for and has not come yet")

func (f *anchorsFound) add(e *keystore.Entry, roots trust.Roots) error {
	chain, err := e.Chain()
	if err != nil {
		return err
	}
	if len(chain) == 0 {
		return trust.ErrNoAnchor
	}
	if cert.IsPending(chain[0]) {
		return errPending
	}
	if e.Kind == keystore.TrustedCert {
		f.bundle.AddRoot(e.Alias, chain[0])
		return nil
	}
	anchor, err := roots.Anchor(chain)
	if public := (*trust.PublicError)(nil); errors.As(err, &public) {
		f.public = append(f.public, publicEntry{e.Alias, public.Root})
		return nil
	}
	if err == nil {
		f.bundle.Add(e.Alias, chain[0], anchor)
	}
	return err
}

// roots reads whatever may have signed an entry: the home's private roots, those of
// before, and what the truststore holds. Of these stores each may be missing; one
// that does not open matters only where no root is found, unless it was named.
func (o *trustExportOptions) roots(ctx context.Context) (roots trust.Roots, unread, err error) {
	for _, name := range []string{"ca.p12", "ca.old.p12"} {
		ref, err := o.homeStore(name)
		if err != nil {
			return roots, nil, err
		}
		certs, err := o.certificates(ctx, ref, keystore.PrivateKey)
		roots.Private = append(roots.Private, certs...)
		unread = errors.Join(unread, err)
	}
	ref, err := o.globals.truststore()
	if err != nil {
		return roots, nil, err
	}
	certs, err := o.certificates(ctx, ref, keystore.TrustedCert)
	if err != nil && o.truststorePath != "" {
		return roots, nil, err
	}
	roots.Private = append(roots.Private, certs...)
	unread = errors.Join(unread, err)
	// A machine without roots of its own has clients that have some.
	roots.Public, _ = x509.SystemCertPool()
	return roots, unread, nil
}

// certificates of all entries of a kind in a store; none where the store is not there,
// unless the command line names it.
func (o *trustExportOptions) certificates(ctx context.Context, ref storeRef, kind keystore.Kind) ([]*x509.Certificate, error) {
	store, err := o.globals.list(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) && !(ref.named && o.truststorePath != "") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var certs []*x509.Certificate
	for _, e := range store.Store.Entries() {
		if chain, err := e.Chain(); err == nil && e.Kind == kind {
			certs = append(certs, chain...)
		}
	}
	return certs, nil
}

// explain says what to do for an entry that was asked for and has no anchor.
func (o *trustExportOptions) explain(err error, e *keystore.Entry, unread error) error {
	switch {
	case errors.Is(err, errPending):
		return fail(codeNotFound, o.command("import", "REPLY"), "%s: %w", e.Alias, err)
	case errors.Is(err, trust.ErrNoAnchor) && unread != nil:
		return fmt.Errorf("%s: %w; %w", e.Alias, err, unread)
	case errors.Is(err, trust.ErrNoAnchor):
		return fail(codeUntrusted, "name a file with its root: --truststore ROOT.pem", "%s: %w", e.Alias, err)
	}
	return fmt.Errorf("%s: %w", e.Alias, err)
}
