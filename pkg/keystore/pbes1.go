package keystore

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"hash"
	"strings"
)

// PBES1 of PKCS#5 (RFC 8018 section 6.1) and its kin in PKCS#12 (RFC 7292 appendix C):
// the ways of the nineties, only ever read.

type pbes1Kind struct {
	cipher  string // "3des", "2des", "des", "rc2", "rc4"
	keyBits int
	hash    func() hash.Hash
	pkcs5   bool // PBKDF1 in place of the derivation of PKCS#12
}

var pbes1Kinds = map[oid]pbes1Kind{
	newOID("1.2.840.113549.1.12.1.1"): {"rc4", 128, sha1.New, false},
	newOID("1.2.840.113549.1.12.1.2"): {"rc4", 40, sha1.New, false},
	newOID("1.2.840.113549.1.12.1.3"): {"3des", 192, sha1.New, false},
	newOID("1.2.840.113549.1.12.1.4"): {"2des", 128, sha1.New, false},
	newOID("1.2.840.113549.1.12.1.5"): {"rc2", 128, sha1.New, false},
	newOID("1.2.840.113549.1.12.1.6"): {"rc2", 40, sha1.New, false},
	newOID("1.2.840.113549.1.5.3"):    {"des", 64, md5.New, true},
	newOID("1.2.840.113549.1.5.6"):    {"rc2", 64, md5.New, true},
	newOID("1.2.840.113549.1.5.10"):   {"des", 64, sha1.New, true},
	newOID("1.2.840.113549.1.5.11"):   {"rc2", 64, sha1.New, true},
}

func newPBES1(kind pbes1Kind, params []byte) (*pbe, error) {
	r := readDER(params)
	seq := r.enter(tagSequence)
	salt, iterations := seq.want(tagOctets), seq.int()
	if r.failed() {
		return nil, badFormat("parameters of the encryption: %w", r.fault())
	}
	p := &pbe{iterations: iterations}
	if kind.cipher == "2des" || kind.pkcs5 && kind.cipher == "rc2" {
		p.notJava = strings.ToUpper(kind.cipher)
	}
	p.encodings = bmpPasswords
	if kind.pkcs5 {
		p.encodings = func(password []byte) [][]byte { return [][]byte{password} }
	}
	p.decrypt = func(data, password []byte) ([]byte, error) {
		key, iv := kind.derive(password, salt, iterations)
		return kind.decrypt(key, iv, data)
	}
	return p, nil
}

func (k pbes1Kind) derive(password, salt []byte, iterations int) (key, iv []byte) {
	if k.pkcs5 {
		d := pbkdf1(k.hash, password, salt, iterations)
		return d[:8], d[8:16]
	}
	key = pkcs12KDF(k.hash, password, salt, iterations, pkcs12Key, k.keyBits/8)
	if k.cipher != "rc4" {
		iv = pkcs12KDF(k.hash, password, salt, iterations, pkcs12IV, 8)
	}
	return key, iv
}

func (k pbes1Kind) decrypt(key, iv, data []byte) ([]byte, error) {
	var block cipher.Block
	var err error
	switch k.cipher {
	case "rc4":
		stream, err := rc4.NewCipher(key)
		if err != nil {
			return nil, err
		}
		plain := make([]byte, len(data))
		stream.XORKeyStream(plain, data)
		return plain, nil
	case "rc2":
		block = newRC2(key, k.keyBits)
	case "des":
		block, err = des.NewCipher(key)
	case "2des":
		block, err = des.NewTripleDESCipher(append(key[:16:16], key[:8]...))
	default:
		block, err = des.NewTripleDESCipher(key)
	}
	if err != nil {
		return nil, err
	}
	return cbcOpen(block, iv, data)
}

// pbkdf1 is RFC 8018 section 5.1.
func pbkdf1(newHash func() hash.Hash, password, salt []byte, iterations int) []byte {
	h := newHash()
	h.Write(password)
	h.Write(salt)
	d := h.Sum(nil)
	for range iterations - 1 {
		h.Reset()
		h.Write(d)
		d = h.Sum(d[:0])
	}
	return d
}
