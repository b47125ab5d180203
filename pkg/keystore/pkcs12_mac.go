package keystore

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"io"
)

// pkcs12Mac is a MacData, RFC 7292 section 4, or in its clothes a PBMAC1, RFC 9579.
type pkcs12Mac struct {
	alg        algorithm
	digest     []byte
	salt       []byte
	iterations int
}

var macHashes = map[oid]func() hash.Hash{
	newOID("1.2.840.113549.2.5"):     md5.New,
	newOID("1.3.14.3.2.26"):          sha1.New,
	newOID("2.16.840.1.101.3.4.2.1"): sha256.New,
	newOID("2.16.840.1.101.3.4.2.2"): sha512.New384,
	newOID("2.16.840.1.101.3.4.2.3"): sha512.New,
	newOID("2.16.840.1.101.3.4.2.4"): sha256.New224,
	newOID("2.16.840.1.101.3.4.2.5"): sha512.New512_224,
	newOID("2.16.840.1.101.3.4.2.6"): sha512.New512_256,
}

func readMac(seq *derReader) *pkcs12Mac {
	info := seq.enter(tagSequence)
	m := &pkcs12Mac{alg: info.algorithm(), digest: info.want(tagOctets), iterations: 1}
	m.salt = seq.want(tagOctets)
	if seq.more() {
		m.iterations = seq.int()
	}
	return m
}

// verify says with ErrPassword that the MAC over content is not of this password.
func (m *pkcs12Mac) verify(content, password []byte, left *work) error {
	if m.alg.oid == oidPBMAC1 {
		return m.verifyPBMAC1(content, password, left)
	}
	newHash, ok := macHashes[m.alg.oid]
	if !ok {
		return fmt.Errorf("%w: MAC %v", ErrKind, m.alg.oid)
	}
	if err := checkIterations(m.iterations); err != nil {
		return err
	}
	for _, form := range bmpPasswords(password) {
		if err := left.spend(m.iterations); err != nil {
			return err
		}
		key := pkcs12KDF(newHash, form, m.salt, m.iterations, pkcs12MAC, newHash().Size())
		if hmac.Equal(m.digest, hmacSum(newHash, key, content)) {
			return nil
		}
	}
	return errMAC
}

// errMAC: a MAC does not tell a wrong password from altered bytes.
var errMAC = fmt.Errorf("%w, or the file was altered", ErrPassword)

func (m *pkcs12Mac) verifyPBMAC1(content, password []byte, left *work) error {
	seq := readDER(m.alg.params).enter(tagSequence)
	kdfAlg, macAlg := seq.algorithm(), seq.algorithm()
	if seq.failed() {
		return badFormat("PBMAC1: %w", seq.fault())
	}
	kdf, err := newKeyDerivation(kdfAlg)
	if err != nil {
		return err
	}
	newHash, ok := prfHashes[macAlg.oid]
	if !ok {
		return fmt.Errorf("%w: PBMAC1 with %v", ErrKind, macAlg.oid)
	}
	// RFC 9579 section 4: the length of the key must be there.
	if kdf.keySize < 20 || kdf.keySize > 64 {
		return badFormat("PBMAC1 with a key of %d bytes", kdf.keySize)
	}
	if err := checkIterations(kdf.iterations); err != nil {
		return err
	}
	if err := left.spend(kdf.iterations); err != nil {
		return err
	}
	key, err := kdf.derive(password, kdf.keySize)
	if err != nil {
		return err
	}
	if !hmac.Equal(m.digest, hmacSum(newHash, key, content)) {
		return errMAC
	}
	return nil
}

// newMac writes a MacData of HMAC-SHA256.
func newMac(content, password []byte, rnd io.Reader) ([]byte, error) {
	salt := make([]byte, 20)
	if _, err := io.ReadFull(rnd, salt); err != nil {
		return nil, fmt.Errorf("salt: %w", err)
	}
	key := pkcs12KDF(sha256.New, bmpPassword(password), salt, writeIterations, pkcs12MAC, sha256.Size)
	info := der(tagSequence, algorithm{oidSHA256, derNull}.der(), der(tagOctets, hmacSum(sha256.New, key, content)))
	return der(tagSequence, info, der(tagOctets, salt), derInt(writeIterations)), nil
}

func hmacSum(newHash func() hash.Hash, key, content []byte) []byte {
	h := hmac.New(newHash, key)
	h.Write(content)
	return h.Sum(nil)
}
