package keystore

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// maxScrypt bounds memory (128 bytes for each unit of N*r) and, with p, the work.
const (
	maxScryptMemory = 64 << 20
	maxScryptWork   = 1 << 23
)

// newScrypt reads the parameters of RFC 7914 section 7.
func newScrypt(params []byte) (*keyDerivation, error) {
	seq := readDER(params).enter(tagSequence)
	salt := seq.want(tagOctets)
	n, r, p := seq.int(), seq.int(), seq.int()
	k := &keyDerivation{iterations: 1}
	if seq.at(tagInteger) {
		k.keySize = seq.int()
	}
	if seq.failed() {
		return nil, badFormat("scrypt: %w", seq.fault())
	}
	if n < 2 || n&(n-1) != 0 || r < 1 || p < 1 || n > maxScryptWork || r > maxScryptWork || p > maxScryptWork ||
		128*n*r > maxScryptMemory || n*r > maxScryptWork/p || 128*r*p > maxScryptMemory {
		return nil, badFormat("scrypt with N=%d, r=%d, p=%d: more work than is taken", n, r, p)
	}
	k.iterations = max(1, n*r*p/2)
	k.derive = func(password []byte, size int) ([]byte, error) { return scryptKey(password, salt, n, r, p, size) }
	return k, nil
}

// scryptKey is RFC 7914 section 6.
func scryptKey(password, salt []byte, n, r, p, size int) ([]byte, error) {
	b, err := pbkdf2.Key(sha256.New, string(password), salt, 1, p*128*r)
	if err != nil {
		return nil, err
	}
	words := 32 * r
	table := make([]uint32, n*words)
	x, y := make([]uint32, words), make([]uint32, words)
	for i := range p {
		part := b[i*128*r : (i+1)*128*r]
		for j := range x {
			x[j] = binary.LittleEndian.Uint32(part[4*j:])
		}
		romMix(x, y, table, n, r)
		for j := range x {
			binary.LittleEndian.PutUint32(part[4*j:], x[j])
		}
	}
	return pbkdf2.Key(sha256.New, string(password), b, 1, size)
}

// romMix is section 5; the result is in x.
func romMix(x, y, table []uint32, n, r int) {
	words := len(x)
	for i := range n {
		copy(table[i*words:], x)
		blockMix(x, y, r)
		x, y = y, x
	}
	for range n {
		j := int(x[words-16]) & (n - 1)
		for k, v := range table[j*words : (j+1)*words] {
			x[k] ^= v
		}
		blockMix(x, y, r)
		x, y = y, x
	}
	// n is even, so after 2n swaps the names are again those of the caller.
}

// blockMix is section 4.
func blockMix(in, out []uint32, r int) {
	var x [16]uint32
	copy(x[:], in[len(in)-16:])
	for i := range 2 * r {
		for j := range x {
			x[j] ^= in[16*i+j]
		}
		salsa8(&x)
		copy(out[16*(i/2+i%2*r):], x[:])
	}
}

// salsa8 is section 3.
func salsa8(b *[16]uint32) {
	x := *b
	quarter := func(a, b, c, d int) {
		x[b] ^= bits.RotateLeft32(x[a]+x[d], 7)
		x[c] ^= bits.RotateLeft32(x[b]+x[a], 9)
		x[d] ^= bits.RotateLeft32(x[c]+x[b], 13)
		x[a] ^= bits.RotateLeft32(x[d]+x[c], 18)
	}
	for range 4 {
		quarter(0, 4, 8, 12)
		quarter(5, 9, 13, 1)
		quarter(10, 14, 2, 6)
		quarter(15, 3, 7, 11)
		quarter(0, 1, 2, 3)
		quarter(5, 6, 7, 4)
		quarter(10, 11, 8, 9)
		quarter(15, 12, 13, 14)
	}
	for i := range b {
		b[i] += x[i]
	}
}
