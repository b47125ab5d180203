package keystore_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

var changeit = keystore.Passwords{Store: []byte("changeit")}

var day = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

// issue makes a certificate for a new key; without a parent it is a root.
func issue(t testing.TB, name string, parent *x509.Certificate, signer crypto.Signer) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	return issueFor(t, name, newKey(t), parent, signer)
}

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issueFor makes a certificate for a key.
func issueFor(t testing.TB, name string, key crypto.Signer, parent *x509.Certificate, signer crypto.Signer) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	serial.SetBit(serial, 62, 1) // so that its first byte is known to have no sign
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: day.Add(-time.Hour), NotAfter: day.AddDate(20, 0, 0),
		BasicConstraintsValid: true, IsCA: parent == nil || bytes.HasSuffix([]byte(name), []byte(" ca")),
	}
	if parent == nil {
		parent, signer = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

func TestPKCS12HoldsSeveralKeysAndTrustedCertificates(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	s := keystore.New()
	for i := range 3 {
		name := fmt.Sprintf("host%d.example.com", i)
		leaf, key := issue(t, name, root, rootKey)
		e, err := keystore.NewPrivateKey(name, key, []*x509.Certificate{leaf, root}, day)
		if err != nil {
			t.Fatal(err)
		}
		s.Put(e)
	}
	other, _ := issue(t, "other ca", nil, nil)
	s.Put(keystore.NewTrusted("other", other, day))
	p := keystore.Passwords{Store: []byte("changeit")}
	data, err := s.Encode(keystore.PKCS12, p)
	if err != nil {
		t.Fatal(err)
	}
	back, format, err := keystore.Decode(data, p)
	if err != nil {
		t.Fatal(err)
	}
	if format != keystore.PKCS12 {
		t.Errorf("format %q", format)
	}
	for i, e := range back.Entries() {
		want := s.Entries()[i]
		if e.Alias != want.Alias || e.Kind != want.Kind || !e.Created.Equal(want.Created) || len(e.RawChain()) != len(want.RawChain()) {
			t.Errorf("entry %d: got %s %s %v %d, want %s %s %v %d", i, e.Alias, e.Kind, e.Created, len(e.RawChain()), want.Alias, want.Kind, want.Created, len(want.RawChain()))
		}
		if e.Kind == keystore.PrivateKey {
			if _, err := e.PrivateKey(); err != nil {
				t.Error(err)
			}
		}
	}
}
