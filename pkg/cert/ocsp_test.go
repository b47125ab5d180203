package cert_test

import (
	"crypto/x509"
	"math/big"
	"os"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

// The responses were made by
//
//	openssl ocsp -issuer ca.pem -cert leaf.pem -no_nonce -index index.txt -rsigner ca.pem \
//	  -rkey ca.key -CA ca.pem -ndays 7 -resp_no_certs -respout good.der
//
// for leaves with the serial numbers 0x1001, 0x1002 and 0x1003.
func TestOCSPStaplesOfOpenSSLAreRead(t *testing.T) {
	for serial, want := range map[int64]string{0x1001: "good", 0x1002: "revoked", 0x1003: "unknown"} {
		s, err := cert.ReadOCSP(ocspFile(t, want), &x509.Certificate{SerialNumber: big.NewInt(serial)})
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if s.Status != want || s.ThisUpdate.Year() != 2026 || s.NextUpdate == nil || (s.RevokedAt != nil) != (want == "revoked") {
			t.Errorf("%s: got %+v", want, s)
		}
	}
	if s, err := cert.ReadOCSP(ocspFile(t, "good"), &x509.Certificate{SerialNumber: big.NewInt(5)}); err == nil {
		t.Errorf("a response about another certificate: %+v", s)
	}
}

func ocspFile(t testing.TB, name string) []byte {
	data, err := os.ReadFile("testdata/ocsp/" + name + ".der")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func FuzzReadOCSP(f *testing.F) {
	for _, name := range []string{"good", "revoked", "unknown"} {
		f.Add(ocspFile(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := cert.ReadOCSP(data, &x509.Certificate{SerialNumber: big.NewInt(0x1001)})
		if (s == nil) == (err == nil) {
			t.Errorf("neither a staple nor an error, or both: %v, %v", s, err)
		}
	})
}
