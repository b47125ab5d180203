package keystore_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

const stores = "../../testdata/keystores/"

// foreignStore is what the manifest says of a store that another program wrote.
type foreignStore struct {
	file      string
	format    keystore.Format
	passwords keystore.Passwords
	entries   []foreignEntry
}

type foreignEntry struct {
	kind    keystore.Kind
	alias   string
	created time.Time
	key     string   // the name of the key's certificate; of a secret key, its algorithm and bytes
	chain   []string // common names
}

// manifest reads testdata/keystores/manifest.txt, which make.sh writes.
func manifest(t testing.TB) []foreignStore {
	t.Helper()
	text, err := os.ReadFile(stores + "manifest.txt")
	if err != nil {
		t.Fatal(err)
	}
	password := func(word string) []byte {
		return map[string][]byte{"-": nil, "EMPTY": {}}[word]
	}
	var all []foreignStore
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		w := strings.Split(strings.TrimSpace(line), " ")
		if w[0] == "file" {
			s := foreignStore{file: w[1], format: keystore.Format(w[2])}
			s.passwords = keystore.Passwords{Store: password(w[3]), Key: password(w[4])}
			if s.passwords.Store == nil && w[3] != "-" && w[3] != "EMPTY" {
				s.passwords.Store = []byte(w[3])
			}
			if w[4] != "-" {
				s.passwords.Key = []byte(w[4])
			}
			all = append(all, s)
			continue
		}
		e := foreignEntry{kind: keystore.Kind(w[0]), alias: strings.ReplaceAll(w[1], "~", " "), key: w[3]}
		if ms, err := strconv.ParseInt(w[2], 10, 64); err == nil {
			e.created = time.UnixMilli(ms).UTC()
		}
		if len(w) > 4 && w[4] != "" {
			e.chain = strings.Split(w[4], ",")
		}
		s := &all[len(all)-1]
		s.entries = append(s.entries, e)
	}
	return all
}

func (s *foreignStore) read(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(stores, s.file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestStoresOfOtherProgramsAreReadAsTheirWritersSay(t *testing.T) {
	for _, want := range manifest(t) {
		t.Run(want.file, func(t *testing.T) {
			data := want.read(t)
			if got := keystore.Sniff(data); got != want.format {
				t.Errorf("sniffed %q, want %q", got, want.format)
			}
			s, format, err := keystore.Decode(data, want.passwords)
			if err != nil {
				t.Fatal(err)
			}
			if format != want.format {
				t.Errorf("format %q, want %q", format, want.format)
			}
			checkEntries(t, s, want.entries)
		})
	}
}

func TestEveryFileOfTheFolderIsInTheManifest(t *testing.T) {
	var known []string
	for _, s := range manifest(t) {
		known = append(known, s.file)
	}
	entries, err := os.ReadDir(stores)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".p12", ".jks", ".jceks", ".pem", ".der", ".p7b":
			if !slices.Contains(known, e.Name()) {
				t.Errorf("%s is not in the manifest", e.Name())
			}
		}
	}
}

// checkEntries compares a store with the manifest, without regard to order where Java
// was asked, whose order is by hash.
func checkEntries(t *testing.T, s *keystore.Store, want []foreignEntry) {
	t.Helper()
	if len(s.Entries()) != len(want) {
		t.Errorf("%d entries, want %d", len(s.Entries()), len(want))
	}
	for _, w := range want {
		e := s.Get(w.alias)
		if e == nil {
			t.Errorf("no entry %q among %s", w.alias, aliases(s))
			continue
		}
		if e.Kind != w.kind || !e.Created.Equal(w.created) {
			t.Errorf("%q: %s of %v, want %s of %v", w.alias, e.Kind, e.Created, w.kind, w.created)
		}
		if got := commonNames(t, e); !slices.Equal(got, w.chain) {
			t.Errorf("%q: chain %q, want %q", w.alias, got, w.chain)
		}
		checkKey(t, e, w)
	}
}

func checkKey(t *testing.T, e *keystore.Entry, w foreignEntry) {
	t.Helper()
	switch e.Kind {
	case keystore.SecretKey:
		algorithm, key, err := e.Secret()
		if got := algorithm + ":" + hex.EncodeToString(key); err != nil || got != w.key {
			t.Errorf("%q: secret key %s, %v; want %s", e.Alias, got, err, w.key)
		}
	case keystore.PrivateKey:
		switch w.key {
		case "dsa", "ed448", "pss", "k1": // kinds that Go has no type for
			if _, err := e.PrivateKey(); !errors.Is(err, keystore.ErrKind) {
				t.Errorf("%q: %v, want an error of the kind of key", e.Alias, err)
			}
			if der, err := e.PKCS8(); err != nil || len(der) == 0 {
				t.Errorf("%q: its bytes: %v", e.Alias, err)
			}
		default:
			key, err := e.PrivateKey()
			if err != nil {
				t.Errorf("%q: %v", e.Alias, err)
				return
			}
			if err := usable(key, e); err != nil {
				t.Errorf("%q: %v", e.Alias, err)
			}
		}
	}
}

// usable signs with a key and verifies with the certificate of its entry, if it has one.
func usable(key crypto.Signer, e *keystore.Entry) error {
	pub := key.Public()
	if leaf, err := e.Leaf(); err != nil {
		return err
	} else if leaf != nil {
		pub = leaf.PublicKey
	}
	text := sha256.Sum256([]byte("signed"))
	opts := crypto.SignerOpts(crypto.SHA256)
	if _, ok := pub.(ed25519.PublicKey); ok {
		opts = crypto.Hash(0)
	}
	sig, err := key.Sign(rand.Reader, text[:], opts)
	if err != nil {
		return err
	}
	ok := false
	switch pub := pub.(type) {
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(pub, text[:], sig)
	case ed25519.PublicKey:
		ok = ed25519.Verify(pub, text[:], sig)
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(pub, crypto.SHA256, text[:], sig) == nil
	}
	if !ok {
		return fmt.Errorf("a signature of the key (%T) is not of its certificate (%T)", key, pub)
	}
	return nil
}

func commonNames(t testing.TB, e *keystore.Entry) (names []string) {
	t.Helper()
	for _, raw := range e.RawChain() {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			// Go refuses the curve; the name is read all the same, as text.
			names = append(names, "k1")
			continue
		}
		names = append(names, c.Subject.CommonName)
	}
	return names
}

func aliases(s *keystore.Store) string {
	var names []string
	for _, e := range s.Entries() {
		names = append(names, strconv.Quote(e.Alias))
	}
	return strings.Join(names, ", ")
}
