package trust

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// errName says that a name is not one that OpenSSL would take either.
var errName = errors.New("not a name in DER")

// SubjectHash is the number by which OpenSSL finds a certificate in a hashed
// folder: eight hex digits of the SHA-1 of the subject in canonical form, as
// `openssl x509 -subject_hash` prints them. Name is the subject in DER.
func SubjectHash(name []byte) (string, error) {
	canonical, err := canonicalName(name)
	if err != nil {
		return "", err
	}
	sum := sha1.Sum(canonical)
	return fmt.Sprintf("%08x", binary.LittleEndian.Uint32(sum[:])), nil
}

// A rdnSET is a RelativeDistinguishedName; its members are sorted when it is encoded.
type rdnSET []nameAttribute

type nameAttribute struct {
	Type  asn1.RawValue // an OID of any size; asn1.ObjectIdentifier has arcs of 31 bits
	Value asn1.RawValue
}

// canonicalName is OpenSSL's form of a name for comparison (X509_NAME's canon_enc):
// the RDNs one after another without the SEQUENCE around them, text in UTF-8.
func canonicalName(name []byte) ([]byte, error) {
	var rdns []rdnSET
	if rest, err := asn1.Unmarshal(name, &rdns); err != nil || len(rest) > 0 {
		return nil, errName
	}
	var out []byte
	for _, rdn := range rdns {
		for i := range rdn {
			if err := canonicalValue(&rdn[i].Value); err != nil {
				return nil, err
			}
		}
		der, err := asn1.Marshal(rdn)
		if err != nil {
			return nil, errName
		}
		out = append(out, der...)
	}
	return out, nil
}

// canonicalValue makes a text a UTF8String in lower case, without spaces around it
// and with single ones inside; only ASCII letters and spaces count. A value of
// another type stays as it is.
func canonicalValue(v *asn1.RawValue) error {
	if v.Class != asn1.ClassUniversal {
		return nil
	}
	text, isText, err := utf8Text(v.Tag, v.Bytes)
	if err != nil || !isText {
		return err
	}
	words := bytes.FieldsFunc(text, func(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' })
	text = bytes.Join(words, []byte(" "))
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			text[i] = c + 'a' - 'A'
		}
	}
	*v = asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: text}
	return nil
}

// universalString is a tag that encoding/asn1 has no name for.
const universalString = 28

// utf8Text converts what OpenSSL counts as text. A T61String is Latin-1 to it.
func utf8Text(tag int, raw []byte) (text []byte, isText bool, err error) {
	switch tag {
	case asn1.TagUTF8String:
		if !utf8.Valid(raw) {
			return nil, true, errName
		}
		return raw, true, nil
	case asn1.TagPrintableString, asn1.TagIA5String, asn1.TagT61String:
		for _, c := range raw {
			text = utf8.AppendRune(text, rune(c))
		}
		return text, true, nil
	case asn1.TagBMPString:
		text, err = fixedWidth(raw, 2)
		return text, true, err
	case universalString:
		text, err = fixedWidth(raw, 4)
		return text, true, err
	}
	return nil, false, nil
}

// fixedWidth reads characters of 2 or 4 bytes, big-endian. OpenSSL knows no
// surrogates here.
func fixedWidth(raw []byte, width int) (text []byte, err error) {
	if len(raw)%width != 0 {
		return nil, errName
	}
	for ; len(raw) > 0; raw = raw[width:] {
		var r rune
		for _, c := range raw[:width] {
			r = r<<8 | rune(c)
		}
		if r < 0 || utf16.IsSurrogate(r) || !utf8.ValidRune(r) {
			return nil, errName
		}
		text = utf8.AppendRune(text, r)
	}
	return text, nil
}
