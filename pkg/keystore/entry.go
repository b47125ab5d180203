package keystore

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Kind says what an entry is.
type Kind string

// The kinds of entries, as Java has them.
const (
	PrivateKey  Kind = "private-key"
	TrustedCert Kind = "trusted-cert"
	SecretKey   Kind = "secret-key"
)

// Entry is one alias of a store.
type Entry struct {
	Alias   string
	Kind    Kind
	Created time.Time // zero where the file does not say

	key    *keyMaterial
	chain  [][]byte
	parsed sync.Mutex
	certs  []*x509.Certificate // of chain, once asked for
	origin origin
}

// origin is what the file had for an entry beyond the fields of Entry, so that an
// unchanged entry can be written again as it was.
type origin struct {
	alias   string    // as read
	created time.Time // as read
	java    []byte    // JKS and JCEKS: all bytes of the entry
	sealed  []byte    // JKS and JCEKS: the key in them

	localID   []byte // PKCS#12: pairs key and leaf
	keyAttrs  []byte // PKCS#12: other attributes of the key bag
	certAttrs []byte // PKCS#12: other attributes of the certificate bag
	unmarked  bool   // PKCS#12: a certificate that Java does not take as trusted
}

// NewPrivateKey makes an entry of a key and its chain, leaf first. The chain may be
// empty; a leaf that is of another key is refused.
func NewPrivateKey(alias string, key crypto.Signer, chain []*x509.Certificate, created time.Time) (*Entry, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("key of %q: %w", alias, err)
	}
	if len(chain) > 0 && !samePublicKey(key.Public(), chain[0].PublicKey) {
		return nil, fmt.Errorf("key of %q: its certificate is of another key", alias)
	}
	e := &Entry{Alias: strings.ToLower(alias), Kind: PrivateKey, Created: created, key: &keyMaterial{plain: der}}
	e.SetChain(chain)
	return e, nil
}

// NewTrusted makes an entry of a certificate to trust.
func NewTrusted(alias string, c *x509.Certificate, created time.Time) *Entry {
	return &Entry{Alias: strings.ToLower(alias), Kind: TrustedCert, Created: created, chain: [][]byte{c.Raw}}
}

// NewSecret makes an entry of a secret key; algorithm is its name in Java, such as
// AES or HmacSHA256.
func NewSecret(alias, algorithm string, key []byte, created time.Time) *Entry {
	return &Entry{Alias: strings.ToLower(alias), Kind: SecretKey, Created: created,
		key: &keyMaterial{secret: &secretKey{algorithm, append([]byte(nil), key...)}}}
}

// RawChain is the certificates in DER, leaf first; of a trusted certificate, itself.
func (e *Entry) RawChain() [][]byte { return e.chain }

// Chain is RawChain, parsed. A certificate that Go cannot parse is an error here and
// stays in the store all the same.
func (e *Entry) Chain() ([]*x509.Certificate, error) {
	e.parsed.Lock()
	defer e.parsed.Unlock()
	if e.certs != nil || len(e.chain) == 0 {
		return e.certs, nil
	}
	certs := make([]*x509.Certificate, 0, len(e.chain))
	for i, raw := range e.chain {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of %q: %w", i+1, e.Alias, err)
		}
		certs = append(certs, c)
	}
	e.certs = certs
	return certs, nil
}

// Leaf is the first certificate, parsed; nil where there is none. It costs less than
// Chain where no more is wanted.
func (e *Entry) Leaf() (*x509.Certificate, error) {
	e.parsed.Lock()
	defer e.parsed.Unlock()
	switch {
	case e.certs != nil:
		return e.certs[0], nil
	case len(e.chain) == 0:
		return nil, nil
	}
	c, err := x509.ParseCertificate(e.chain[0])
	if err != nil {
		return nil, fmt.Errorf("certificate of %q: %w", e.Alias, err)
	}
	return c, nil
}

// SetChain replaces the certificates; the key stays as it is.
func (e *Entry) SetChain(chain []*x509.Certificate) {
	e.parsed.Lock()
	defer e.parsed.Unlock()
	e.chain, e.certs, e.origin.java = nil, nil, nil
	for _, c := range chain {
		e.chain = append(e.chain, c.Raw)
	}
}

// PrivateKey opens the key. An error that is ErrPassword or ErrPasswordNeeded asks for
// another password, by [Entry.Unlock]; one that is ErrKind is of a key Go has no type for,
// which [Entry.PKCS8] gives all the same.
func (e *Entry) PrivateKey() (crypto.Signer, error) {
	if _, err := e.PKCS8(); err != nil {
		return nil, err
	}
	key, err := e.key.signer()
	if err != nil {
		return nil, fmt.Errorf("key of %q: %w: %w", e.Alias, ErrKind, err)
	}
	return key, nil
}

// PKCS8 opens the private key and gives it as an unencrypted PKCS#8 PrivateKeyInfo.
func (e *Entry) PKCS8() ([]byte, error) {
	if e.Kind != PrivateKey {
		return nil, fmt.Errorf("%q: %w: it holds no private key", e.Alias, ErrKind)
	}
	if err := e.open(); err != nil {
		return nil, err
	}
	return e.key.plain, nil
}

// Secret opens a secret key and gives its algorithm, as Java names it, and its bytes.
func (e *Entry) Secret() (algorithm string, key []byte, err error) {
	if e.Kind != SecretKey {
		return "", nil, fmt.Errorf("%q: %w: it holds no secret key", e.Alias, ErrKind)
	}
	if err := e.open(); err != nil {
		return "", nil, err
	}
	return e.key.secret.algorithm, e.key.secret.key, nil
}

func (e *Entry) open() error {
	if err := e.key.open(); err != nil {
		return fmt.Errorf("key of %q: %w", e.Alias, err)
	}
	return nil
}

// Unlock tries a password that only this key has, and remembers it if it opens the key.
func (e *Entry) Unlock(password []byte) error {
	if e.key == nil {
		return nil
	}
	if err := e.key.openWith(password); err != nil {
		return fmt.Errorf("key of %q: %w", e.Alias, err)
	}
	return nil
}

// KeyPassword is the password that opened the key, where it is not the store's; else nil.
func (e *Entry) KeyPassword() []byte {
	if e.key == nil {
		return nil
	}
	return e.key.openedBy()
}

// SetKeyPassword gives the key a password of its own, from the next Encode on; nil
// gives it the store's. The key must open.
func (e *Entry) SetKeyPassword(password []byte) error {
	if e.key == nil {
		return fmt.Errorf("%q: %w: it holds no key", e.Alias, ErrKind)
	}
	if err := e.open(); err != nil {
		return err
	}
	e.key.reseal(password)
	e.origin.java = nil
	return nil
}

// Clone copies an entry for another store: key, chain, date, and alias in lower case,
// without what only its file knows. A certificate that Java did not trust there is trusted where it goes.
func (e *Entry) Clone() *Entry {
	c := &Entry{Alias: strings.ToLower(e.Alias), Kind: e.Kind, Created: e.Created, chain: e.chain}
	if e.key != nil {
		c.key = e.key.clone()
	}
	return c
}

func samePublicKey(a, b crypto.PublicKey) bool {
	eq, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && eq.Equal(b)
}

var errNotOpen = errors.New("the key's bytes are not a private key")
