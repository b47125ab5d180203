package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// trust fills in whom to trust, and gives what says where a trusted certificate is from.
func (o *verifyOptions) trust(ctx context.Context, q *cert.VerifyOptions, alias bool) (func(*x509.Certificate) string, error) {
	var err error
	switch o.roots {
	case "", "system":
		if q.Machine, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("the roots of this machine: %w", err)
		}
		if alias && o.roots == "" {
			q.Roots = o.homeRoots(ctx)
		}
		return func(c *x509.Certificate) string {
			if slices.ContainsFunc(q.Roots, c.Equal) {
				return "the home's own root"
			}
			return "a root of this machine"
		}, nil
	case "truststore":
		q.Roots, err = o.truststoreRoots(ctx)
		return func(*x509.Certificate) string { return "in the truststore" }, err
	}
	q.Roots, err = o.fileRoots(ctx)
	return func(*x509.Certificate) string { return "in " + o.roots }, err
}

// homeRoots is the root of the home's private CA, if it has one.
func (g *globals) homeRoots(ctx context.Context) []*x509.Certificate {
	ref, err := g.homeStore("ca.p12")
	if err != nil {
		return nil
	}
	ca, err := g.list(ctx, ref)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			g.warn("the home's own root is not looked at: %v", err)
		}
		return nil
	}
	var roots []*x509.Certificate
	for _, e := range ca.Store.Entries() {
		if chain, err := e.Chain(); err == nil && len(chain) > 0 {
			roots = append(roots, chain[len(chain)-1])
		}
	}
	return roots
}

func (o *verifyOptions) truststoreRoots(ctx context.Context) ([]*x509.Certificate, error) {
	ref, err := o.truststore()
	if err != nil {
		return nil, err
	}
	ts, err := o.list(ctx, ref)
	if err != nil {
		return nil, err
	}
	var roots []*x509.Certificate
	for _, e := range ts.Store.Entries() {
		chain, err := e.Chain()
		switch {
		case err != nil:
			o.warn("%s: %v", ref.path(), err)
		case e.Kind == keystore.TrustedCert:
			roots = append(roots, chain...)
		}
	}
	return roots, nil
}

func (o *verifyOptions) fileRoots(ctx context.Context) ([]*x509.Certificate, error) {
	if _, err := os.Stat(o.roots); errors.Is(err, fs.ErrNotExist) && o.roots != "-" { // not an alias, whatever its name
		return nil, fail(codeNotFound, "--roots is system, truststore, or a file of certificates", "--roots: there is no file %s", o.roots)
	}
	m, err := o.readMaterial(ctx, o.roots)
	if err != nil {
		return nil, err
	}
	roots, faults := m.certificates()
	for _, err := range faults {
		o.warn("%s: a certificate is passed over: %v", o.roots, err)
	}
	if len(roots)+len(faults) == 0 {
		return nil, fail(codeBadFormat, "gwtls inspect "+shellQuoted(o.roots), "%s holds no certificate", o.roots)
	}
	return roots, nil
}
