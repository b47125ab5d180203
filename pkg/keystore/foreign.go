package keystore

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrBouncyCastle says that a file is one of Bouncy Castle's own formats, which only it
// reads: keytool converts them when given its library.
var ErrBouncyCastle = errors.New("a format of Bouncy Castle alone")

// refuse says what a file is that has none of the formats that are read.
func refuse(data []byte) error {
	if kind := bouncyCastle(data); kind != "" {
		return fmt.Errorf("%w: it is %s, %w; keytool converts it with -importkeystore -srcstoretype %s and Bouncy Castle's library",
			ErrFormat, kind, ErrBouncyCastle, kind)
	}
	return badFormat("neither PKCS#12, JKS, JCEKS, PEM, DER nor PKCS#7")
}

// bouncyCastle tells BKS, UBER and BCFKS by their first bytes. BKS and UBER begin with a
// version, a salt of 20 bytes and a count; then UBER is random, and BKS has an entry.
func bouncyCastle(data []byte) string {
	if isBCFKS(data) {
		return "BCFKS"
	}
	const header = 4 + 4 + 20 + 4
	if len(data) < header+3 {
		return ""
	}
	version, salt := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	if version > 2 || salt != 20 {
		return ""
	}
	if kind, alias := data[header], int(binary.BigEndian.Uint16(data[header+1:])); kind <= 4 && alias < len(data)-header {
		return "BKS"
	}
	return "UBER"
}

// isBCFKS looks for an encrypted value where a certificate would have its version.
func isBCFKS(data []byte) bool {
	der, err := toDER(data)
	if err != nil {
		return false
	}
	r := readDER(der)
	store := r.enter(tagSequence)
	content := store.enter(tagSequence)
	content.algorithm()
	content.want(tagOctets)
	store.want(tagSequence)
	return !r.failed() && !content.more()
}
