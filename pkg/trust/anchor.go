package trust

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/gwtls/gwtls/pkg/cert"
)

// PublicError says that a certificate is signed by a public authority, whose root
// clients have already.
type PublicError struct{ Root string }

func (e *PublicError) Error() string { return "signed by the public authority " + e.Root }

// ErrNoAnchor says that nobody who is known signed a certificate.
var ErrNoAnchor = errors.New("its root is not known")

// Roots are the certificates in which a chain may end.
type Roots struct {
	Private []*x509.Certificate // the home's own, and what the operator trusts
	Public  *x509.CertPool      // what clients trust by themselves
}

// Anchor finds what a client has to trust so that it believes a chain, leaf first:
// the private root that signed it, or the certificate itself where it is literally
// self-signed. The error is a PublicError where a client needs nothing. Dates do not count: an expired certificate has its root all the same.
func (r Roots) Anchor(chain []*x509.Certificate) (*x509.Certificate, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("no certificate: %w", ErrNoAnchor)
	}
	if cert.SelfSigned(chain[0]) {
		return chain[0], nil
	}
	path := signers(chain)
	for _, c := range path {
		i := slices.IndexFunc(r.Private, func(root *x509.Certificate) bool { return isRoot(root) && cert.Issued(root, c) })
		if i >= 0 {
			return r.Private[i], nil
		}
	}
	if root := r.public(chain); root != nil {
		return nil, &PublicError{cert.Name(root)}
	}
	last := path[len(path)-1]
	if cert.SelfSigned(last) {
		return last, nil
	}
	return nil, fmt.Errorf("signed by %s: %w", cert.FormatDN(last.RawIssuer), ErrNoAnchor)
}

// isRoot goes by the names alone: an old root may be signed with what Go no longer
// verifies, and its signature proves nothing.
func isRoot(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

// signers orders a chain from the leaf upwards, as far as one signed the other.
// Two CAs may have one name, so it is the signature that decides.
func signers(chain []*x509.Certificate) []*x509.Certificate {
	path, rest := chain[:1:1], slices.Clone(chain[1:])
	for {
		last := path[len(path)-1]
		i := slices.IndexFunc(rest, func(ca *x509.Certificate) bool { return !ca.Equal(last) && cert.Issued(ca, last) })
		if i < 0 {
			return path
		}
		path = append(path, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
}

// public is the public root of a chain, nil where it has none.
func (r Roots) public(chain []*x509.Certificate) *x509.Certificate {
	if r.Public == nil {
		return nil
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	paths, err := chain[0].Verify(x509.VerifyOptions{
		Roots:         r.Public,
		Intermediates: between,
		CurrentTime:   chain[0].NotBefore,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil
	}
	return paths[0][len(paths[0])-1]
}
