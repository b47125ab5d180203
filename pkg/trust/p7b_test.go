package trust_test

import (
	"strings"
	"testing"
)

func TestOpenSSLReadsAllCertificatesOfTheP7B(t *testing.T) {
	for name, b := range shapes(t) {
		said := run(t, write(t, "p7b", b), "openssl", "pkcs7", "-inform", "DER", "-in", b.Name()+".p7b", "-print_certs")
		for _, a := range b.Anchors {
			if !strings.Contains(said, string(a.PEM())) {
				t.Errorf("%s: no %s in\n%s", name, a.Name, said)
			}
		}
		if n := strings.Count(said, "BEGIN CERTIFICATE"); n != len(b.Anchors) {
			t.Errorf("%s: %d certificates, want %d", name, n, len(b.Anchors))
		}
	}
}
