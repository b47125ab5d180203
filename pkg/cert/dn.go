package cert

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// DN is a distinguished name: relative names in the order of their encoding, the
// most general (the country) first. Written down, RFC 4514 turns that round.
type DN []rdnSET

// rdnSET ends in SET, which is how encoding/asn1 knows to encode one.
type rdnSET []attribute

type attribute struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

// DER encodes the name.
func (d DN) DER() []byte {
	var sets [][]byte
	for _, rdn := range d {
		var members [][]byte
		for _, a := range rdn {
			value := a.Value.FullBytes
			if value == nil {
				value = tlv(byte(a.Value.Tag), a.Value.Bytes)
			}
			members = append(members, tlv(tagSequence, derOID(a.Type), value))
		}
		slices.SortFunc(members, bytes.Compare) // X.690, 11.6
		sets = append(sets, tlv(tagSet, members...))
	}
	return tlv(tagSequence, sets...)
}

// readDN decodes a name.
func readDN(der []byte) (DN, error) {
	var d DN
	rest, err := asn1.Unmarshal(der, &d)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, errors.New("bytes follow the name")
	}
	return d, nil
}

// FormatDN writes an encoded name as RFC 4514 does; what cannot be read as a name
// is shown in hex.
func FormatDN(der []byte) string {
	d, err := readDN(der)
	if err != nil {
		return "#" + hex.EncodeToString(der)
	}
	return d.String()
}

// String writes the name as RFC 4514 does.
func (d DN) String() string {
	var out []string
	for _, rdn := range slices.Backward(d) {
		var parts []string
		for _, a := range rdn {
			parts = append(parts, a.String())
		}
		out = append(out, strings.Join(parts, "+"))
	}
	return strings.Join(out, ",")
}

func (a attribute) String() string {
	t := typeByOID(a.Type)
	text, ok := decodeString(a.Value)
	if len(t.names) > 0 && ok {
		return t.names[0] + "=" + escape(text)
	}
	der := a.Value.FullBytes
	if der == nil {
		der = tlv(byte(a.Value.Tag), a.Value.Bytes)
	}
	name := a.Type.String()
	if len(t.names) > 0 {
		name = t.names[0]
	}
	return name + "=#" + hex.EncodeToString(der)
}

// decodeString reads the string types that occur in names.
func decodeString(v asn1.RawValue) (string, bool) {
	if v.Class != asn1.ClassUniversal || v.IsCompound {
		return "", false
	}
	switch v.Tag {
	case asn1.TagPrintableString, asn1.TagUTF8String, asn1.TagIA5String, asn1.TagNumericString:
		return string(v.Bytes), utf8.Valid(v.Bytes)
	case asn1.TagT61String: // in practice Latin-1
		runes := make([]rune, len(v.Bytes))
		for i, b := range v.Bytes {
			runes[i] = rune(b)
		}
		return string(runes), true
	case asn1.TagBMPString:
		if len(v.Bytes)%2 != 0 {
			return "", false
		}
		units := make([]uint16, len(v.Bytes)/2)
		for i := range units {
			units[i] = uint16(v.Bytes[2*i])<<8 | uint16(v.Bytes[2*i+1])
		}
		return string(utf16.Decode(units)), true
	}
	return "", false
}

// escape writes a value so that it can stand in a name (RFC 4514, 2.4). Characters
// that would move a terminal's cursor are written as their bytes.
func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune(`"+,;<>\`, r),
			r == ' ' && (i == 0 || i == len(s)-1),
			r == '#' && i == 0:
			b.WriteByte('\\')
			b.WriteRune(r)
		case !unicode.IsPrint(r):
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, `\%02X`, c)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// value gives the text of the first attribute of a type, "" where there is none.
func (d DN) value(oid asn1.ObjectIdentifier) string {
	for _, rdn := range d {
		for _, a := range rdn {
			if a.Type.Equal(oid) {
				text, _ := decodeString(a.Value)
				return text
			}
		}
	}
	return ""
}

// dnOf makes a name of one attribute, cut to what the attribute may hold.
func dnOf(oid asn1.ObjectIdentifier, text string) DN {
	t := typeByOID(oid)
	if runes := []rune(text); len(runes) > t.limit {
		text = string(runes[:t.limit])
	}
	a, err := attributeOf(t, text)
	if err != nil {
		return nil
	}
	return DN{{a}}
}
