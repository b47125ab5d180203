package keystore

import (
	"bytes"
	"encoding/binary"
	"hash"
	"math/bits"
	"unicode/utf16"
)

// Purposes of a derived key, RFC 7292 appendix B.3.
const (
	pkcs12Key = 1
	pkcs12IV  = 2
	pkcs12MAC = 3
)

// pkcs12KDF derives size bytes for a purpose as RFC 7292 appendix B.2 says. The password
// is a BMPString with its two zero bytes.
func pkcs12KDF(newHash func() hash.Hash, password, salt []byte, iterations int, purpose byte, size int) []byte {
	h := newHash()
	v := h.BlockSize()
	diversifier := bytes.Repeat([]byte{purpose}, v)
	mix := append(fill(salt, v), fill(password, v)...)
	var out, a []byte
	for {
		h.Reset()
		h.Write(diversifier)
		h.Write(mix)
		a = h.Sum(a[:0])
		for range iterations - 1 {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		out = append(out, a...)
		if len(out) >= size {
			return out[:size]
		}
		b := fill(a, v)[:v]
		for i := 0; i < len(mix); i += v {
			addPlusOne(mix[i:i+v], b)
		}
	}
}

// fill repeats data up to the next multiple of size.
func fill(data []byte, size int) []byte {
	if len(data) == 0 {
		return nil
	}
	n := (len(data) + size - 1) / size * size
	return bytes.Repeat(data, n/len(data)+1)[:n:n]
}

// addPlusOne sets x to x + y + 1, as numbers of equal length, highest byte first.
func addPlusOne(x, y []byte) {
	carry := uint64(1)
	for i := len(x) - 8; i >= 0; i -= 8 {
		var sum uint64
		sum, carry = bits.Add64(binary.BigEndian.Uint64(x[i:]), binary.BigEndian.Uint64(y[i:]), carry)
		binary.BigEndian.PutUint64(x[i:], sum)
	}
}

// bmp is text in UTF-16, highest byte first.
func bmp(text []byte) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = binary.BigEndian.AppendUint16(out, unit)
	}
	return out
}

// fromBMP reads text in UTF-16.
func fromBMP(data []byte) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// bmpPassword is a password as PKCS#12 hashes it, with two zero bytes at its end.
func bmpPassword(password []byte) []byte { return append(bmp(password), 0, 0) }

// bmpPasswords are the forms of a password: an empty one is written with the two zero
// bytes by some programs and without by others.
func bmpPasswords(password []byte) [][]byte {
	forms := [][]byte{bmpPassword(password)}
	if len(password) == 0 {
		forms = append(forms, nil)
	}
	return forms
}
