package cert

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"time"
)

// RootLifetime is how long a private root lasts.
const RootLifetime = 3653 * Day // ten years

// RootRequest is what a private root is to be.
type RootRequest struct {
	For      string // what people will recognise it by, a host or a domain
	Permit   Constraints
	PathLen  int // CAs that may stand between the root and a leaf
	Now      time.Time
	Lifetime time.Duration // where 0, RootLifetime
}

// NewRoot makes a private root: self-signed, its constraints critical. It has a CN,
// by which iOS lists it, that tells roots of one host made at different times apart.
func NewRoot(r RootRequest, key crypto.Signer) (*Authority, error) {
	name, err := r.subject("gwtls root")
	if err != nil {
		return nil, err
	}
	lifetime := r.Lifetime
	if lifetime == 0 {
		lifetime = RootLifetime
	}
	t, _, err := base(name, key.Public(), r.Now, lifetime)
	if err != nil {
		return nil, err
	}
	r.apply(t)
	c, err := sign(t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &Authority{Key: key, Chain: []*x509.Certificate{c}}, nil
}

// IssueCA makes a CA below the authority, which ends with it at the latest. What the
// authority may sign for binds the new one too.
func (a *Authority) IssueCA(r RootRequest, key crypto.Signer) (*Authority, error) {
	name, err := r.subject("gwtls issuing CA")
	if err != nil {
		return nil, err
	}
	issuer := a.Certificate()
	t, _, err := base(name, key.Public(), r.Now, LifetimeUntil(issuer.NotAfter, r.Now))
	if err != nil {
		return nil, err
	}
	r.apply(t)
	t.AuthorityKeyId = issuer.SubjectKeyId
	c, err := sign(t, issuer, key.Public(), a.Key)
	if err != nil {
		return nil, err
	}
	return &Authority{Key: key, Chain: append([]*x509.Certificate{c}, a.Chain...)}, nil
}

// apply makes a certificate that of a CA.
func (r RootRequest) apply(t *x509.Certificate) {
	r.Permit.apply(t)
	t.BasicConstraintsValid, t.IsCA = true, true
	t.MaxPathLen, t.MaxPathLenZero = r.PathLen, r.PathLen == 0
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
}

// subject is "gwtls root HOST DATE TAG", the host cut so that it fits a CN.
func (r RootRequest) subject(begin string) (DN, error) {
	var tag [2]byte
	if _, err := rand.Read(tag[:]); err != nil {
		return nil, err
	}
	end := fmt.Sprintf(" %s %x", r.Now.UTC().Format(time.DateOnly), tag)
	if r.For != "" {
		begin += " " + r.For
	}
	limit := typeByOID(oidCommonName).limit - len(end)
	if runes := []rune(begin); len(runes) > limit {
		begin = string(runes[:limit])
	}
	return dnOf(oidCommonName, begin+end), nil
}

// Name is the CN of a certificate, or the whole subject where it has none.
func Name(c *x509.Certificate) string {
	if d, err := readDN(c.RawSubject); err == nil && d.value(oidCommonName) != "" {
		return d.value(oidCommonName)
	}
	return FormatDN(c.RawSubject)
}

// Issued says whether ca's key signed c, whatever else may be wrong with either.
func Issued(ca, c *x509.Certificate) bool {
	return bytes.Equal(ca.RawSubject, c.RawIssuer) &&
		ca.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}
