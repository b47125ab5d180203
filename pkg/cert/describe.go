package cert

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"time"
)

// Key is a public key in JSON: one of the names of KeyType, and a size.
type Key struct {
	Type string `json:"type"`
	Bits int    `json:"bits"`
}

// KeyOf describes a public key.
func KeyOf(pub crypto.PublicKey) Key {
	t, bits := DescribeKey(pub)
	return Key{Type: t, Bits: bits}
}

func (k Key) String() string { return k.Type }

// Description is a certificate as scripts read it.
type Description struct {
	Subject            string    `json:"subject"`
	Issuer             string    `json:"issuer"`
	Serial             string    `json:"serial"` // upper-case hex, as OpenSSL prints it
	NotBefore          time.Time `json:"not_before"`
	NotAfter           time.Time `json:"not_after"`
	DNSNames           []string  `json:"dns_names"`
	IPAddresses        []string  `json:"ip_addresses"`
	Emails             []string  `json:"emails"`
	URIs               []string  `json:"uris"`
	IsCA               bool      `json:"is_ca"`
	SelfSigned         bool      `json:"self_signed"`
	Key                Key       `json:"key"`
	SignatureAlgorithm string    `json:"signature_algorithm"`
	SHA256             string    `json:"sha256"`
	SPKISHA256         string    `json:"spki_sha256"`
}

// Describe says what a certificate is.
func Describe(c *x509.Certificate) Description {
	d := Description{
		Subject:            FormatDN(c.RawSubject),
		Issuer:             FormatDN(c.RawIssuer),
		Serial:             Serial(c),
		NotBefore:          c.NotBefore.UTC(),
		NotAfter:           c.NotAfter.UTC(),
		DNSNames:           append([]string{}, c.DNSNames...),
		IPAddresses:        []string{},
		Emails:             append([]string{}, c.EmailAddresses...),
		URIs:               []string{},
		IsCA:               c.IsCA,
		SelfSigned:         SelfSigned(c),
		Key:                KeyOf(c.PublicKey),
		SignatureAlgorithm: c.SignatureAlgorithm.String(),
		SHA256:             Fingerprint(c.Raw),
		SPKISHA256:         SPKIFingerprint(c),
	}
	for _, ip := range c.IPAddresses {
		d.IPAddresses = append(d.IPAddresses, ip.String())
	}
	for _, u := range c.URIs {
		d.URIs = append(d.URIs, u.String())
	}
	return d
}

// DescribeAll describes a chain in its order.
func DescribeAll(chain []*x509.Certificate) []Description {
	all := make([]Description, len(chain))
	for i, c := range chain {
		all[i] = Describe(c)
	}
	return all
}

// Serial is a certificate's serial number in upper-case hex, whole bytes.
func Serial(c *x509.Certificate) string {
	digits := fmt.Sprintf("%X", c.SerialNumber)
	if len(digits)%2 != 0 {
		digits = "0" + digits
	}
	return digits
}

// SelfSigned says whether a certificate names itself as issuer and is signed with
// its own key. CheckSignatureFrom would not do: it refuses a signer that is no CA.
func SelfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, c.RawIssuer) &&
		c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}
