package cert

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"
	"time"
)

// Each byte that is signed is what crypto/x509 would sign.
func TestLeavesAreEncodedAsByCryptoX509(t *testing.T) {
	long := strings.Repeat("a.", 40) + "example.com"
	var keys []crypto.Signer
	for _, kt := range KeyTypes {
		key, err := kt.Generate()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	for i, key := range keys {
		caType := KeyTypes[i]
		ca, err := NewRoot(RootRequest{For: "example.com", Now: time.Now(), Lifetime: 50 * 366 * Day}, key)
		if err != nil {
			t.Fatal(err)
		}
		for _, hosts := range []string{"gw.example.com", "10.1.2.3 2001:db8::1", "*.bücher.example ops@example.com https://example.com/x?y", long, "a.example b.example " + long} {
			for _, r := range []Request{{}, {Client: true}, {Lifetime: 40 * 366 * Day}, {Subject: DN{}}} {
				if r.Names, err = ParseNames(strings.Fields(hosts)); err != nil {
					t.Fatal(err)
				}
				r.Now = time.Now()
				leafKey := keys[len(hosts)%len(keys)]
				template, spki, err := r.template(leafKey.Public())
				if err != nil {
					t.Fatal(err)
				}
				template.AuthorityKeyId = ca.Certificate().SubjectKeyId
				s, err := newSigner(key)
				if err != nil {
					t.Fatal(err)
				}
				got := leafTBS(template, ca.Certificate(), spki, s.algorithm)

				template.BasicConstraintsValid = true
				template.SignatureAlgorithm = signatureAlgorithm(key.Public())
				der, err := x509.CreateCertificate(rand.Reader, template, ca.Certificate(), leafKey.Public(), key)
				if err != nil {
					t.Fatal(err)
				}
				want, err := x509.ParseCertificate(der)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want.RawTBSCertificate) {
					t.Fatalf("%s signing %s (%+v):\n%x, want\n%x", caType, hosts, r, got, want.RawTBSCertificate)
				}
				whole, err := s.signed(got)
				if err != nil {
					t.Fatal(err)
				}
				c, err := x509.ParseCertificate(whole)
				if err != nil {
					t.Fatal(err)
				}
				if err := c.CheckSignatureFrom(ca.Certificate()); err != nil {
					t.Fatalf("%s signing %s: %v", caType, hosts, err)
				}
			}
		}
	}
}
