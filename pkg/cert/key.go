package cert

import (
	"crypto"
	//lint:ignore SA1019 only to say what an old key is
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"
)

// KeyType is a kind of key gwtls makes. The zero value is p256.
type KeyType string

// The kinds of key that can be asked for.
const (
	P256    KeyType = "p256"
	P384    KeyType = "p384"
	P521    KeyType = "p521"
	RSA2048 KeyType = "rsa2048"
	RSA3072 KeyType = "rsa3072"
	RSA4096 KeyType = "rsa4096"
	Ed25519 KeyType = "ed25519"
)

// KeyTypes are all that ParseKeyType takes, the default first.
var KeyTypes = []KeyType{P256, P384, P521, RSA2048, RSA3072, RSA4096, Ed25519}

// ParseKeyType reads the name of a key type, in any case.
func ParseKeyType(s string) (KeyType, error) {
	t := KeyType(strings.ToLower(s))
	if !slices.Contains(KeyTypes, t) {
		return "", fmt.Errorf("key type %q is not one of %s", s, joined(KeyTypes))
	}
	return t, nil
}

// Generate makes a fresh key.
func (t KeyType) Generate() (crypto.Signer, error) {
	switch t {
	case P256, "":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case P521:
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case RSA4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, fmt.Errorf("key type %q is not one of %s", string(t), joined(KeyTypes))
}

// DescribeKey names a public key in the words of KeyType, and its size. Kinds that
// gwtls never makes (rsa1024, p224, dsa2048) are named in the same way.
func DescribeKey(pub crypto.PublicKey) (kind string, bits int) {
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		bits = k.Curve.Params().BitSize
		return fmt.Sprintf("p%d", bits), bits
	case *rsa.PublicKey:
		bits = k.N.BitLen()
		return fmt.Sprintf("rsa%d", bits), bits
	case ed25519.PublicKey:
		return string(Ed25519), 256
	case *dsa.PublicKey:
		bits = k.P.BitLen()
		return fmt.Sprintf("dsa%d", bits), bits
	}
	return "unknown", 0
}

// SameKey says whether two public keys are one.
func SameKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

func joined[S ~string](all []S) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}
