package cert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
)

// ErrWeakKey says that a key is of a kind or size that clients refuse.
var ErrWeakKey = errors.New("clients refuse such keys")

// Grant says what of a request a CA gives to people it does not know: the names, read
// as strictly as those typed here, and the subject, unless its CN is another host's:
// clients that look at it would be misled. What is left out is said in words.
func Grant(csr *x509.CertificateRequest) (n Names, subject string, dropped []string, err error) {
	if err := strongKey(csr.PublicKey); err != nil {
		return n, "", nil, err
	}
	d, err := readDN(csr.RawSubject)
	if err != nil {
		return n, "", nil, fmt.Errorf("its subject cannot be read: %w", err)
	}
	cn := d.value(oidCommonName)
	asked := NamesOfRequest(csr).Strings()
	if len(asked) == 0 && cn != "" { // requests of long ago name the host there alone
		asked = []string{cn}
	}
	if n, err = ParseNames(asked); err != nil {
		return n, "", nil, fmt.Errorf("it asks for what no certificate may hold: %w", err)
	}
	if n.Empty() {
		return n, "", nil, errors.New("it asks for no name at all")
	}
	subject = d.String()
	if cn != "" && !n.Covers(cn) && looksLikeHost(cn) {
		dropped = append(dropped, fmt.Sprintf("the subject %s: its CN is not among the names", subject))
		subject = ""
	} else if _, err := ParseDN(subject); err != nil {
		dropped = append(dropped, "the subject: "+err.Error())
		subject = ""
	}
	for _, e := range csr.Extensions {
		if !e.Id.Equal(oidSAN) {
			dropped = append(dropped, "extension "+extensionName(e.Id))
		}
	}
	return n, subject, dropped, nil
}

// looksLikeHost says whether a client might take a CN for a host.
func looksLikeHost(cn string) bool {
	n, err := ParseNames([]string{cn})
	return err == nil && len(n.DNS)+len(n.IPs) > 0
}

func strongKey(pub crypto.PublicKey) error {
	kind, bits := DescribeKey(pub)
	switch pub.(type) {
	case *rsa.PublicKey:
		if bits >= 2048 && bits <= 8192 {
			return nil
		}
	case *ecdsa.PublicKey:
		if bits >= 256 {
			return nil
		}
	case ed25519.PublicKey:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrWeakKey, kind)
}

// extensionName is how people call an extension that requests ask for.
func extensionName(oid asn1.ObjectIdentifier) string {
	switch oid.String() {
	case "2.5.29.15":
		return "keyUsage"
	case "2.5.29.19":
		return "basicConstraints"
	case "2.5.29.37":
		return "extendedKeyUsage"
	case "2.5.29.14":
		return "subjectKeyIdentifier"
	case "2.5.29.30":
		return "nameConstraints"
	case "2.5.29.32":
		return "certificatePolicies"
	case "1.3.6.1.5.5.7.1.24":
		return "TLS feature (must staple)"
	}
	return oid.String()
}
