package cert_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

// everything is one of each thing a file may hold, by PEM type.
func everything(t testing.TB) []*pem.Block {
	l := &lab{T: &testing.T{}}
	root := l.root("Root")
	ec := l.keyOf(cert.P256).(*ecdsa.PrivateKey)
	rsaKey := l.keyOf(cert.RSA2048).(*rsa.PrivateKey)
	must := func(der []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	return []*pem.Block{
		{Type: "CERTIFICATE", Bytes: root.Raw},
		{Type: "CERTIFICATE REQUEST", Bytes: must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"gw.example.com"}}, ec))},
		{Type: "X509 CRL", Bytes: l.crl(root, nil, root).Raw},
		{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(ec))},
		{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)},
		{Type: "EC PRIVATE KEY", Bytes: must(x509.MarshalECPrivateKey(ec))},
		{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(rsaKey.Public()))},
	}
}

func TestPartsAreToldApartInPEMAndDER(t *testing.T) {
	want := []string{"certificate", "certificate-request", "crl", "private-key PKCS#8", "private-key PKCS#1", "private-key SEC 1", "public-key SubjectPublicKeyInfo"}
	name := func(p cert.Part) string {
		if p.Key != nil {
			return string(p.Kind) + " " + p.Key.Encoding
		}
		return string(p.Kind)
	}
	var mix bytes.Buffer
	for i, b := range everything(t) {
		mix.WriteString("some text\r\n")
		pem.Encode(&mix, b)
		parts, err := cert.ReadParts(b.Bytes)
		if err != nil || len(parts) != 1 || name(parts[0]) != want[i] || parts[0].Err != nil {
			t.Errorf("DER of %s: %+v, %v", b.Type, parts, err)
		}
	}
	parts, err := cert.ReadParts(mix.Bytes())
	if err != nil || len(parts) != len(want) {
		t.Fatalf("%d parts, want %d: %v", len(parts), len(want), err)
	}
	for i, p := range parts {
		if name(p) != want[i] || p.Err != nil {
			t.Errorf("part %d is %s (%v), want %s", i, name(p), p.Err, want[i])
		}
	}
}

func TestCertificateThatBreaksTheRulesIsStillSeenAsOne(t *testing.T) {
	l := &lab{T: t}
	raw := bytes.Clone(l.selfSigned().Raw)
	broken := bytes.Replace(raw, []byte("gw.example.com"), []byte("gw.ex\xffmple.com"), -1)
	for _, data := range [][]byte{broken, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: broken})} {
		parts, err := cert.ReadParts(data)
		if err != nil || len(parts) != 1 || parts[0].Kind != cert.PartCertificate || parts[0].Err == nil {
			t.Errorf("got %+v, %v", parts, err)
		}
	}
}

func TestTooManyPartsAreRefused(t *testing.T) {
	block := pem.EncodeToMemory(&pem.Block{Type: "X"})
	if _, err := cert.ReadParts(bytes.Repeat(block, 10_001)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadParts(f *testing.F) {
	for _, b := range everything(f) {
		f.Add(b.Bytes)
		f.Add(pem.EncodeToMemory(b))
	}
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		parts, err := cert.ReadParts(data)
		if err != nil {
			return
		}
		for _, p := range parts {
			set := 0
			for _, is := range []bool{p.Certificate != nil, p.Request != nil, p.CRL != nil, p.Key != nil, p.Err != nil,
				p.Kind == cert.PartPKCS7, p.Kind == cert.PartOther} {
				if is {
					set++
				}
			}
			if set != 1 {
				t.Errorf("a part is %d things at once: %+v", set, p)
			}
			if c := p.Certificate; c != nil {
				cert.Describe(c)
				cert.KeyUsages(c)
				cert.ExtKeyUsages(c)
			}
		}
	})
}
