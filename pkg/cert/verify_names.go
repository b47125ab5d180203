package cert

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Extensions of RFC 5280, 4.2, and what of them matters here.
var (
	oidSKI               = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidKeyUsage          = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSAN               = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidBasicConstraints  = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidNameConstraints   = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidPolicyMappings    = asn1.ObjectIdentifier{2, 5, 29, 33}
	oidAKI               = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidPolicyConstraints = asn1.ObjectIdentifier{2, 5, 29, 36}
	oidExtKeyUsage       = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidAIA               = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
)

func extension(c *x509.Certificate, oid asn1.ObjectIdentifier) *pkix.Extension {
	return find(c.Extensions, oid)
}

func find(all []pkix.Extension, oid asn1.ObjectIdentifier) *pkix.Extension {
	for i := range all {
		if all[i].Id.Equal(oid) {
			return &all[i]
		}
	}
	return nil
}

func extensionValue(c *x509.Certificate, oid asn1.ObjectIdentifier) []byte {
	if e := extension(c, oid); e != nil {
		return e.Value
	}
	return nil
}

// nameKind is the tag of a GeneralName (RFC 5280, 4.2.1.6).
type nameKind int

const (
	kindOther     nameKind = 0
	kindEmail     nameKind = 1
	kindDNS       nameKind = 2
	kindX400      nameKind = 3
	kindDirectory nameKind = 4
	kindEDIParty  nameKind = 5
	kindURI       nameKind = 6
	kindIP        nameKind = 7
	kindID        nameKind = 8
)

// generalName is one GeneralName: text of the kinds that are text, else its bytes.
type generalName struct {
	kind  nameKind
	bytes []byte
}

func (n generalName) String() string {
	switch n.kind {
	case kindDirectory:
		return FormatDN(n.bytes)
	case kindIP:
		if ip, ok := netip.AddrFromSlice(n.bytes); ok {
			return ip.String()
		}
		if p, ok := network(n.bytes); ok {
			return p.String()
		}
		return fmt.Sprintf("%X", n.bytes)
	case kindEmail, kindDNS, kindURI:
		return printable([]string{string(n.bytes)})[0]
	}
	return fmt.Sprintf("a name of kind %d", n.kind)
}

// printable quotes texts that hold more than plain printable characters.
func printable(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s
		if quoted := strconv.Quote(s); quoted != `"`+s+`"` && !strings.ContainsAny(s, `\"`) {
			out[i] = quoted
		}
	}
	return out
}

// subjectAltNames reads the subject alternative names, of all kinds.
func subjectAltNames(c *x509.Certificate) ([]generalName, error) {
	value := extensionValue(c, oidSAN)
	if value == nil {
		return nil, nil
	}
	var seq []asn1.RawValue
	if rest, err := asn1.Unmarshal(value, &seq); err != nil || len(rest) > 0 {
		return nil, errors.New("its subject alternative names cannot be read")
	}
	return generalNames(seq)
}

func generalNames(seq []asn1.RawValue) ([]generalName, error) {
	names := make([]generalName, 0, len(seq))
	for _, v := range seq {
		n, err := readGeneralName(v)
		if err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, nil
}

func readGeneralName(v asn1.RawValue) (generalName, error) {
	if v.Class != asn1.ClassContextSpecific || v.Tag > int(kindID) {
		return generalName{}, fmt.Errorf("tag %d is no kind of name", v.Tag)
	}
	return generalName{nameKind(v.Tag), v.Bytes}, nil
}

// canonicalName gives names that are to compare as equal the same text: without
// regard to case, string type and repeated spaces (RFC 5280, 7.1).
func canonicalName(der []byte) string {
	d, err := readDN(der)
	if err != nil {
		return string(der)
	}
	return d.canonical()
}

func (d DN) canonical() string {
	var b strings.Builder
	for _, rdn := range d {
		parts := make([]string, len(rdn))
		for i, a := range rdn {
			value := string(a.Value.FullBytes)
			if text, ok := decodeString(a.Value); ok {
				value = strings.ToLower(strings.Join(strings.Fields(text), " "))
			}
			parts[i] = fmt.Sprintf("%s=%d:%s", a.Type, len(value), value)
		}
		slices.Sort(parts)
		b.WriteString(strings.Join(parts, "+"))
		b.WriteByte(',')
	}
	return b.String()
}
