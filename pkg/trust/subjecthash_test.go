package trust_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/trust"
)

// names in DER, an RDN an argument.
func subject(rdns ...string) []byte { return der(0x30, strings.Join(rdns, "")) }
func rdn(attributes ...string) string {
	return string(der(0x31, strings.Join(attributes, "")))
}
func attribute(oid string, tag byte, value string) string {
	return string(der(0x30, oid+string(der(tag, value))))
}

func der(tag byte, content string) []byte {
	out, err := asn1.Marshal(asn1.RawValue{Class: int(tag >> 6), IsCompound: tag&0x20 != 0, Tag: int(tag & 0x1f), Bytes: []byte(content)})
	if err != nil {
		panic(err)
	}
	return out
}

const (
	cn      = "\x06\x03\x55\x04\x03"
	org     = "\x06\x03\x55\x04\x0a"
	unit    = "\x06\x03\x55\x04\x0b"
	country = "\x06\x03\x55\x04\x06"
	mail    = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"
	bigOID  = "\x06\x12\x69\x83\xe9\xc3\xc7\xf9\xe8\xd1\xa2\xc5\x8b\x97\xae\xdd\xba\xf5\xeb\x57"

	utf8Tag, numericTag, printableTag, t61Tag, ia5Tag, universalTag, bmpTag = 0x0c, 0x12, 0x13, 0x14, 0x16, 0x1c, 0x1e
)

var oddSubjects = map[string][]byte{
	"empty":                         subject(),
	"plain":                         subject(rdn(attribute(country, printableTag, "DE")), rdn(attribute(org, utf8Tag, "Example")), rdn(attribute(cn, utf8Tag, "gw.example.com"))),
	"capitals":                      subject(rdn(attribute(cn, utf8Tag, "GW.Example.COM"))),
	"capitals outside ASCII":        subject(rdn(attribute(cn, utf8Tag, "ÄÖÜ ÉCLAIR Ω"))),
	"spaces around and inside":      subject(rdn(attribute(cn, utf8Tag, "  a   b \t\r\n\v\f c  "))),
	"spaces outside ASCII":          subject(rdn(attribute(cn, utf8Tag, "\u00a0a\u2003b\u0085"))),
	"nothing but spaces":            subject(rdn(attribute(cn, utf8Tag, "   "))),
	"an empty value":                subject(rdn(attribute(cn, utf8Tag, ""))),
	"a NUL inside":                  subject(rdn(attribute(cn, utf8Tag, "a\x00B"))),
	"printable":                     subject(rdn(attribute(cn, printableTag, "Some Name"))),
	"IA5":                           subject(rdn(attribute(mail, ia5Tag, "Ops@Example.COM"))),
	"IA5 with the high bit":         subject(rdn(attribute(mail, ia5Tag, "caf\xe9 X"))),
	"T61 as Latin-1":                subject(rdn(attribute(cn, t61Tag, "M\xfcller  GmbH"))),
	"numeric stays as it is":        subject(rdn(attribute(cn, numericTag, " 12  34 "))),
	"BMP":                           subject(rdn(attribute(cn, bmpTag, "\x00A\x00 \x00 \x04\x16\x20\xac"))),
	"BMP, empty":                    subject(rdn(attribute(cn, bmpTag, ""))),
	"universal":                     subject(rdn(attribute(cn, universalTag, "\x00\x00\x00A\x00\x01\xf6\x00"))),
	"a bit string":                  subject(rdn(attribute(cn, 0x03, "\x00AbC"))),
	"an OID arc of 128 bits":        subject(rdn(attribute(bigOID, utf8Tag, "Big OID"))),
	"several values of one RDN":     subject(rdn(attribute(cn, utf8Tag, "b"), attribute(org, utf8Tag, "A"))),
	"values sorted once canonical":  subject(rdn(attribute(cn, utf8Tag, "   Z"), attribute(cn, printableTag, "AAAA"), attribute(cn, utf8Tag, "zz"))),
	"a value of more than 128":      subject(rdn(attribute(cn, utf8Tag, strings.Repeat("Long ", 100)))),
	"the same attribute many times": subject(rdn(attribute(unit, utf8Tag, "One")), rdn(attribute(unit, utf8Tag, "Two")), rdn(attribute(unit, utf8Tag, "Three"))),
}

// The file name in a hashed folder is looked up by real OpenSSL, so the number has to
// be OpenSSL's own whatever the subject holds.
func TestSubjectHashIsThatOfOpenSSL(t *testing.T) {
	subjects := maps.Clone(oddSubjects)
	for i := range 100 {
		subjects[fmt.Sprintf("random %d", i)] = randomSubject(mathrand.New(mathrand.NewPCG(1, uint64(i))))
	}
	dir := t.TempDir()
	key := generate(t)
	for name, s := range subjects {
		c, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(1), RawSubject: s, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0),
		}, &x509.Certificate{RawSubject: s}, key.Public(), key)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "openssl", "rehash", ".")
	links, err := filepath.Glob(filepath.Join(dir, "*.[0-9]*"))
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]string{} // of each file, the hash that OpenSSL links it by
	for _, link := range links {
		if file, err := os.Readlink(link); err == nil {
			theirs[strings.TrimSuffix(file, ".pem")] = filepath.Base(link)[:8]
		}
	}
	for name, s := range subjects {
		if got, err := trust.SubjectHash(s); err != nil || got != theirs[name] {
			t.Errorf("%s (%x): got %s, %v; openssl says %q", name, s, got, err, theirs[name])
		}
	}
}

func randomSubject(r *mathrand.Rand) []byte {
	var rdns []string
	for range r.IntN(5) {
		var attributes []string
		for range 1 + r.IntN(3) {
			text := make([]byte, r.IntN(12))
			for i := range text {
				text[i] = " \t aAbBzZ09-."[r.IntN(13)]
			}
			attributes = append(attributes, attribute([]string{cn, org, unit, mail}[r.IntN(4)],
				[]byte{utf8Tag, printableTag, ia5Tag, t61Tag}[r.IntN(4)], string(text)))
		}
		rdns = append(rdns, rdn(attributes...))
	}
	return subject(rdns...)
}

// OpenSSL refuses a certificate with such a name, so no hash would help.
func TestSubjectHashRefusesWhatIsNoName(t *testing.T) {
	for name, s := range map[string][]byte{
		"nothing":                nil,
		"not DER":                []byte("CN=gw"),
		"something behind":       append(subject(), 0),
		"UTF-8 that is none":     subject(rdn(attribute(cn, utf8Tag, "\xff"))),
		"BMP of odd length":      subject(rdn(attribute(cn, bmpTag, "\x00A\x00"))),
		"BMP with a surrogate":   subject(rdn(attribute(cn, bmpTag, "\xd8\x3d\xde\x00"))),
		"universal out of range": subject(rdn(attribute(cn, universalTag, "\x00\x11\x00\x00"))),
	} {
		if hash, err := trust.SubjectHash(s); err == nil {
			t.Errorf("%s: hash %s, want an error", name, hash)
		}
	}
}

// Case and spaces do not tell names apart, whatever the name.
func FuzzSubjectHashOfDER(f *testing.F) {
	for _, s := range oddSubjects {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name []byte) {
		hash, err := trust.SubjectHash(name)
		if err == nil && len(hash) != 8 {
			t.Errorf("hash %q of %x: want eight digits", hash, name)
		}
		text := string(name)
		if len(text) > 100 || err != nil {
			return
		}
		plain, err1 := trust.SubjectHash(subject(rdn(attribute(cn, t61Tag, text))))
		spaced, err2 := trust.SubjectHash(subject(rdn(attribute(cn, t61Tag, "  "+asciiUpper(text)+"\t"))))
		if err1 != nil || err2 != nil || plain != spaced {
			t.Errorf("%q: %s and %s (%v, %v), want the same", text, plain, spaced, err1, err2)
		}
	})
}

func asciiUpper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
