package cert

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
)

// CSR makes a request for a certificate (PKCS#10, RFC 2986), signed with the key it
// is for.
func CSR(r Request, key crypto.Signer) (*x509.CertificateRequest, error) {
	subject := r.Subject
	if subject == nil {
		subject = r.Names.Subject()
	}
	t := &x509.CertificateRequest{
		RawSubject:         subject.DER(),
		DNSNames:           r.Names.DNS,
		IPAddresses:        r.Names.ips(),
		EmailAddresses:     r.Names.Emails,
		URIs:               r.Names.URIs,
		SignatureAlgorithm: signatureAlgorithm(key.Public()),
	}
	if r.Client {
		// A CA issues for servers unasked. Whoever wants something else has to say so.
		usage, err := asn1.Marshal([]asn1.ObjectIdentifier{oidClientAuth})
		if err != nil {
			return nil, err
		}
		t.ExtraExtensions = []pkix.Extension{{Id: oidExtKeyUsage, Value: usage}}
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, t, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificateRequest(der)
}

var oidClientAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}

// ErrNoRequest says that bytes are no certificate request.
var ErrNoRequest = errors.New("no certificate request")

// ParseCSR reads a request in PEM or DER and checks that its maker has the key.
func ParseCSR(data []byte) (*x509.CertificateRequest, error) {
	der := data
	for rest := PlainText(data); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "CERTIFICATE REQUEST" || block.Type == "NEW CERTIFICATE REQUEST" {
			der = block.Bytes
			break
		}
	}
	r, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoRequest, err)
	}
	if err := r.CheckSignature(); err != nil {
		return nil, fmt.Errorf("the request is not signed with the key in it: %w", err)
	}
	return r, nil
}

// requestCodes are the findings that a request decides, whatever CA signs it.
var requestCodes = []string{
	"cn-not-in-san", "wildcard-depth", "internal-name", "ed25519-server", "curve-unusual", "rsa-below-2048", "rsa-odd-size-or-exponent",
}

// LintRequest says what will be said about the certificate that is asked for.
func LintRequest(r Request, key crypto.Signer) ([]Finding, error) {
	c, err := Pending(r, key)
	if err != nil {
		return nil, err
	}
	purpose := ForServer
	if r.Client {
		purpose = ForClient
	}
	return slices.DeleteFunc(Lint([]*x509.Certificate{c}, LintOptions{At: r.Now, Profile: Private, Purpose: purpose}), func(f Finding) bool {
		return !slices.Contains(requestCodes, f.Code)
	}), nil
}
