package keystore

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/subtle"
	"fmt"
	"io"
	"slices"
)

// jceksIterations is how often the JDK hashes for a key of a JCEKS store.
const jceksIterations = 200_000

// newJKSKey is Sun's own cipher for keys in JKS: a stream made by hashing the password.
func newJKSKey(params []byte) (*pbe, error) {
	return &pbe{
		iterations: 1,
		encodings:  func(password []byte) [][]byte { return [][]byte{bmp(password)} },
		decrypt: func(data, password []byte) ([]byte, error) {
			if len(data) < 2*sha1.Size {
				return nil, errDER
			}
			salt, data, check := data[:sha1.Size], data[sha1.Size:len(data)-sha1.Size], data[len(data)-sha1.Size:]
			plain := jksStream(salt, data, password)
			if !hmac.Equal(check, jksCheck(plain, password)) {
				return nil, ErrPassword
			}
			return plain, nil
		},
	}, nil
}

func jksStream(salt, data, password []byte) []byte {
	out := make([]byte, len(data))
	w := salt
	for i := 0; i < len(data); i += sha1.Size {
		sum := sha1.Sum(append(password[:len(password):len(password)], w...))
		w = sum[:]
		n := min(len(data)-i, sha1.Size)
		subtle.XORBytes(out[i:i+n], data[i:i+n], w)
	}
	return out
}

func jksCheck(plain, password []byte) []byte {
	h := sha1.New()
	h.Write(password)
	h.Write(plain)
	return h.Sum(nil)
}

// sealJKS encrypts a PKCS#8 key for JKS.
func sealJKS(plain, password []byte, rnd io.Reader) ([]byte, error) {
	salt := make([]byte, sha1.Size)
	if _, err := io.ReadFull(rnd, salt); err != nil {
		return nil, fmt.Errorf("salt: %w", err)
	}
	text := bmp(password)
	data := slices.Concat(salt, jksStream(salt, plain, text), jksCheck(plain, text))
	return der(tagSequence, algorithm{oidJKSKey, derNull}.der(), der(tagOctets, data)), nil
}

// newJCEKSKey is Sun's PBEWithMD5AndTripleDES, for all keys of JCEKS.
func newJCEKSKey(params []byte) (*pbe, error) {
	seq := readDER(params).enter(tagSequence)
	salt, iterations := seq.want(tagOctets), seq.int()
	if seq.failed() || len(salt) != 8 {
		return nil, badFormat("parameters of a JCEKS key")
	}
	return &pbe{
		iterations: iterations,
		encodings:  func(password []byte) [][]byte { return [][]byte{password} },
		decrypt: func(data, password []byte) ([]byte, error) {
			block, iv, err := jceksCipher(password, salt, iterations)
			if err != nil {
				return nil, err
			}
			return cbcOpen(block, iv, data)
		},
	}, nil
}

// jceksCipher derives key and vector from both halves of the salt.
func jceksCipher(password, salt []byte, iterations int) (block cipher.Block, iv []byte, err error) {
	first, second := salt[:4:4], salt[4:8]
	if string(first) == string(second) {
		first = []byte{first[3], first[2], first[1], first[0]}
	}
	var derived []byte
	for _, half := range [][]byte{first, second} {
		h := md5.New()
		d := slices.Clone(half)
		for range iterations {
			h.Reset()
			h.Write(d)
			h.Write(password)
			d = h.Sum(d[:0])
		}
		derived = append(derived, d...)
	}
	block, err = des.NewTripleDESCipher(derived[:24])
	return block, derived[24:], err
}

// sealPBEMD5 encrypts as JCEKS does; params are those of the algorithm.
func sealPBEMD5(plain, password []byte, rnd io.Reader) (params, data []byte, err error) {
	salt := make([]byte, 8)
	if _, err := io.ReadFull(rnd, salt); err != nil {
		return nil, nil, fmt.Errorf("salt: %w", err)
	}
	block, iv, err := jceksCipher(password, salt, jceksIterations)
	if err != nil {
		return nil, nil, err
	}
	params = der(tagSequence, der(tagOctets, salt), derInt(jceksIterations))
	return params, cbcSeal(block, iv, plain), nil
}

func sealJCEKS(plain, password []byte, rnd io.Reader) ([]byte, error) {
	params, data, err := sealPBEMD5(plain, password, rnd)
	if err != nil {
		return nil, err
	}
	return der(tagSequence, algorithm{oidJCEKSKey, params}.der(), der(tagOctets, data)), nil
}
