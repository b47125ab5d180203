package cert

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
)

// Fingerprint is the SHA-256 of a DER value as people compare it: upper-case hex
// with colons.
func Fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return colons(sum[:])
}

// SPKIFingerprint is the fingerprint of the public key alone, which is what pins
// hold and what stays when a certificate is renewed with its key.
func SPKIFingerprint(c *x509.Certificate) string {
	return Fingerprint(c.RawSubjectPublicKeyInfo)
}

func colons(b []byte) string {
	return strings.ReplaceAll(fmt.Sprintf("% X", b), " ", ":")
}
