package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

const (
	password     = "bench-password"
	passwordFile = "password"
	newcomer     = "newcomer.pem" // a certificate that is in no store
	anchorFolder = "anchors"      // what anchors.p12 has, each in a file of its own
	anchors      = 1000
)

// makeStores fills a folder with all that the operations read: keys-N in each format,
// the anchors, a certificate to add, the password.
func makeStores(dir string, sizes []int) error {
	ids, err := makeIdentities(slices.Max(sizes))
	if err != nil {
		return err
	}
	for _, n := range sizes {
		for format, keys := range map[keystore.Format]int{keystore.PKCS12: n, keystore.JKS: n, keystore.JCEKS: min(n, jceksKeys)} {
			s := keystore.New()
			for i, id := range ids[:n] {
				if err := id.put(s, i, i < keys); err != nil {
					return err
				}
			}
			if err := writeStore(dir, storeName(n, format), s, format); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, passwordFile), []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	return makeAnchors(dir)
}

// jceksKeys bounds the keys of a JCEKS: one takes 43 ms to seal, and none is opened to
// list. The other entries are trusted certificates.
const jceksKeys = 10

func storeName(n int, f keystore.Format) string {
	return fmt.Sprintf("keys-%d.%s", n, map[keystore.Format]string{keystore.PKCS12: "p12", keystore.JKS: "jks", keystore.JCEKS: "jceks"}[f])
}

func writeStore(dir, name string, s *keystore.Store, f keystore.Format) error {
	b, err := s.Encode(f, keystore.Passwords{Store: []byte(password)})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(dir, name), b, 0o600)
}

// makeAnchors makes roots: one store of them all, and a file for each.
func makeAnchors(dir string) error {
	if err := os.Mkdir(filepath.Join(dir, anchorFolder), 0o755); err != nil {
		return err
	}
	s := keystore.New()
	for i := range anchors + 1 {
		root, err := newRoot(i)
		if err != nil {
			return err
		}
		file := filepath.Join(anchorFolder, alias(i)+".pem")
		if i == anchors {
			file = newcomer
		} else {
			s.Put(keystore.NewTrusted(alias(i), root.chain[0], time.Now()))
		}
		if err := writePEM(filepath.Join(dir, file), root.chain[0]); err != nil {
			return err
		}
	}
	return writeStore(dir, "anchors.p12", s, keystore.PKCS12)
}

func writePEM(path string, c *x509.Certificate) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), 0o644)
}
