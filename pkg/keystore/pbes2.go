package keystore

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"io"
)

// PBES2, RFC 8018 section 6.2: a key from PBKDF2 or scrypt, and a cipher in CBC mode.

// writeIterations is how often what we write hashes: the JDK's own default.
const writeIterations = 10_000

// keyDerivation makes a key of size bytes from a password.
type keyDerivation struct {
	iterations int
	keySize    int // as the file says, 0 if it does not
	derive     func(password []byte, size int) ([]byte, error)
}

var prfHashes = map[oid]func() hash.Hash{
	newOID("1.2.840.113549.2.7"):  sha1.New,
	newOID("1.2.840.113549.2.8"):  sha256.New224,
	newOID("1.2.840.113549.2.9"):  sha256.New,
	newOID("1.2.840.113549.2.10"): sha512.New384,
	newOID("1.2.840.113549.2.11"): sha512.New,
	newOID("1.2.840.113549.2.12"): sha512.New512_224,
	newOID("1.2.840.113549.2.13"): sha512.New512_256,
}

// blockCipher of a key size; size 0 is a cipher of RC2, whose parameters say it.
type blockCipher struct {
	keySize int
	new     func(key []byte) (cipher.Block, error)
}

var pbes2Ciphers = map[oid]blockCipher{
	oidAES128CBC:                      {16, aes.NewCipher},
	newOID("2.16.840.1.101.3.4.1.22"): {24, aes.NewCipher},
	oidAES256CBC:                      {32, aes.NewCipher},
	newOID("1.2.840.113549.3.7"):      {24, des.NewTripleDESCipher},
	newOID("1.3.14.3.2.7"):            {8, des.NewCipher},
}

func newPBES2(params []byte) (*pbe, error) {
	r := readDER(params)
	seq := r.enter(tagSequence)
	kdfAlg, encAlg := seq.algorithm(), seq.algorithm()
	if r.failed() {
		return nil, badFormat("PBES2: %w", r.fault())
	}
	kdf, err := newKeyDerivation(kdfAlg)
	if err != nil {
		return nil, err
	}
	c, ok := pbes2Ciphers[encAlg.oid]
	if !ok {
		return nil, fmt.Errorf("%w: PBES2 with cipher %v", ErrKind, encAlg.oid)
	}
	iv := readDER(encAlg.params)
	vector := iv.want(tagOctets)
	if iv.failed() || kdf.keySize != 0 && kdf.keySize != c.keySize {
		return nil, badFormat("PBES2: parameters of the cipher")
	}
	notJava := ""
	switch {
	case kdfAlg.oid == oidScrypt:
		notJava = "scrypt"
	case encAlg.oid != oidAES128CBC && encAlg.oid != oidAES256CBC:
		notJava = "PBES2 with another cipher than AES-128 or AES-256"
	}
	return &pbe{
		iterations: kdf.iterations,
		notJava:    notJava,
		encodings:  utf8ThenBMP,
		decrypt: func(data, password []byte) ([]byte, error) {
			key, err := kdf.derive(password, c.keySize)
			if err != nil {
				return nil, err
			}
			block, err := c.new(key)
			if err != nil {
				return nil, err
			}
			return cbcOpen(block, vector, data)
		},
	}, nil
}

// utf8ThenBMP: NSS up to 3.100 hands PBKDF2 the password as PKCS#12 has it elsewhere.
func utf8ThenBMP(password []byte) [][]byte { return [][]byte{password, bmpPassword(password)} }

func newKeyDerivation(a algorithm) (*keyDerivation, error) {
	switch a.oid {
	case oidPBKDF2:
		return newPBKDF2(a.params)
	case oidScrypt:
		return newScrypt(a.params)
	}
	return nil, fmt.Errorf("%w: key derivation %v", ErrKind, a.oid)
}

func newPBKDF2(params []byte) (*keyDerivation, error) {
	r := readDER(params)
	seq := r.enter(tagSequence)
	salt := seq.want(tagOctets)
	k := &keyDerivation{iterations: seq.int()}
	if seq.at(tagInteger) {
		k.keySize = seq.int()
	}
	newHash := sha1.New
	if seq.more() {
		prf := seq.algorithm()
		newHash = prfHashes[prf.oid]
		if newHash == nil && !r.failed() {
			return nil, fmt.Errorf("%w: PBKDF2 with %v", ErrKind, prf.oid)
		}
	}
	if r.failed() {
		return nil, badFormat("PBKDF2: %w", r.fault())
	}
	k.derive = func(password []byte, size int) ([]byte, error) {
		return pbkdf2.Key(newHash, string(password), salt, k.iterations, size)
	}
	return k, nil
}

// encryptPBES2 encrypts with PBKDF2-HMAC-SHA256 and AES-256-CBC; alg is the
// AlgorithmIdentifier.
func encryptPBES2(plain, password []byte, rnd io.Reader) (alg, data []byte, err error) {
	random := make([]byte, 20+aes.BlockSize)
	if _, err := io.ReadFull(rnd, random); err != nil {
		return nil, nil, fmt.Errorf("salt: %w", err)
	}
	salt, iv := random[:20], random[20:]
	key, err := pbkdf2.Key(sha256.New, string(password), salt, writeIterations, 32)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	kdf := algorithm{oidPBKDF2, der(tagSequence, der(tagOctets, salt), derInt(writeIterations),
		derInt(32), algorithm{oidHMACSHA256, derNull}.der())}
	enc := algorithm{oidAES256CBC, der(tagOctets, bytes.Clone(iv))}
	return algorithm{oidPBES2, der(tagSequence, kdf.der(), enc.der())}.der(), cbcSeal(block, iv, plain), nil
}
