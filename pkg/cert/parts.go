package cert

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
)

// PartKind is what a part of a file is.
type PartKind string

// The kinds of parts.
const (
	PartCertificate PartKind = "certificate"
	PartRequest     PartKind = "certificate-request"
	PartPrivateKey  PartKind = "private-key"
	PartPublicKey   PartKind = "public-key"
	PartCRL         PartKind = "crl"
	PartPKCS7       PartKind = "pkcs7"
	PartOther       PartKind = "other"
)

// Part is one thing in a file: a PEM block, or what a DER file holds. Of the fields
// after DER the one of its kind is set, unless Err says why it could not be read.
type Part struct {
	Kind  PartKind
	Label string // the type of its PEM block, "" in DER
	DER   []byte

	Certificate *x509.Certificate
	Request     *x509.CertificateRequest
	CRL         *x509.RevocationList
	Key         *KeyPart
	Err         error
}

// KeyPart is a key in a file.
type KeyPart struct {
	Encoding  string           // PKCS#1, PKCS#8, SEC 1 or SubjectPublicKeyInfo
	Encrypted string           // how it is encrypted, "" where it is not
	Public    crypto.PublicKey // nil where the key is encrypted
}

// maxParts is more than any file of certificates has.
const maxParts = 10_000

var errTooManyParts = fmt.Errorf("more than %d parts", maxParts)

// ReadParts says what a file holds that is PEM, with any text in between, or one DER
// value. It opens nothing that is encrypted. Where the bytes are neither there is no part.
func ReadParts(data []byte) ([]Part, error) {
	text := PlainText(data)
	if !bytes.Contains(text, []byte("-----BEGIN ")) {
		if p, ok := readDER(data); ok {
			return []Part{p}, nil
		}
		return nil, nil
	}
	var parts []Part
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return parts, nil
		}
		if len(parts) == maxParts {
			return nil, errTooManyParts
		}
		if block.Type != "EC PARAMETERS" { // OpenSSL writes them beside a key that has them too
			parts = append(parts, readBlock(block))
		}
		text = rest
	}
}

func readBlock(b *pem.Block) Part {
	p := Part{Label: b.Type, DER: b.Bytes}
	switch b.Type {
	case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
		p.Kind = PartCertificate
		der := b.Bytes
		if b.Type == "TRUSTED CERTIFICATE" { // OpenSSL puts what it is trusted for behind it
			der = firstValue(der)
		}
		p.Certificate, p.Err = x509.ParseCertificate(der)
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		p.Kind = PartRequest
		p.Request, p.Err = x509.ParseCertificateRequest(b.Bytes)
	case "X509 CRL":
		p.Kind = PartCRL
		p.CRL, p.Err = x509.ParseRevocationList(b.Bytes)
	case "PKCS7", "CMS":
		p.Kind = PartPKCS7
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
		p.Kind = PartPrivateKey
		if dek := b.Headers["DEK-Info"]; dek != "" { // RFC 1421, 4.6.1.3
			method, _, _ := bytes.Cut([]byte(dek), []byte(","))
			p.Key = &KeyPart{Encoding: "the older PEM form", Encrypted: string(method)}
		} else if p.Key = readPrivateKey(b.Bytes); p.Key == nil {
			p.Err = errors.New("the key is of a kind that is not known here, or broken")
		}
	case "PUBLIC KEY", "RSA PUBLIC KEY":
		p.Kind = PartPublicKey
		if p.Key = readPublicKey(b.Bytes); p.Key == nil {
			p.Err = errors.New("the key is of a kind that is not known here, or broken")
		}
	default:
		p.Kind = PartOther
	}
	return p
}

// firstValue cuts off what follows the first ASN.1 value.
func firstValue(der []byte) []byte {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(der, &v); err != nil {
		return der
	}
	return v.FullBytes
}

// readDER tries what a DER file may be.
func readDER(data []byte) (Part, bool) {
	p := Part{DER: data}
	var err error
	if p.Certificate, err = x509.ParseCertificate(data); err == nil {
		p.Kind = PartCertificate
		return p, true
	}
	if looksLikeCertificate(data) {
		return Part{Kind: PartCertificate, DER: data, Err: err}, true
	}
	if p.Request, err = x509.ParseCertificateRequest(data); err == nil {
		p.Kind = PartRequest
		return p, true
	}
	if p.CRL, err = x509.ParseRevocationList(data); err == nil {
		p.Kind = PartCRL
		return p, true
	}
	if p.Key = readPrivateKey(data); p.Key != nil {
		p.Kind = PartPrivateKey
		return p, true
	}
	if p.Key = readPublicKey(data); p.Key != nil {
		p.Kind = PartPublicKey
		return p, true
	}
	return Part{}, false
}

// looksLikeCertificate tells a certificate that cannot be parsed from other values:
// it begins with an explicit version (RFC 5280, 4.1).
func looksLikeCertificate(der []byte) bool {
	var c struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	rest, err := asn1.Unmarshal(der, &c)
	return err == nil && len(rest) == 0 && bytes.HasPrefix(c.TBS.Bytes, []byte{0xa0, 3, asn1.TagInteger})
}

func readPrivateKey(der []byte) *KeyPart {
	public := func(key any) crypto.PublicKey {
		if s, ok := key.(crypto.Signer); ok {
			return s.Public()
		}
		return nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return &KeyPart{Encoding: "PKCS#8", Public: public(key)}
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return &KeyPart{Encoding: "PKCS#1", Public: public(key)}
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return &KeyPart{Encoding: "SEC 1", Public: public(key)}
	}
	if method := encryption(der); method != "" {
		return &KeyPart{Encoding: "PKCS#8", Encrypted: method}
	}
	return nil
}

func readPublicKey(der []byte) *KeyPart {
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return &KeyPart{Encoding: "SubjectPublicKeyInfo", Public: key}
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return &KeyPart{Encoding: "PKCS#1", Public: key}
	}
	return nil
}

// encryption names how an EncryptedPrivateKeyInfo (RFC 5958, 3) is encrypted, "" for
// any other value.
func encryption(der []byte) string {
	var info struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Data []byte
	}
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return ""
	}
	switch oid := info.Algorithm.OID.String(); oid {
	case "1.2.840.113549.1.5.13":
		return "PBES2"
	case "1.2.840.113549.1.12.1.1", "1.2.840.113549.1.12.1.2", "1.2.840.113549.1.12.1.3",
		"1.2.840.113549.1.12.1.4", "1.2.840.113549.1.12.1.5", "1.2.840.113549.1.12.1.6":
		return "a PKCS#12 method"
	case "1.2.840.113549.1.5.1", "1.2.840.113549.1.5.3", "1.2.840.113549.1.5.4",
		"1.2.840.113549.1.5.6", "1.2.840.113549.1.5.10", "1.2.840.113549.1.5.11":
		return "PBES1"
	default:
		return oid
	}
}
