package secret

import (
	"crypto/rand"
	"path/filepath"
	"strings"
)

// PasswordFile names the file that holds the password of a store, beside it: the
// extension gives way to .pw, as in keystore.db and keystore.pw.
func PasswordFile(store string) string {
	ext := filepath.Ext(store)
	if ext == filepath.Base(store) || ext == ".pw" {
		ext = "" // .keystore is a name and no extension; and no store is its own password
	}
	return strings.TrimSuffix(store, ext) + ".pw"
}

// Generate makes a random password of 26 capital letters and digits, over 128
// bits, which every store format, shell and keyboard takes.
func Generate() Value { return New([]byte(rand.Text())) }
