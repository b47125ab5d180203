package keystore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// OpenKeys opens all keys, on all processors, and says which did not open. What did
// open stays open. A file that asks for more work than any store needs is refused.
func (s *Store) OpenKeys() error {
	var sealed []*Entry
	total := 0
	for _, e := range s.entries {
		if e.key == nil {
			continue
		}
		sealed = append(sealed, e)
		if total += e.key.iterations(); total > maxKeysWork {
			return badFormat("to open all keys takes more than %d iterations", maxKeysWork)
		}
	}
	faults := make([]error, len(sealed))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(sealed)) {
		workers.Go(func() { openFrom(sealed, faults, &next) })
	}
	workers.Wait()
	return errors.Join(faults...)
}

func openFrom(sealed []*Entry, faults []error, next *atomic.Int64) {
	for {
		i := int(next.Add(1)) - 1
		if i >= len(sealed) {
			return
		}
		faults[i] = sealed[i].open()
	}
}

// OwnPassword says whether a key has a password that is not the store's. It opens the key.
func (e *Entry) OwnPassword() (bool, error) {
	if e.key == nil {
		return false, nil
	}
	if err := e.open(); err != nil {
		return false, err
	}
	return e.key.ownPassword(), nil
}

// EncryptedPKCS8 gives the private key as an EncryptedPrivateKeyInfo (RFC 5958) that
// OpenSSL 3 and Java read: PBKDF2 with HMAC-SHA256, AES-256-CBC.
func (e *Entry) EncryptedPKCS8(password []byte, rnd io.Reader) ([]byte, error) {
	plain, err := e.PKCS8()
	if err != nil {
		return nil, err
	}
	if rnd == nil {
		rnd = rand.Reader
	}
	sealed, err := sealKeyInfo(PEM, plain, password, rnd)
	if err != nil {
		return nil, fmt.Errorf("key of %q: %w", e.Alias, err)
	}
	return sealed, nil
}
