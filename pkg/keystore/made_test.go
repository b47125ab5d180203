package keystore_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/keystore"
)

func readFile(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(stores + file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readStore(t testing.TB, file string, p keystore.Passwords) *keystore.Store {
	t.Helper()
	s, _, err := keystore.Decode(readFile(t, file), p)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return s
}

// reread writes a store in a format and reads it again.
func reread(t testing.TB, s *keystore.Store, f keystore.Format) *keystore.Store {
	t.Helper()
	data, err := s.Encode(f, changeit)
	if err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	back, _, err := keystore.Decode(data, changeit)
	if err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return back
}

// digest says all of a store in text, keys opened, without regard to order.
func digest(t testing.TB, s *keystore.Store) string {
	t.Helper()
	var lines []string
	for _, e := range s.Entries() {
		line := fmt.Sprintf("%s %s %d %v %.4x", e.Alias, e.Kind, len(e.RawChain()), e.Created, sha256.Sum256(bytes.Join(e.RawChain(), nil)))
		switch e.Kind {
		case keystore.PrivateKey:
			der, err := e.PKCS8()
			line += fmt.Sprintf(" %.4x %v", sha256.Sum256(der), err)
		case keystore.SecretKey:
			algorithm, key, err := e.Secret()
			line += fmt.Sprintf(" %s %x %v", algorithm, key, err)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func pkcs8(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// negativeSerial makes the serial number negative, as some makers of certificates did.
func negativeSerial(t testing.TB, c *x509.Certificate) []byte {
	t.Helper()
	serial := c.SerialNumber.Bytes()
	i := bytes.Index(c.Raw, serial)
	raw := bytes.Clone(c.Raw)
	raw[i] |= 0x80
	if c.SerialNumber.Bytes()[0]&0x80 != 0 || i < 0 {
		t.Fatal("a serial number that cannot be made negative")
	}
	return raw
}

// withoutKeyIDs issues a certificate that only its signature ties to its issuer.
func withoutKeyIDs(t testing.TB, name string, ca *x509.Certificate, caKey crypto.Signer) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	parent := *ca
	parent.SubjectKeyId = nil
	return issue(t, name, &parent, caKey)
}

// crossSigned is a CA certificate of a name by another name, both with one key.
func crossSigned(t testing.TB, name, by string, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(5), NotBefore: day, NotAfter: day.AddDate(9, 0, 0), IsCA: true, BasicConstraintsValid: true}
	parent := *template
	template.Subject.CommonName, parent.Subject.CommonName = name, by
	raw, err := x509.CreateCertificate(rand.Reader, template, &parent, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
