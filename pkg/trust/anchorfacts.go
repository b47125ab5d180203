package trust

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/gwtls/gwtls/pkg/cert"
)

// PEM is the anchor alone.
func (a Anchor) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Raw})
}

// DER is the anchor in binary.
func (a Anchor) DER() []byte { return a.Raw }

// Fingerprint is what people compare.
func (a Anchor) Fingerprint() string { return cert.Fingerprint(a.Raw) }

// SHA1 is the thumbprint by which Windows and macOS know a certificate.
func (a Anchor) SHA1() string { return fmt.Sprintf("%X", a.sha1()) }

func (a Anchor) sha1() []byte {
	sum := sha1.Sum(a.Raw)
	return sum[:]
}

// Subject is the name by which certificate managers list it.
func (a Anchor) Subject() string { return plain(cert.FormatDN(a.RawSubject)) }

// CN is the short form of that name.
func (a Anchor) CN() string { return plain(cert.Name(a.Certificate)) }

// For is the entries that the anchor vouches for.
func (a Anchor) For() string { return plain(strings.Join(a.Aliases, ", ")) }

// Pin is the SHA-256 of the public key, in base64, as pins are written.
func (a Anchor) Pin() string { return pin(a.Certificate) }

// Pin of a server's own key.
func (l Leaf) Pin() string { return pin(l.Certificate) }

func pin(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Until is the day on which the anchor ends.
func (a Anchor) Until() string { return a.NotAfter.UTC().Format(time.DateOnly) }

// Limits is what a root may sign for, empty where that is anything.
func (a Anchor) Limits() string {
	c, _ := cert.ConstraintsOf(a.Certificate)
	return plain(strings.Join(c.Strings(), ", "))
}

// plain is a text that cannot pass for more than it is where it is shown: on one line,
// and without what would end a cell or a piece of code in Markdown.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune("`|<>", r) {
			return '_'
		}
		return r
	}, s)
}

// Refusers lists clients that will not take the anchor, however it gets there, as
// they were found to do with the shapes that certificates have.
func (a Anchor) Refusers() []string {
	switch {
	case !a.Single:
		return nil
	case len(a.DNSNames)+len(a.IPAddresses) == 0:
		return []string{"every browser", "Go", "iPhones and Macs"}
	case !a.BasicConstraintsValid:
		return []string{"iPhones and Macs"}
	case a.IsCA:
		return []string{"Firefox"}
	}
	return []string{"iPhones and Macs", "Chromium where a managed policy trusts it"}
}
