package cert

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"
)

// Lifetimes in days: what a leaf gets unasked, and what Apple takes at most from
// any issuer (support article 103769).
const (
	DefaultDays = 397
	MaxDays     = 825
)

// Day is how validity is counted.
const Day = 24 * time.Hour

// skew is how far back certificates begin, for clients whose clock is behind.
const skew = time.Hour

// ErrOutlives says that a certificate would be valid for longer than its issuer.
var ErrOutlives = errors.New("the certificate would outlive its issuer")

// ErrConstraints says that an issuer may not sign for a name.
var ErrConstraints = errors.New("outside what the issuer may sign")

// Request is what a certificate is to be.
type Request struct {
	Names    Names
	Subject  DN            // where nil, as the names say
	Now      time.Time     // validity begins a little before
	Lifetime time.Duration // where 0, DefaultDays
	Client   bool          // for a client's identity and not a server's
}

// Authority is a CA with its key.
type Authority struct {
	Key   crypto.Signer
	Chain []*x509.Certificate // its own certificate first

	once   sync.Once // for what follows from the above
	permit Constraints
	signer signer
	fault  error
}

// Certificate is the authority's own.
func (a *Authority) Certificate() *x509.Certificate { return a.Chain[0] }

// Root is whom clients have to trust.
func (a *Authority) Root() *x509.Certificate { return a.Chain[len(a.Chain)-1] }

// Permit is what the authority may sign for, by its own certificate or one above.
func (a *Authority) Permit() Constraints {
	a.once.Do(a.prepare)
	return a.permit
}

func (a *Authority) prepare() {
	a.signer, a.fault = newSigner(a.Key)
	for _, c := range a.Chain {
		if permit, ok := ConstraintsOf(c); ok {
			a.permit = permit
			return
		}
	}
}

// Issue signs a certificate for the owner of a public key.
func (a *Authority) Issue(r Request, pub crypto.PublicKey) (*x509.Certificate, error) {
	der, err := a.IssueDER(r, pub)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// IssueDER is Issue for those who issue many, and parse none.
func (a *Authority) IssueDER(r Request, pub crypto.PublicKey) ([]byte, error) {
	issuer := a.Certificate()
	t, spki, err := r.template(pub)
	if err != nil {
		return nil, err
	}
	if t.NotAfter.After(issuer.NotAfter) {
		return nil, fmt.Errorf("%w: it ends %s, the issuer %s", ErrOutlives, date(t.NotAfter), date(issuer.NotAfter))
	}
	if refused := a.Permit().Refused(r.Names); len(refused) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrConstraints, strings.Join(refused, ", "))
	}
	t.AuthorityKeyId = issuer.SubjectKeyId
	if a.fault != nil {
		return nil, a.fault
	}
	return a.signer.signed(leafTBS(t, issuer, spki, a.signer.algorithm))
}

// SelfSign makes the literally self-signed kind. It has no basicConstraints: that is
// the one shape that OpenSSL, Java, Go, Chromium and Firefox all take as a server's
// certificate when it is trusted directly. Apple's systems take none such.
func SelfSign(r Request, key crypto.Signer) (*x509.Certificate, error) {
	t, _, err := r.template(key.Public())
	if err != nil {
		return nil, err
	}
	return sign(t, t, key.Public(), key)
}

// template is the certificate to be made, and the encoded key it is for.
func (r Request) template(pub crypto.PublicKey) (t *x509.Certificate, spki []byte, err error) {
	subject := r.Subject
	if subject == nil {
		subject = r.Names.Subject()
	}
	lifetime := r.Lifetime
	if lifetime == 0 {
		lifetime = DefaultDays * Day
	}
	t, spki, err = base(subject, pub, r.Now, lifetime)
	if err != nil {
		return nil, nil, err
	}
	t.DNSNames, t.IPAddresses, t.EmailAddresses, t.URIs = r.Names.DNS, r.Names.ips(), r.Names.Emails, r.Names.URIs
	t.KeyUsage = x509.KeyUsageDigitalSignature
	if _, ok := pub.(*rsa.PublicKey); ok { // TLS 1.2 without forward secrecy (RFC 5246, 7.4.2)
		t.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if r.Client {
		t.KeyUsage = x509.KeyUsageDigitalSignature
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	return t, spki, nil
}

// base is what every certificate has.
func base(subject DN, pub crypto.PublicKey, now time.Time, lifetime time.Duration) (t *x509.Certificate, spki []byte, err error) {
	serial, err := newSerial()
	if err != nil {
		return nil, nil, err
	}
	if spki, err = spkiDER(pub); err != nil {
		return nil, nil, err
	}
	begin := now.UTC().Truncate(time.Second).Add(-skew)
	return &x509.Certificate{
		SerialNumber: serial,
		RawSubject:   subject.DER(),
		NotBefore:    begin,
		NotAfter:     begin.Add(lifetime),
		SubjectKeyId: keyID(spki),
	}, spki, nil
}

func sign(t, issuer *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	t.SignatureAlgorithm = signatureAlgorithm(key.Public())
	der, err := x509.CreateCertificate(rand.Reader, t, issuer, pub, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// signatureAlgorithm pairs the hash with the curve (RFC 5480, 4); the zero value
// leaves it to crypto/x509.
func signatureAlgorithm(pub crypto.PublicKey) x509.SignatureAlgorithm {
	if k, ok := pub.(*ecdsa.PublicKey); ok && k.Curve.Params().BitSize == 521 {
		return x509.ECDSAWithSHA512
	}
	return x509.UnknownSignatureAlgorithm
}

// newSerial gives 128 random bits, never zero (RFC 5280, 4.1.2.2).
func newSerial() (*big.Int, error) {
	var b [16]byte
	for bytes.Equal(b[:], make([]byte, len(b))) {
		if _, err := rand.Read(b[:]); err != nil {
			return nil, err
		}
	}
	return new(big.Int).SetBytes(b[:]), nil
}

// keyID is the leftmost 160 bits of the SHA-256 of the key's bits (RFC 7093, 2, 1),
// which are the last field of a SubjectPublicKeyInfo.
func keyID(spki []byte) []byte {
	info, _ := content(spki)
	_, rest := content(info)
	key, _ := content(rest)
	sum := sha256.Sum256(key[1:]) // behind the number of unused bits, which is 0
	return sum[:20]
}

func date(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// LifetimeUntil is the longest lifetime of a certificate made now that ends with its issuer.
func LifetimeUntil(end, now time.Time) time.Duration {
	return end.Sub(now.UTC().Truncate(time.Second).Add(-skew))
}
