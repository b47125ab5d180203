package cert_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// june is the time in the laboratory.
var june = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// lab makes certificates with whatever is wrong with them.
type lab struct {
	*testing.T
	serial int64
}

// party is a certificate with its key.
type party struct {
	*x509.Certificate
	key crypto.Signer
}

// with changes a certificate before it is signed.
type with func(*x509.Certificate)

func (l *lab) key() crypto.Signer { return l.keyOf(cert.P256) }

func (l *lab) keyOf(t cert.KeyType) crypto.Signer {
	k, err := t.Generate()
	if err != nil {
		l.Fatal(err)
	}
	return k
}

func (l *lab) template(name string, changes []with) *x509.Certificate {
	l.serial++
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1000 + l.serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    june.AddDate(0, 0, -30),
		NotAfter:     june.AddDate(0, 0, 60),
	}
	for _, change := range changes {
		change(t)
	}
	return t
}

func authority(t *x509.Certificate) {
	t.IsCA, t.BasicConstraintsValid = true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	t.NotBefore, t.NotAfter = june.AddDate(-1, 0, 0), june.AddDate(5, 0, 0)
}

func server(t *x509.Certificate) {
	t.DNSNames = []string{"gw.example.com"}
	t.Subject = pkix.Name{CommonName: "gw.example.com"}
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
}

func (l *lab) root(name string, changes ...with) *party { return l.rootOf(l.key(), name, changes...) }

func (l *lab) rootOf(key crypto.Signer, name string, changes ...with) *party {
	t := l.template(name, append([]with{authority}, changes...))
	return l.sign(t, &party{t, key}, key)
}

func (l *lab) ca(by *party, name string, changes ...with) *party {
	return l.sign(l.template(name, append([]with{authority}, changes...)), by, l.key())
}

// again is another certificate for a CA that has one, cross-signed by somebody else.
func (l *lab) again(by, ca *party, changes ...with) *party {
	return l.sign(l.template(ca.Subject.CommonName, append([]with{authority}, changes...)), by, ca.key)
}

func (l *lab) leaf(by *party, changes ...with) *party { return l.leafOf(l.key(), by, changes...) }

func (l *lab) leafOf(key crypto.Signer, by *party, changes ...with) *party {
	return l.sign(l.template("", append([]with{server}, changes...)), by, key)
}

// selfSigned is a leaf without anybody above it.
func (l *lab) selfSigned(changes ...with) *party {
	key := l.key()
	t := l.template("", append([]with{server}, changes...))
	return l.sign(t, &party{t, key}, key)
}

func (l *lab) sign(t *x509.Certificate, by *party, key crypto.Signer) *party {
	der, err := x509.CreateCertificate(rand.Reader, t, by.Certificate, key.Public(), by.key)
	if err != nil {
		l.Fatal(err)
	}
	return &party{l.parse(der), key}
}

func (l *lab) parse(der []byte) *x509.Certificate {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

// sha1 signs a certificate of an RSA CA anew, the way crypto/x509 refuses to.
func (l *lab) sha1(by, p *party) *party {
	var c struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	weak := bytes.ReplaceAll(p.Raw, der(l, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}), der(l, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}))
	if _, err := asn1.Unmarshal(weak, &c); err != nil {
		l.Fatal(err)
	}
	sum := sha1.Sum(c.TBS.FullBytes)
	signature, err := by.key.Sign(rand.Reader, sum[:], crypto.SHA1)
	if err != nil {
		l.Fatal(err)
	}
	c.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	return &party{l.parse(der(l, c)), p.key}
}

// extra puts an extension in by hand, in the place of what crypto/x509 would write.
func extra(critical bool, value []byte, oid ...int) with {
	return func(t *x509.Certificate) {
		t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: oid, Critical: critical, Value: value})
	}
}

func der(t testing.TB, v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func valid(from, to time.Time) with {
	return func(t *x509.Certificate) { t.NotBefore, t.NotAfter = from, to }
}

func dnsNames(names ...string) with {
	return func(t *x509.Certificate) { t.DNSNames, t.Subject = names, pkix.Name{CommonName: names[0]} }
}

func certificates(all ...*party) (certs []*x509.Certificate) {
	for _, p := range all {
		certs = append(certs, p.Certificate)
	}
	return certs
}

// crl is a list of a CA that revokes some certificates.
func (l *lab) crl(by *party, change func(*x509.RevocationList), revoked ...*party) *x509.RevocationList {
	t := &x509.RevocationList{Number: big.NewInt(7), ThisUpdate: june.AddDate(0, 0, -1), NextUpdate: june.AddDate(0, 0, 6)}
	for _, p := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: p.SerialNumber, RevocationTime: june.AddDate(0, 0, -2), ReasonCode: 1})
	}
	if change != nil {
		change(t)
	}
	issuer := *by.Certificate
	issuer.KeyUsage |= x509.KeyUsageCRLSign // crypto/x509 would not let it sign otherwise
	der, err := x509.CreateRevocationList(rand.Reader, t, &issuer, by.key)
	if err != nil {
		l.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		l.Fatal(err)
	}
	return list
}
