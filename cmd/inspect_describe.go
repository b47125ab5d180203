package cmd

import (
	"fmt"

	"crypto"
	"crypto/x509"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

func describePart(p cert.Part) item {
	i := item{Kind: string(p.Kind), Label: p.Label}
	switch {
	case p.Err != nil:
		i.Fault = oneLine(p.Err.Error())
	case p.Certificate != nil:
		c := describeCertificate(p.Certificate)
		i.Certificate = &c
	case p.Request != nil:
		i.Request = describeRequest(p.Request)
	case p.CRL != nil:
		i.CRL = describeCRL(p.CRL)
	case p.Key != nil:
		i.Key = describeKey(p.Key)
	}
	return i
}

func describeItem(e *keystore.Entry) item {
	j := describeEntry(e)
	i := item{Kind: "entry", Entry: &j}
	if chain, err := e.Chain(); err == nil {
		for _, c := range chain {
			i.chain = append(i.chain, describeCertificate(c))
		}
	}
	return i
}

func describeCertificate(c *x509.Certificate) certificateJSON {
	j := certificateJSON{
		Description: cert.Describe(c), KeyUsage: cert.KeyUsages(c), ExtKeyUsage: cert.ExtKeyUsages(c),
		IssuerURLs: c.IssuingCertificateURL, OCSPURLs: c.OCSPServer, CRLURLs: c.CRLDistributionPoints,
	}
	if permit, ok := cert.ConstraintsOf(c); ok && c.IsCA {
		j.SignsOnlyFor = permit.Strings()
	}
	return j
}

func describeRequest(r *x509.CertificateRequest) *requestJSON {
	n := cert.NamesOfRequest(r)
	j := &requestJSON{
		Subject: cert.FormatDN(r.RawSubject), DNSNames: append([]string{}, n.DNS...), IPAddresses: []string{},
		Emails: append([]string{}, n.Emails...), URIs: []string{},
		Key: cert.KeyOf(r.PublicKey), SignatureAlgorithm: r.SignatureAlgorithm.String(),
		SignatureValid: r.CheckSignature() == nil, SPKISHA256: cert.Fingerprint(r.RawSubjectPublicKeyInfo),
	}
	for _, ip := range n.IPs {
		j.IPAddresses = append(j.IPAddresses, ip.String())
	}
	for _, u := range n.URIs {
		j.URIs = append(j.URIs, u.String())
	}
	return j
}

func describeKey(k *cert.KeyPart) *keyJSON {
	j := &keyJSON{Encoding: k.Encoding, Encrypted: k.Encrypted}
	if k.Public != nil {
		key := cert.KeyOf(k.Public)
		j.Key, j.SPKISHA256 = &key, spkiOf(k.Public)
	}
	return j
}

// spkiOf is "" for a kind of key that has no such form.
func spkiOf(pub crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return ""
	}
	return cert.Fingerprint(der)
}

func describeCRL(l *x509.RevocationList) *crlJSON {
	j := &crlJSON{
		Issuer: cert.FormatDN(l.RawIssuer), ThisUpdate: l.ThisUpdate.UTC(),
		Signature: l.SignatureAlgorithm.String(), Revoked: []revoked{},
	}
	if l.Number != nil {
		j.Number = l.Number.String()
	}
	if !l.NextUpdate.IsZero() {
		next := l.NextUpdate.UTC()
		j.NextUpdate = &next
	}
	for _, e := range l.RevokedCertificateEntries {
		j.Revoked = append(j.Revoked, revoked{fmt.Sprintf("%02X", e.SerialNumber), e.RevocationTime.UTC(), cert.RevocationReason(e.ReasonCode)})
	}
	return j
}
