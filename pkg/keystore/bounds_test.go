package keystore_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// Files that are made to be slow are read, or refused, in the time of others.
func TestFilesMadeToBeSlowAreNot(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	leaf, key := issue(t, "a.example.com", root, rootKey)
	sealed := keystore.SealForTest(pkcs8(t, key), changeit.Store)
	const n = 20_000
	var namesakes, shared, numbers []keystore.Piece
	for i := range n {
		namesakes = append(namesakes, keystore.Piece{Cert: root.Raw, Name: "a", Trusted: true})
		shared = append(shared, keystore.Piece{Key: sealed, LocalID: "1"}, keystore.Piece{Cert: leaf.Raw, LocalID: "1"})
		numbers = append(numbers, keystore.Piece{Cert: root.Raw, Name: fmt.Sprint(i), Trusted: true}, keystore.Piece{Cert: root.Raw, Trusted: true})
	}
	for name, test := range map[string]struct {
		pieces  []keystore.Piece
		entries int
	}{
		"one alias for all":         {namesakes, n},
		"one localKeyId for all":    {shared, n},
		"numbers and no names":      {numbers, 2 * n},
		"one key, its chain thrice": {append(shared[:2:2], keystore.Piece{Cert: root.Raw}, keystore.Piece{Cert: root.Raw}), 1},
	} {
		start := time.Now()
		s, _, err := keystore.Decode(keystore.MakePKCS12(changeit.Store, test.pieces), changeit)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(s.Entries()) != test.entries || len(s.Warnings()) > 100 {
			t.Errorf("%s: %d entries, want %d; %d warnings", name, len(s.Entries()), test.entries, len(s.Warnings()))
		}
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
}

func TestKeysOfAPEMFileMayNotAskForMoreWorkThanAStore(t *testing.T) {
	var file bytes.Buffer
	for range 8 {
		pem.Encode(&file, &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: keystore.WithIterations(5_000_001)})
	}
	if _, _, err := keystore.Decode(file.Bytes(), changeit); !errors.Is(err, keystore.ErrFormat) && !errors.Is(err, keystore.ErrPassword) {
		t.Errorf("got %v", err)
	}
}

func TestManyCertificatesOfAJavaStoreAreBounded(t *testing.T) {
	data := []byte("\xfe\xed\xfe\xed\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x01aABCDEFGH\x00\x00\x00\x00\x00\x10\x00\x00")
	data = append(data, make([]byte, 4<<20)...) // a million of no bytes each
	if _, _, err := keystore.Decode(data, keystore.Passwords{}); !errors.Is(err, keystore.ErrFormat) {
		t.Errorf("got %v", err)
	}
}
