package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// identity is a key and its certificates, leaf first.
type identity struct {
	key   *ecdsa.PrivateKey
	chain []*x509.Certificate
}

// makeIdentities makes so many leaves of one root. They are not signed by themselves:
// keytool would verify each such signature while it lists.
func makeIdentities(n int) ([]identity, error) {
	root, err := newRoot(0)
	if err != nil {
		return nil, err
	}
	ids := make([]identity, n)
	var work errgroup.Group
	work.SetLimit(runtime.NumCPU())
	for i := range ids {
		work.Go(func() (err error) {
			t := template(i)
			t.DNSNames = []string{t.Subject.CommonName}
			t.KeyUsage = x509.KeyUsageDigitalSignature
			t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			ids[i], err = issue(t, &root)
			return err
		})
	}
	return ids, work.Wait()
}

func newRoot(i int) (identity, error) {
	t := template(i)
	t.Subject.CommonName = fmt.Sprintf("Root %d", i)
	t.IsCA, t.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	return issue(t, nil)
}

func template(i int) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(int64(i + 1)),
		Subject:               pkix.Name{CommonName: alias(i) + ".example.com"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(1, 0, 0),
		BasicConstraintsValid: true,
	}
}

func alias(i int) string { return fmt.Sprintf("host-%d", i) }

// issue makes a key and has its certificate signed by an issuer, or by itself.
func issue(t *x509.Certificate, by *identity) (identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return identity{}, err
	}
	parent, signer := t, key
	if by != nil {
		parent, signer = by.chain[0], by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, signer)
	if err != nil {
		return identity{}, err
	}
	cert, err := x509.ParseCertificate(der)
	id := identity{key: key, chain: []*x509.Certificate{cert}}
	if by != nil {
		id.chain = append(id.chain, by.chain...)
	}
	return id, err
}

// put adds the identity to a store, or its certificate alone.
func (id identity) put(s *keystore.Store, i int, withKey bool) error {
	if !withKey {
		s.Put(keystore.NewTrusted(alias(i), id.chain[0], time.Now()))
		return nil
	}
	e, err := keystore.NewPrivateKey(alias(i), id.key, id.chain, time.Now())
	if err != nil {
		return err
	}
	s.Put(e)
	return nil
}
