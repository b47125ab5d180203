package trust

import (
	"crypto/sha256"
	_ "embed"
	"strings"
)

// The 2048 words differ in their first four letters; what sounds like another word is
// not among them.
//
//go:embed words.txt
var wordList string

const (
	wordCount = 12
	wordBits  = 11
)

// Words is the fingerprint of a DER value for people to read to each other: the first
// 132 bits of its SHA-256 as 12 words. Finding a second certificate with the same words
// is as hard as breaking a key of 128 bits.
func Words(der []byte) []string {
	all := strings.Fields(wordList)
	sum := sha256.Sum256(der)
	var words []string
	for at := 0; at < wordCount*wordBits; at += wordBits {
		n := 0
		for i := at; i < at+wordBits; i++ {
			n = n<<1 | int(sum[i/8]>>(7-i%8)&1)
		}
		words = append(words, all[n])
	}
	return words
}

// Words is the fingerprint of an anchor, in words.
func (a Anchor) Words() []string { return Words(a.Raw) }
