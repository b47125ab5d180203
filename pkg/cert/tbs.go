package cert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/bits"
	"time"
)

// A CA that issues many certificates should cost what its signatures cost.
// x509.CreateCertificate verifies each signature that it makes, which takes several
// times as long as to make it; so leaves are encoded here. The tests hold each byte
// against what crypto/x509 makes of the same template.

const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBitString   = 0x03
	tagOctetString = 0x04
	tagOID         = 0x06
	tagUTCTime     = 0x17
	tagTime        = 0x18
	tagSequence    = 0x30
	tagSet         = 0x31
	context        = 0x80 // [0] of primitive type
	contextConstr  = 0xa0 // [0] of constructed type
)

// tlv encodes a value in DER: tag, length and parts.
func tlv(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := make([]byte, 0, n+6)
	out = append(out, tag)
	if n < 0x80 {
		out = append(out, byte(n))
	} else {
		size := (bits.Len(uint(n)) + 7) / 8
		out = append(out, 0x80|byte(size))
		for ; size > 0; size-- {
			out = append(out, byte(n>>(8*(size-1))))
		}
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// derOID encodes an object identifier (X.690, 8.19).
func derOID(oid asn1.ObjectIdentifier) []byte {
	out := make([]byte, 0, 16)
	for i, arc := range oid {
		switch i {
		case 0:
			continue
		case 1:
			arc += 40 * oid[0]
		}
		for shift := (max(bits.Len(uint(arc)), 1) - 1) / 7; shift > 0; shift-- {
			out = append(out, 0x80|byte(arc>>(7*shift)))
		}
		out = append(out, byte(arc&0x7f))
	}
	return tlv(tagOID, out)
}

// The curves of keys that most leaves have, encoded.
var (
	derECPublicKey = []byte{tagOID, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}
	ecAlgorithms   = map[elliptic.Curve][]byte{
		elliptic.P256(): tlv(tagSequence, derECPublicKey, []byte{tagOID, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}),
		elliptic.P384(): tlv(tagSequence, derECPublicKey, []byte{tagOID, 5, 0x2b, 0x81, 4, 0, 34}),
		elliptic.P521(): tlv(tagSequence, derECPublicKey, []byte{tagOID, 5, 0x2b, 0x81, 4, 0, 35}),
	}
)

// spkiDER encodes a public key (RFC 5280, 4.1.2.7; RFC 5480, 2).
func spkiDER(pub crypto.PublicKey) ([]byte, error) {
	if k, ok := pub.(*ecdsa.PublicKey); ok && ecAlgorithms[k.Curve] != nil {
		point, err := k.Bytes()
		if err != nil {
			return nil, err
		}
		return tlv(tagSequence, ecAlgorithms[k.Curve], tlv(tagBitString, []byte{0}, point)), nil
	}
	return x509.MarshalPKIXPublicKey(pub)
}

// content is what the first value of an encoding made here or by crypto/x509 holds,
// and what follows it.
func content(der []byte) (inside, rest []byte) {
	n, header := int(der[1]), 2
	if n >= 0x80 {
		size := n & 0x7f
		n = 0
		for _, b := range der[2 : 2+size] {
			n = n<<8 | int(b)
		}
		header += size
	}
	return der[header : header+n], der[header+n:]
}

// The object identifiers that every leaf has, encoded.
var (
	derKeyUsage         = []byte{6, 3, 0x55, 0x1d, 15}
	derExtKeyUsage      = []byte{6, 3, 0x55, 0x1d, 37}
	derBasicConstraints = []byte{6, 3, 0x55, 0x1d, 19}
	derSubjectKeyID     = []byte{6, 3, 0x55, 0x1d, 14}
	derAuthorityKeyID   = []byte{6, 3, 0x55, 0x1d, 35}
	derSAN              = []byte{6, 3, 0x55, 0x1d, 17}
	derServerAuth       = []byte{6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1}
	derClientAuth       = []byte{6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2}
)

// signer is how a key signs certificates: with which hash, and how that is written.
type signer struct {
	crypto.Signer
	hash      crypto.Hash // 0 for Ed25519, which signs the message itself
	algorithm []byte
}

func newSigner(key crypto.Signer) (signer, error) {
	ecdsaWith := func(n byte) []byte { return tlv(tagSequence, []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, n}) }
	switch pub := key.Public().(type) {
	case *rsa.PublicKey:
		return signer{key, crypto.SHA256, tlv(tagSequence, []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0})}, nil
	case ed25519.PublicKey:
		return signer{key, 0, tlv(tagSequence, []byte{6, 3, 0x2b, 0x65, 0x70})}, nil
	case *ecdsa.PublicKey: // the hash as long as the curve (RFC 5480, 4)
		switch size := pub.Curve.Params().BitSize; {
		case size <= 256:
			return signer{key, crypto.SHA256, ecdsaWith(2)}, nil
		case size <= 384:
			return signer{key, crypto.SHA384, ecdsaWith(3)}, nil
		default:
			return signer{key, crypto.SHA512, ecdsaWith(4)}, nil
		}
	}
	return signer{}, fmt.Errorf("a CA's key of type %T cannot sign certificates", key.Public())
}

// signed wraps a TBSCertificate with its signature (RFC 5280, 4.1).
func (s signer) signed(tbs []byte) ([]byte, error) {
	digest := tbs
	if s.hash != 0 {
		h := s.hash.New()
		h.Write(tbs)
		digest = h.Sum(nil)
	}
	signature, err := s.Sign(rand.Reader, digest, s.hash)
	if err != nil {
		return nil, err
	}
	return tlv(tagSequence, tbs, s.algorithm, tlv(tagBitString, []byte{0}, signature)), nil
}

// leafTBS encodes what is signed of a leaf: the fields of the template that Request
// sets, and no others.
func leafTBS(t, issuer *x509.Certificate, spki, algorithm []byte) []byte {
	serial := t.SerialNumber.Bytes()
	if serial[0]&0x80 != 0 {
		serial = append([]byte{0}, serial...)
	}
	return tlv(tagSequence,
		tlv(contextConstr, []byte{tagInteger, 1, 2}), // v3
		tlv(tagInteger, serial),
		algorithm,
		issuer.RawSubject,
		tlv(tagSequence, derTime(t.NotBefore), derTime(t.NotAfter)),
		t.RawSubject,
		spki,
		tlv(contextConstr+3, tlv(tagSequence, leafExtensions(t)...)),
	)
}

// Extensions that are the same in all leaves.
var (
	forServers = extensionDER(derExtKeyUsage, false, tlv(tagSequence, derServerAuth))
	forClients = extensionDER(derExtKeyUsage, false, tlv(tagSequence, derClientAuth))
	noCA       = extensionDER(derBasicConstraints, true, tlv(tagSequence))
)

func leafExtensions(t *x509.Certificate) [][]byte {
	usage := bits.Reverse8(byte(t.KeyUsage))
	purpose := forServers
	if t.ExtKeyUsage[0] == x509.ExtKeyUsageClientAuth {
		purpose = forClients
	}
	out := [][]byte{
		extensionDER(derKeyUsage, true, tlv(tagBitString, []byte{byte(bits.TrailingZeros8(usage)), usage})),
		purpose,
		noCA,
		extensionDER(derSubjectKeyID, false, tlv(tagOctetString, t.SubjectKeyId)),
		extensionDER(derAuthorityKeyID, false, tlv(tagSequence, tlv(context, t.AuthorityKeyId))),
	}
	if names := namesDER(t); len(names) > 0 {
		out = append(out, extensionDER(derSAN, len(t.RawSubject) == 2, tlv(tagSequence, names...)))
	}
	return out
}

// namesDER encodes GeneralNames (RFC 5280, 4.2.1.6).
func namesDER(t *x509.Certificate) (out [][]byte) {
	for _, name := range t.DNSNames {
		out = append(out, tlv(context+2, []byte(name)))
	}
	for _, mail := range t.EmailAddresses {
		out = append(out, tlv(context+1, []byte(mail)))
	}
	for _, ip := range t.IPAddresses {
		if v4 := ip.To4(); v4 != nil {
			ip = v4
		}
		out = append(out, tlv(context+7, ip))
	}
	for _, u := range t.URIs {
		out = append(out, tlv(context+6, []byte(u.String())))
	}
	return out
}

func extensionDER(oid []byte, critical bool, value []byte) []byte {
	if critical {
		return tlv(tagSequence, oid, []byte{tagBoolean, 1, 0xff}, tlv(tagOctetString, value))
	}
	return tlv(tagSequence, oid, tlv(tagOctetString, value))
}

// derTime is UTCTime until 2049 and GeneralizedTime after (RFC 5280, 4.1.2.5).
func derTime(t time.Time) []byte {
	if t.Year() < 2050 {
		return tlv(tagUTCTime, t.AppendFormat(nil, "060102150405Z"))
	}
	return tlv(tagTime, t.AppendFormat(nil, "20060102150405Z"))
}
