package cert

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"net/netip"
	"slices"
	"strings"
)

// checkForm holds each certificate to how RFC 5280, 4, says it is to be written.
// The roots of the machine are exempt: who chose them has looked at them, and some
// are older than the rules.
func (j *judge) checkForm() {
	for i, c := range j.chain {
		if i > 0 && c == j.anchor() && !slices.ContainsFunc(j.Roots, c.Equal) {
			continue
		}
		j.checkFields(c)
		j.checkCriticality(i, c)
		j.checkKeyIDs(c)
		j.checkNameSyntax(c)
		if j.Profile == Public {
			j.checkBaseline(i, c)
		}
	}
}

func (j *judge) checkFields(c *x509.Certificate) {
	if c.Version != 3 {
		j.form("version", c, "%s is an X.509 version %d certificate, where 3 is the one in use", label(c), c.Version)
	}
	if why := faultOfSerial(c); why != "" && c != j.anchor() {
		j.form("serial-over-20-octets-or-negative", c, "the serial number of %s %s", label(c), why)
	}
	if isEmptyName(c.RawIssuer) {
		j.form("issuer-empty", c, "%s does not name its issuer", label(c))
	}
	if c.IsCA && isEmptyName(c.RawSubject) {
		j.form("subject-empty", c, "a CA has no subject")
	}
	if e := extension(c, oidExtKeyUsage); e != nil && len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 {
		j.form("eku-empty", c, "the extended key usage of %s is empty", label(c))
	}
	if e := extension(c, oidAIA); e != nil {
		var access []struct {
			Method   asn1.ObjectIdentifier
			Location asn1.RawValue
		}
		if rest, err := asn1.Unmarshal(e.Value, &access); err != nil || len(rest) > 0 || len(access) == 0 {
			j.form("aia-malformed", c, "the authority information access of %s cannot be read", label(c))
		}
	}
}

func isEmptyName(der []byte) bool { return len(der) <= 2 }

// faultOfSerial: positive and at most 20 octets (RFC 5280, 4.1.2.2).
func faultOfSerial(c *x509.Certificate) string {
	switch n := c.SerialNumber; {
	case n.Sign() == 0:
		return "is zero"
	case n.Sign() < 0:
		return "is negative"
	case n.BitLen()/8+1 > 20:
		return "is longer than 20 octets"
	}
	return ""
}

// checkCriticality: which extensions must be critical and which must not, and which
// have no place in a certificate that issues nothing.
func (j *judge) checkCriticality(i int, c *x509.Certificate) {
	for _, e := range []struct {
		oid      asn1.ObjectIdentifier
		code     string
		name     string
		critical bool
	}{
		{oidAKI, "aki-critical", "authority key identifier", false},
		{oidSKI, "ski-critical", "subject key identifier", false},
		{oidAIA, "aia-critical", "authority information access", false},
		{oidPolicyConstraints, "policy-constraints-not-critical", "policy constraints", true},
	} {
		switch ext := extension(c, e.oid); {
		case ext == nil || ext.Critical == e.critical:
		case e.critical:
			j.form(e.code, c, "the %s of %s are not marked critical", e.name, label(c))
		default:
			j.form(e.code, c, "the %s of %s is marked critical, which it must not be", e.name, label(c))
		}
	}
	if e := extension(c, oidBasicConstraints); e != nil && !e.Critical && i > 0 {
		j.form("basic-constraints-not-critical", c, "the basic constraints of %s are not marked critical", label(c))
	}
	if e := extension(c, oidNameConstraints); e != nil {
		switch {
		case i == 0 && !c.IsCA:
			j.form("name-constraints-in-leaf", c, "%s has name constraints, but is no CA", label(c))
		case !e.Critical && j.Profile == Private: // the Baseline Requirements let it be (7.1.2.5.2)
			j.form("name-constraints-not-critical", c, "the name constraints of %s are not marked critical: a client that does not know them passes over them", label(c))
		}
	}
	if e := extension(c, oidSAN); e != nil && !e.Critical && isEmptyName(c.RawSubject) {
		j.form("san-not-critical", c, "%s has no subject, so its alternative names have to be marked critical", label(c))
	}
}

// checkKeyIDs: chains are built by key identifiers, so each certificate but the last
// has to name its issuer's, and a CA its own (RFC 5280, 4.2.1.1 and 2).
func (j *judge) checkKeyIDs(c *x509.Certificate) {
	aki := extension(c, oidAKI)
	if len(c.AuthorityKeyId) == 0 && (aki != nil || c != j.anchor() && !j.known.is(c)) {
		j.form("aki-missing", c, "%s does not say by which key it was signed (authority key identifier)", label(c))
	}
	if c.IsCA && len(c.SubjectKeyId) == 0 {
		j.form("ski-missing", c, "%s is a CA without a subject key identifier", label(c))
	}
	if len(c.AuthorityKeyId) > 0 && len(c.SubjectKeyId) > 0 && !bytes.Equal(c.AuthorityKeyId, c.SubjectKeyId) && j.known.is(c) {
		j.form(faultKeyIDs, c, "%s is self-signed, but names another key as its issuer's", label(c))
	}
}

// checkNameSyntax: what stands among the alternative names has to be one.
func (j *judge) checkNameSyntax(c *x509.Certificate) {
	names, err := subjectAltNames(c)
	if err != nil {
		return // reported with the constraints
	}
	for _, n := range names {
		text := lower(n)
		switch n.kind {
		case kindDNS:
			if _, err := netip.ParseAddr(text); err == nil {
				j.form("ip-as-dns-name", c, "%v is an address, but stands among the DNS names of %s, where clients do not look for it", n, label(c))
			} else if why := faultOfName(strings.TrimPrefix(text, "*."), false); why != "" {
				j.form(faultNameSyntax, c, "%s has the name %v, which %s", label(c), n, why)
			} else if suffix, icann := wildcardSuffix(text); icann || suffix && j.Profile == Public {
				j.form("wildcard-depth", c, "%v in %s stands for the names of all customers of a registry", n, label(c))
			}
		case kindEmail:
			if local, host, ok := strings.Cut(text, "@"); !ok || local == "" || faultOfName(host, false) != "" {
				j.form(faultNameSyntax, c, "%s has the name %v, which is no mailbox", label(c), n)
			}
		case kindIP:
			if _, ok := netip.AddrFromSlice(n.bytes); !ok {
				j.form(faultNameSyntax, c, "%s has an address of %d bytes", label(c), len(n.bytes))
			}
		}
	}
}

// checkBaseline is what the CA/Browser Forum's Baseline Requirements, 7.1, ask of a
// public CA beyond RFC 5280.
func (j *judge) checkBaseline(i int, c *x509.Certificate) {
	if c == j.anchor() && j.known.is(c) {
		if extension(c, oidExtKeyUsage) != nil {
			j.form("eku-in-root", c, "%s is a root and has an extended key usage", label(c))
		}
		if issuer, serial := akiExtras(c); issuer || serial {
			j.form("aki-fields", c, "the authority key identifier of %s holds more than a key identifier", label(c))
		}
	}
	if i == 0 && j.Purpose == ForServer {
		j.checkBaselineLeaf(c)
	}
}

// checkBaselineLeaf is the part on server certificates (7.1.2.7 and 7.1.4).
func (j *judge) checkBaselineLeaf(c *x509.Certificate) {
	if e := extension(c, oidSAN); e != nil && e.Critical && !isEmptyName(c.RawSubject) {
		j.form("san-critical", c, "%s has a subject, so its alternative names must not be marked critical", label(c))
	}
	if cn := commonName(c); cn != "" && !cnInSAN(c, cn) {
		j.form("cn-not-in-san", c, "the common name %s is not, character for character, among the alternative names", printable([]string{cn})[0])
	}
	switch eku := extension(c, oidExtKeyUsage); {
	case eku == nil:
		j.form(faultServerAuth, c, "%s has no extended key usage, where serverAuth has to stand", label(c))
	case slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny):
		j.form("eku-any", c, "the extended key usage of %s is any", label(c))
	case eku.Critical:
		j.form("eku-critical", c, "the extended key usage of %s is marked critical", label(c))
	}
}

// akiExtras says whether an authority key identifier names the issuer in the other
// ways too that RFC 5280, 4.2.1.1, has.
func akiExtras(c *x509.Certificate) (issuer, serial bool) {
	var aki struct {
		KeyID  []byte        `asn1:"optional,tag:0"`
		Issuer asn1.RawValue `asn1:"optional,tag:1"`
		Serial asn1.RawValue `asn1:"optional,tag:2"`
	}
	if _, err := asn1.Unmarshal(extensionValue(c, oidAKI), &aki); err != nil {
		return false, false
	}
	return len(aki.Issuer.FullBytes) > 0, len(aki.Serial.FullBytes) > 0
}

func commonName(c *x509.Certificate) string {
	d, err := readDN(c.RawSubject)
	if err != nil {
		return ""
	}
	return d.value(oidCommonName)
}

// cnInSAN compares as the Baseline Requirements say (7.1.4.3): a copy of a DNS name,
// or an address in its one proper spelling.
func cnInSAN(c *x509.Certificate, cn string) bool {
	return slices.Contains(c.DNSNames, cn) || slices.ContainsFunc(NamesOf(c).IPs, func(ip netip.Addr) bool { return ip.String() == cn })
}
