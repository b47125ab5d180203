package keystore

import (
	"crypto/aes"
	"crypto/des"
	"crypto/md5"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
)

// Keys as OpenSSL wrote them before PKCS#8: RFC 1421 headers, a password hashed once, and
// a structure of its own for each kind of key. They are only read.

var legacyCiphers = map[string]blockCipher{
	"AES-128-CBC":  {16, aes.NewCipher},
	"AES-192-CBC":  {24, aes.NewCipher},
	"AES-256-CBC":  {32, aes.NewCipher},
	"DES-EDE3-CBC": {24, des.NewTripleDESCipher},
	"DES-CBC":      {8, des.NewCipher},
}

func openLegacyPEM(block *pem.Block, p Passwords) ([]byte, error) {
	name, vector, _ := strings.Cut(block.Headers["DEK-Info"], ",")
	c, ok := legacyCiphers[strings.ToUpper(strings.TrimSpace(name))]
	if !ok {
		return nil, fmt.Errorf("%w: encryption %q", ErrKind, name)
	}
	iv, err := hex.DecodeString(strings.TrimSpace(vector))
	if err != nil || len(iv) < 8 {
		return nil, badFormat("its vector is broken")
	}
	if p.Key == nil && p.Store == nil {
		return nil, ErrPasswordNeeded
	}
	for _, password := range [][]byte{p.Key, p.Store} {
		if password == nil {
			continue
		}
		cipher, err := c.new(legacyKey(password, iv[:8], c.keySize))
		if err != nil {
			return nil, err
		}
		if plain, err := cbcOpen(cipher, iv, block.Bytes); err == nil && isSequence(plain) {
			return plain, nil
		}
	}
	return nil, ErrPassword
}

// legacyKey is OpenSSL's EVP_BytesToKey with MD5 and one iteration.
func legacyKey(password, salt []byte, size int) []byte {
	var key, sum []byte
	for len(key) < size {
		h := md5.New()
		h.Write(sum)
		h.Write(password)
		h.Write(salt)
		sum = h.Sum(nil)
		key = append(key, sum...)
	}
	return key[:size]
}

var (
	oidRSA = newOID("1.2.840.113549.1.1.1")
	oidEC  = newOID("1.2.840.10045.2.1")
	oidDSA = newOID("1.2.840.10040.4.1")
)

// toPKCS8 wraps the key in a PEM block of the type, without a look at curves and sizes:
// a key that Go does not know is kept too.
func toPKCS8(kind string, content []byte) ([]byte, error) {
	content, err := toDER(content)
	if err != nil {
		return nil, badFormat("%w", err)
	}
	r := readDER(content)
	seq := r.enter(tagSequence)
	alg, key := algorithm{}, content
	switch kind {
	case "RSA PRIVATE KEY": // RFC 8017
		seq.int()
		seq.want(tagInteger)
		alg = algorithm{oidRSA, derNull}
	case "EC PRIVATE KEY": // RFC 5915
		seq.int()
		seq.want(tagOctets)
		alg = algorithm{oidEC, seq.want(contextConstr)}
	case "DSA PRIVATE KEY": // version, p, q, g, y, x
		seq.int()
		p, q, g := seq.next().raw, seq.next().raw, seq.next().raw
		seq.next()
		alg, key = algorithm{oidDSA, der(tagSequence, p, q, g)}, seq.next().raw
	default:
		return content, nil
	}
	if r.failed() {
		return nil, badFormat("%w", r.fault())
	}
	return der(tagSequence, derInt(0), alg.der(), der(tagOctets, key)), nil
}
