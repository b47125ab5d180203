package keystore

import (
	"fmt"
	"strings"
)

// secretAlgorithms are the names of Java for the secret keys that have an object
// identifier; Java can put no others into a PKCS#12 store.
var secretAlgorithms = map[string]oid{
	"AES":        newOID("2.16.840.1.101.3.4.1"),
	"DES":        newOID("1.3.14.3.2.7"),
	"DESede":     newOID("1.2.840.113549.3.7"),
	"ARCFOUR":    newOID("1.2.840.113549.3.4"),
	"RC2":        newOID("1.2.840.113549.3.2"),
	"HmacSHA1":   newOID("1.2.840.113549.2.7"),
	"HmacSHA224": newOID("1.2.840.113549.2.8"),
	"HmacSHA256": newOID("1.2.840.113549.2.9"),
	"HmacSHA384": newOID("1.2.840.113549.2.10"),
	"HmacSHA512": newOID("1.2.840.113549.2.11"),
}

// pkcs8 is a secret key in the clothes of a private key, as Java has it in PKCS#12.
func (s *secretKey) pkcs8() ([]byte, error) {
	id, ok := secretOID(s.algorithm)
	if !ok {
		return nil, fmt.Errorf("%w: a secret key for %q has no place in PKCS#12", ErrKind, s.algorithm)
	}
	return der(tagSequence, derInt(0), algorithm{oid: id, params: derNull}.der(), der(tagOctets, s.key)), nil
}

// secretOID finds an algorithm as Java does, without regard to case.
func secretOID(algorithm string) (oid, bool) {
	for name, id := range secretAlgorithms {
		if strings.EqualFold(name, algorithm) {
			return id, true
		}
	}
	return "", false
}

func secretOfPKCS8(plain []byte) (*secretKey, error) {
	seq := readDER(plain).enter(tagSequence)
	seq.int()
	alg := seq.algorithm()
	key := seq.want(tagOctets)
	if seq.failed() {
		return nil, errNotOpen
	}
	for name, id := range secretAlgorithms {
		if id == alg.oid {
			return &secretKey{name, key}, nil
		}
	}
	return &secretKey{alg.oid.String(), key}, nil
}

// secretBagKey is the EncryptedPrivateKeyInfo in a SecretBag as Java writes it; nil for
// other contents.
func secretBagKey(value []byte) []byte {
	seq := readDER(value).enter(tagSequence)
	kind := seq.oid()
	sealed := seq.enter(contextConstr).want(tagOctets)
	if seq.failed() || kind != oidShroudedKeyBag {
		return nil
	}
	return sealed
}

func newSecretBag(sealed []byte, a attributes) []byte {
	return newBag(oidSecretBag, der(tagSequence, oidShroudedKeyBag.der(), der(contextConstr, der(tagOctets, sealed))), a)
}
