// Package keystore reads and writes the files that hold keys and certificates:
// PKCS#12, JKS, JCEKS, PEM, DER and PKCS#7, without a JVM.
//
// A [Store] is a list of entries in the order of its file, found by alias without
// regard to case. [Decode] sees the format from the bytes; [Store.Encode] writes any
// format that can hold what the store has. What the package does not understand, such as
// a curve Go lacks or a bag of another kind, is carried along and written again as it was.
//
// Keys stay encrypted until [Entry.PrivateKey] or [Store.OpenKeys] asks for them, and
// are written again as the same bytes while their password stays.
//
// Passwords are the bytes of UTF-8 text. A nil password is one that is not known, which
// differs from an empty one.
package keystore

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Format is a kind of file.
type Format string

// The formats that are read and written.
const (
	PKCS12 Format = "pkcs12"
	JKS    Format = "jks"
	JCEKS  Format = "jceks"
	PEM    Format = "pem"
	DER    Format = "der"
	PKCS7  Format = "pkcs7"
)

// ErrFormat says that the bytes are not what they should be.
var ErrFormat = errors.New("not a keystore that can be read")

// ErrPassword says that a password does not open the store or the key.
var ErrPassword = errors.New("wrong password")

// ErrPasswordNeeded says that a password has to be known and is not.
var ErrPasswordNeeded = errors.New("a password is needed")

// ErrKind says that a format has no place for an entry, or Go no type for a key.
var ErrKind = errors.New("not supported")

// Passwords of a store. Key, where known, is tried for keys before Store.
type Passwords struct {
	Store []byte
	Key   []byte
}

// ParseFormat reads a format's name, as keytool and openssl spell it too.
func ParseFormat(name string) (Format, error) {
	switch strings.ToLower(name) {
	case "pkcs12", "p12", "pfx":
		return PKCS12, nil
	case "jks":
		return JKS, nil
	case "jceks":
		return JCEKS, nil
	case "pem":
		return PEM, nil
	case "der":
		return DER, nil
	case "pkcs7", "p7b":
		return PKCS7, nil
	}
	return "", fmt.Errorf("unknown store type %q: pkcs12, jks, jceks, pem, der or pkcs7", name)
}

// FormatOfName is the format a new file of this name should have, "" where the
// extension says nothing.
func FormatOfName(file string) Format {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".p12", ".pfx", ".pkcs12":
		return PKCS12
	case ".jks":
		return JKS
	case ".jceks":
		return JCEKS
	case ".pem", ".crt", ".key":
		return PEM
	case ".der", ".cer":
		return DER
	case ".p7b", ".p7c", ".p7s", ".spc":
		return PKCS7
	}
	return ""
}

// Limits on a file, checked before the work or the memory is spent.
const (
	maxFile    = 64 << 20
	maxEntries = 1 << 17
	maxChain   = 32
	maxDepth   = 32
)

func badFormat(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrFormat}, args...)...)
}
