package keystore

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"sync"
)

// keyMaterial is a private or secret key, sealed by a password as its file has it,
// until it is opened.
type keyMaterial struct {
	mu       sync.Mutex
	format   Format        // of the file that sealed is of
	sealed   []byte        // EncryptedPrivateKeyInfo; for JCEKS secret keys a Java stream; nil if only open
	from     Passwords     // to try
	plain    []byte        // an open private key, in PKCS#8
	parsed   crypto.Signer // plain, once asked for
	secret   *secretKey
	opened   []byte // the password that opened sealed, nil where that is not known
	isSecret bool
	own      []byte // seal with this password and not the store's
}

type secretKey struct {
	algorithm string // as Java names it
	key       []byte
}

func (k *keyMaterial) isOpen() bool { return k.plain != nil || k.secret != nil }

// open tries the passwords at hand. It is safe for use by several goroutines.
func (k *keyMaterial) open() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.openLocked()
}

func (k *keyMaterial) openLocked() error {
	if k.isOpen() {
		return nil
	}
	err := ErrPasswordNeeded
	for _, password := range [][]byte{k.from.Key, k.from.Store} {
		if password == nil {
			continue
		}
		if err = k.unseal(password); err == nil || !errors.Is(err, ErrPassword) {
			return err
		}
	}
	return err
}

func (k *keyMaterial) openWith(password []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.sealed == nil:
		return nil
	case !k.isOpen():
		if err := k.unseal(password); err != nil {
			return err
		}
	case !k.opensWith(password):
		return ErrPassword
	}
	k.from.Key = bytes.Clone(password)
	return nil
}

// signer parses an open private key, once.
func (k *keyMaterial) signer() (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.parsed != nil {
		return k.parsed, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(k.plain)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("a key that cannot sign")
	}
	k.parsed = signer
	return signer, nil
}

// openedBy is the password of its own that the key has opened with.
func (k *keyMaterial) openedBy() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.from.Key != nil && k.isOpen() && k.sealed != nil && k.opensWith(k.from.Key) {
		return k.from.Key
	}
	return nil
}

func (k *keyMaterial) unseal(password []byte) error {
	if isJavaStream(k.sealed) {
		secret, err := openSealedObject(k.sealed, password)
		if err == nil {
			k.secret, k.opened = secret, bytes.Clone(password)
		}
		return err
	}
	plain, err := openKeyInfo(k.sealed, password)
	if err != nil {
		return err
	}
	if k.isSecret {
		if k.secret, err = secretOfPKCS8(plain); err != nil {
			return err
		}
	} else {
		k.plain = plain
	}
	k.opened = bytes.Clone(password)
	return nil
}

// sealedFor gives the key encrypted for a file of the format: the bytes that stand, as
// long as format and password stay.
func (k *keyMaterial) sealedFor(f Format, p Passwords, rnd io.Reader) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sealed != nil && k.format == f && !k.passwordChanges(p.Store) {
		return k.sealed, nil
	}
	if err := k.openLocked(); err != nil {
		return nil, err
	}
	password := p.Store
	switch {
	case k.own != nil:
		password = k.own
	case p.Key != nil:
		password = p.Key
	}
	sealed, err := k.seal(f, password, rnd)
	if err != nil {
		return nil, err
	}
	k.sealed, k.format, k.from = sealed, f, Passwords{Store: p.Store, Key: password}
	k.opened = bytes.Clone(password)
	return sealed, nil
}

// passwordChanges says whether the key is sealed with a store password that is not
// going to be the store's any longer. A key with a password of its own keeps it.
func (k *keyMaterial) passwordChanges(next []byte) bool {
	if k.from.Store == nil || bytes.Equal(k.from.Store, next) {
		return false
	}
	return k.opensWith(k.from.Store)
}

// opensWith says whether sealed opens with the password. For one that has opened it that
// is known, and another one is not tried: a key has one password.
func (k *keyMaterial) opensWith(password []byte) bool {
	if k.opened != nil {
		return bytes.Equal(k.opened, password)
	}
	probe := &keyMaterial{format: k.format, sealed: k.sealed, isSecret: k.isSecret}
	return password != nil && probe.unseal(password) == nil
}

// ownPassword says whether the key is sealed, and not with the store's password.
func (k *keyMaterial) ownPassword() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sealed != nil && k.from.Store != nil && !k.opensWith(k.from.Store)
}

func (k *keyMaterial) seal(f Format, password []byte, rnd io.Reader) ([]byte, error) {
	if password == nil {
		return nil, ErrPasswordNeeded
	}
	if k.secret == nil {
		return sealKeyInfo(f, k.plain, password, rnd)
	}
	if f == JCEKS {
		return sealSecret(k.secret, password, rnd)
	}
	plain, err := k.secret.pkcs8()
	if err != nil {
		return nil, err
	}
	return sealKeyInfo(f, plain, password, rnd)
}

// reseal drops the bytes of the file, so that the next Encode encrypts again.
func (k *keyMaterial) reseal(password []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sealed, k.opened, k.own = nil, nil, bytes.Clone(password)
}

func (k *keyMaterial) clone() *keyMaterial {
	k.mu.Lock()
	defer k.mu.Unlock()
	return &keyMaterial{format: k.format, sealed: k.sealed, from: k.from, opened: k.opened, plain: k.plain, secret: k.secret, isSecret: k.isSecret, own: k.own}
}

// iterations is what it costs to open the key; 0 where it is open or cannot be opened.
func (k *keyMaterial) iterations() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sealed == nil || k.isOpen() {
		return 0
	}
	if p := k.encryption(); p != nil {
		return p.iterations
	}
	return 0
}

// notJava says what of the key's encryption Java 17 does not read.
func (k *keyMaterial) notJava() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sealed == nil {
		return "that is not encrypted"
	}
	if p := k.encryption(); p != nil && p.notJava != "" {
		return "encrypted by " + p.notJava
	}
	return ""
}

// encryption is how the key is sealed; nil where that is not known.
func (k *keyMaterial) encryption() *pbe {
	read := readKeyInfo
	if isJavaStream(k.sealed) {
		read = readSealedObject
	}
	p, _, err := read(k.sealed)
	if err != nil {
		return nil
	}
	return p
}
