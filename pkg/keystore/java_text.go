package keystore

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

var errModifiedUTF8 = errors.New("text that is not modified UTF-8")

// fromModifiedUTF8 reads text as Java's DataInput has it: U+0000 in two bytes, and what is
// outside the Basic Multilingual Plane as two surrogates of three bytes.
func fromModifiedUTF8(b []byte) (string, error) {
	units := make([]uint16, 0, len(b))
	for len(b) > 0 {
		var n int
		var u uint16
		switch {
		case b[0] < 0x80:
			n, u = 1, uint16(b[0])
		case b[0]&0xe0 == 0xc0 && len(b) >= 2:
			n, u = 2, uint16(b[0]&0x1f)<<6|uint16(b[1]&0x3f)
		case b[0]&0xf0 == 0xe0 && len(b) >= 3:
			n, u = 3, uint16(b[0]&0x0f)<<12|uint16(b[1]&0x3f)<<6|uint16(b[2]&0x3f)
		default:
			return "", errModifiedUTF8
		}
		for _, c := range b[1:n] {
			if c&0xc0 != 0x80 {
				return "", errModifiedUTF8
			}
		}
		units = append(units, u)
		b = b[n:]
	}
	return string(utf16.Decode(units)), nil
}

// appendUTF writes text as fromModifiedUTF8 reads it, after its length in two bytes.
func appendUTF(out []byte, text string) ([]byte, error) {
	at := len(out)
	out = append(out, 0, 0)
	for _, u := range utf16.Encode([]rune(text)) {
		switch {
		case u != 0 && u < 0x80:
			out = append(out, byte(u))
		case u < 0x800:
			out = append(out, 0xc0|byte(u>>6), 0x80|byte(u&0x3f))
		default:
			out = append(out, 0xe0|byte(u>>12), 0x80|byte(u>>6&0x3f), 0x80|byte(u&0x3f))
		}
	}
	n := len(out) - at - 2
	if n > 0xffff {
		return nil, errors.New("text of more than 65535 bytes")
	}
	binary.BigEndian.PutUint16(out[at:], uint16(n))
	return out, nil
}
