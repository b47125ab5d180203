package cert

import (
	"encoding/asn1"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// attributeType is what is known of one: its OID, how it is written, the longest
// value X.520 and RFC 5280 appendix A.1 allow, and its string type where that is
// not a free choice.
type attributeType struct {
	oid   asn1.ObjectIdentifier
	names []string // as written by us first, then what else is read, in upper case
	limit int
	tag   int // 0: PrintableString where it fits, else UTF8String
}

var attributeTypes = []attributeType{
	{asn1.ObjectIdentifier{2, 5, 4, 3}, []string{"CN", "COMMONNAME"}, 64, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 10}, []string{"O", "ORGANIZATIONNAME"}, 64, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 11}, []string{"OU", "ORGANIZATIONALUNITNAME"}, 64, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 6}, []string{"C", "COUNTRYNAME"}, 2, asn1.TagPrintableString},
	{asn1.ObjectIdentifier{2, 5, 4, 7}, []string{"L", "LOCALITYNAME"}, 128, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 8}, []string{"ST", "S", "STATEORPROVINCENAME"}, 128, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 9}, []string{"STREET", "STREETADDRESS"}, 128, 0},
	{asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}, []string{"DC", "DOMAINCOMPONENT"}, 63, asn1.TagIA5String},
	{asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}, []string{"UID", "USERID"}, 256, 0},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, []string{"EMAILADDRESS", "E", "EMAIL"}, 255, asn1.TagIA5String},
	{asn1.ObjectIdentifier{2, 5, 4, 5}, []string{"SERIALNUMBER"}, 64, asn1.TagPrintableString},
	{asn1.ObjectIdentifier{2, 5, 4, 4}, []string{"SN", "SURNAME"}, 32768, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 42}, []string{"GN", "GIVENNAME"}, 32768, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 43}, []string{"INITIALS"}, 32768, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 44}, []string{"GENERATIONQUALIFIER", "GENERATION"}, 32768, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 12}, []string{"TITLE", "T"}, 64, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 46}, []string{"DNQUALIFIER", "DNQ"}, 64, asn1.TagPrintableString},
	{asn1.ObjectIdentifier{2, 5, 4, 65}, []string{"PSEUDONYM"}, 128, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 17}, []string{"POSTALCODE"}, 40, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 15}, []string{"BUSINESSCATEGORY"}, 128, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 97}, []string{"ORGANIZATIONIDENTIFIER"}, 256, 0},
	{asn1.ObjectIdentifier{2, 5, 4, 13}, []string{"DESCRIPTION"}, 1024, 0},
	{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3}, []string{"JURISDICTIONC"}, 2, asn1.TagPrintableString},
	{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 2}, []string{"JURISDICTIONST"}, 128, 0},
	{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 1}, []string{"JURISDICTIONL"}, 128, 0},
}

var (
	oidCommonName   = attributeTypes[0].oid
	oidOrganization = attributeTypes[1].oid
)

func typeByName(name string) (attributeType, error) {
	upper := strings.ToUpper(strings.TrimSpace(name))
	for _, t := range attributeTypes {
		if slices.Contains(t.names, upper) {
			return t, nil
		}
	}
	oid, err := parseOID(strings.TrimPrefix(upper, "OID."))
	if err != nil {
		return attributeType{}, fmt.Errorf("%q is no attribute of a name: want CN, O, OU, C, L, ST, STREET, DC, UID, emailAddress, serialNumber or an OID such as 2.5.4.97", name)
	}
	return typeByOID(oid), nil
}

func typeByOID(oid asn1.ObjectIdentifier) attributeType {
	for _, t := range attributeTypes {
		if t.oid.Equal(oid) {
			return t
		}
	}
	return attributeType{oid: oid, limit: 32768}
}

// parseOID reads dotted decimals within what encoding/asn1 can hold.
func parseOID(s string) (asn1.ObjectIdentifier, error) {
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || len(part) > 1 && part[0] == '0' {
			return nil, fmt.Errorf("%q is no object identifier", s)
		}
		oid = append(oid, int(n))
	}
	if len(oid) < 2 || oid[0] > 2 || oid[0] < 2 && oid[1] > 39 {
		return nil, fmt.Errorf("%q is no object identifier", s)
	}
	return oid, nil
}

// attributeOf encodes text as the value of an attribute.
func attributeOf(t attributeType, text string) (attribute, error) {
	name := t.oid.String()
	if len(t.names) > 0 {
		name = t.names[0]
	}
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return attribute{}, fmt.Errorf("%s is empty", name)
	case n > t.limit:
		return attribute{}, fmt.Errorf("%s is too long: %d characters, at most %d are allowed", name, n, t.limit)
	case !utf8.ValidString(text):
		return attribute{}, fmt.Errorf("%s is not valid UTF-8", name)
	case strings.ContainsFunc(text, unicode.IsControl):
		return attribute{}, fmt.Errorf("%s holds a control character", name)
	case name == "C" && !isCountry(text):
		return attribute{}, fmt.Errorf("country %q is not two letters, such as DE", text)
	}
	tag := t.tag
	switch {
	case tag == asn1.TagPrintableString && !isPrintable(text), tag == asn1.TagIA5String && !isASCII(text):
		return attribute{}, fmt.Errorf("%s is %q, which has characters that may not stand there", name, text)
	case tag == 0 && isPrintable(text):
		tag = asn1.TagPrintableString
	case tag == 0:
		tag = asn1.TagUTF8String
	}
	return attribute{t.oid, asn1.RawValue{Tag: tag, Bytes: []byte(text)}}, nil
}

func isCountry(s string) bool {
	return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// isPrintable says whether s fits PrintableString (X.680, 41.4).
func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" '()+,-./:=?", r)
	})
}
