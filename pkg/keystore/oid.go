package keystore

import (
	"strconv"
	"strings"
)

// oid is an object identifier as the bytes of its content in DER.
type oid string

// newOID reads the dotted form; it is for the names below alone.
func newOID(dotted string) oid {
	var out []byte
	var first uint64
	for i, part := range strings.Split(dotted, ".") {
		n, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			panic("keystore: object identifier " + dotted)
		}
		switch i {
		case 0:
			first = n * 40
			continue
		case 1:
			n += first
		}
		var arc []byte
		for {
			arc = append([]byte{byte(n&0x7f) | 0x80}, arc...)
			if n >>= 7; n == 0 {
				break
			}
		}
		arc[len(arc)-1] &= 0x7f
		out = append(out, arc...)
	}
	return oid(out)
}

func (o oid) der() []byte { return der(tagOID, []byte(o)) }

// String is the dotted form, for messages.
func (o oid) String() string {
	var b strings.Builder
	var n uint64
	for i := 0; i < len(o) && i < 64; i++ {
		n = n<<7 | uint64(o[i]&0x7f)
		if o[i]&0x80 != 0 {
			continue
		}
		if b.Len() == 0 {
			top := min(n/40, 2)
			b.WriteString(strconv.FormatUint(top, 10))
			n -= top * 40
		}
		b.WriteString("." + strconv.FormatUint(n, 10))
		n = 0
	}
	return b.String()
}

// PKCS#7 content, RFC 5652.
var (
	oidData          = newOID("1.2.840.113549.1.7.1")
	oidSignedData    = newOID("1.2.840.113549.1.7.2")
	oidEncryptedData = newOID("1.2.840.113549.1.7.6")
)

// PKCS#12 bags and attributes, RFC 7292.
var (
	oidKeyBag         = newOID("1.2.840.113549.1.12.10.1.1")
	oidShroudedKeyBag = newOID("1.2.840.113549.1.12.10.1.2")
	oidCertBag        = newOID("1.2.840.113549.1.12.10.1.3")
	oidCRLBag         = newOID("1.2.840.113549.1.12.10.1.4")
	oidSecretBag      = newOID("1.2.840.113549.1.12.10.1.5")
	oidSafeContents   = newOID("1.2.840.113549.1.12.10.1.6")
	oidX509           = newOID("1.2.840.113549.1.9.22.1")
	oidFriendlyName   = newOID("1.2.840.113549.1.9.20")
	oidLocalKeyID     = newOID("1.2.840.113549.1.9.21")
	oidJavaTrusted    = newOID("2.16.840.1.113894.746875.1.1")
	oidAnyUsage       = newOID("2.5.29.37.0")
)

// Encryption and MACs: RFC 8018, RFC 7292, RFC 7914, RFC 9579, and Sun's own.
var (
	oidPBES2      = newOID("1.2.840.113549.1.5.13")
	oidPBKDF2     = newOID("1.2.840.113549.1.5.12")
	oidPBMAC1     = newOID("1.2.840.113549.1.5.14")
	oidScrypt     = newOID("1.3.6.1.4.1.11591.4.11")
	oidAES128CBC  = newOID("2.16.840.1.101.3.4.1.2")
	oidAES256CBC  = newOID("2.16.840.1.101.3.4.1.42")
	oidHMACSHA256 = newOID("1.2.840.113549.2.9")
	oidSHA256     = newOID("2.16.840.1.101.3.4.2.1")
	oidJKSKey     = newOID("1.3.6.1.4.1.42.2.17.1.1")
	oidJCEKSKey   = newOID("1.3.6.1.4.1.42.2.19.1")
)

// Extensions of a certificate, RFC 5280.
var (
	oidSubjectKeyID     = newOID("2.5.29.14")
	oidAuthorityKeyID   = newOID("2.5.29.35")
	oidBasicConstraints = newOID("2.5.29.19")
)

// Attributes for what PKCS#12 has no place for; other programs pass over them. They are
// ones of PKCS#9 (RFC 2985) and RFC 5035, because encoding/asn1, with which Go programs
// read such files, fails on the long arcs of an identifier of our own.
var (
	oidSigningTime        = newOID("1.2.840.113549.1.9.5")
	oidSigningCertificate = newOID("1.2.840.113549.1.9.16.2.47")
)
