package cert

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

// Extensions of CRLs and their entries (RFC 5280, 5.2 and 5.3).
var (
	oidCRLNumber          = asn1.ObjectIdentifier{2, 5, 29, 20}
	oidDeltaCRL           = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidIssuingPoint       = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidReasonCode         = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidInvalidityDate     = asn1.ObjectIdentifier{2, 5, 29, 24}
	oidFreshestCRL        = asn1.ObjectIdentifier{2, 5, 29, 46}
	oidExpiredCertsOnCRL  = asn1.ObjectIdentifier{2, 5, 29, 60}
	understoodInCRL       = []asn1.ObjectIdentifier{oidCRLNumber, oidIssuingPoint, oidAKI, oidFreshestCRL, oidAIA, oidExpiredCertsOnCRL}
	understoodInEntry     = []asn1.ObjectIdentifier{oidReasonCode, oidInvalidityDate}
	revocationReasonNames = map[int]string{
		0: "no reason given", 1: "key compromise", 2: "compromise of the CA", 3: "affiliation changed",
		4: "superseded", 5: "no longer in operation", 6: "on hold", 8: "removed from the list",
		9: "privilege withdrawn", 10: "compromise of the attribute authority",
	}
)

// RevocationReason names a CRL's reason code (RFC 5280, 5.3.1).
func RevocationReason(code int) string {
	if name, ok := revocationReasonNames[code]; ok {
		return name
	}
	return fmt.Sprintf("reason %d", code)
}

// checkRevocation looks each certificate below the anchor up in the CRLs of its
// issuer. A leaf for which none of the lists that were given speaks is a fault: who
// hands in a list wants an answer.
func (j *judge) checkRevocation() {
	if len(j.CRLs) == 0 {
		return
	}
	for i := range len(j.chain) - 1 {
		c, issuer := j.chain[i], j.chain[i+1]
		lists := j.listsFor(c, issuer)
		switch {
		case len(lists) > 0:
			for _, l := range lists {
				j.checkList(l, c, issuer)
			}
		case i == 0:
			j.fault(faultCRLMissing, c, "none of the CRLs is by the issuer of %s, %s", label(c), FormatDN(c.RawIssuer))
		default:
			j.notes = append(j.notes, fmt.Sprintf("whether %s is revoked was not checked: no CRL is by its issuer", label(c)))
		}
	}
}

// listsFor are the CRLs that speak for a certificate: by its issuer's name and key,
// of its kind and distribution point, and of those for one scope the newest.
func (j *judge) listsFor(c, issuer *x509.Certificate) []*x509.RevocationList {
	newest := map[string]*x509.RevocationList{}
	var scopes []string
	for _, l := range j.CRLs {
		if canonicalName(l.RawIssuer) != canonicalName(issuer.RawSubject) ||
			len(l.AuthorityKeyId) > 0 && len(issuer.SubjectKeyId) > 0 && !bytes.Equal(l.AuthorityKeyId, issuer.SubjectKeyId) {
			continue
		}
		var scope string
		if e := find(l.Extensions, oidIssuingPoint); e != nil {
			if point, err := readIssuingPoint(e.Value); err == nil && !point.covers(c) {
				continue
			}
			scope = string(e.Value)
		}
		if find(l.Extensions, oidDeltaCRL) != nil {
			scope += " delta"
		}
		known, ok := newest[scope]
		if !ok {
			scopes = append(scopes, scope)
		}
		if !ok || l.ThisUpdate.After(known.ThisUpdate) {
			newest[scope] = l
		}
	}
	var out []*x509.RevocationList
	for _, s := range scopes {
		out = append(out, newest[s])
	}
	return out
}

// checkList checks one list (RFC 5280, 6.3.3) and looks the certificate up in it.
func (j *judge) checkList(l *x509.RevocationList, c, issuer *x509.Certificate) {
	name := fmt.Sprintf("the CRL of %s from %s", label(issuer), date(l.ThisUpdate))
	if why := unsupported(l); why != "" {
		j.fault(faultCRLUnsupported, c, "%s %s: give the complete list", name, why)
		return
	}
	if why := j.faultOfList(l, issuer); why != "" {
		j.fault(faultCRLInvalid, c, "%s %s", name, why)
		return
	}
	switch {
	case j.At.Before(l.ThisUpdate):
		j.fault(faultCRLInvalid, c, "%s is not yet valid at %s", name, date(j.At))
	case !l.NextUpdate.IsZero() && j.At.After(l.NextUpdate):
		j.fault(faultCRLExpired, c, "%s has been out of date since %s", name, date(l.NextUpdate))
	}
	for _, e := range l.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(c.SerialNumber) == 0 {
			j.fault(FaultRevoked, c, "%s was revoked %s: %s", label(c), date(e.RevocationTime), RevocationReason(e.ReasonCode))
			return
		}
	}
}

// unsupported says why a list cannot be used alone, or by anybody.
func unsupported(l *x509.RevocationList) string {
	if find(l.Extensions, oidDeltaCRL) != nil {
		return "is a delta CRL, which says only what changed since another"
	}
	if e := find(l.Extensions, oidIssuingPoint); e != nil {
		switch point, err := readIssuingPoint(e.Value); {
		case err != nil:
			return "has an issuing distribution point that cannot be read"
		case point.Indirect:
			return "is an indirect CRL, which speaks for several issuers"
		case point.SomeReasons.BitLength > 0:
			return "is for some reasons of revocation only"
		}
	}
	for _, e := range l.Extensions {
		if e.Critical && !slices.ContainsFunc(understoodInCRL, e.Id.Equal) {
			return fmt.Sprintf("has the critical extension %s, which is not known here", e.Id)
		}
	}
	for _, entry := range l.RevokedCertificateEntries {
		for _, e := range entry.Extensions {
			if e.Critical && !slices.ContainsFunc(understoodInEntry, e.Id.Equal) {
				return fmt.Sprintf("has an entry with the critical extension %s, which is not known here", e.Id)
			}
		}
	}
	return ""
}

func (j *judge) faultOfList(l *x509.RevocationList, issuer *x509.Certificate) string {
	if forbids(issuer, x509.KeyUsageCRLSign) {
		return "is by a CA whose key usage does not allow it to sign CRLs"
	}
	if err := issuer.CheckSignature(l.SignatureAlgorithm, l.RawTBSRevocationList, l.Signature); err != nil {
		return fmt.Sprintf("is not signed by that CA's key: %v", err)
	}
	switch number := find(l.Extensions, oidCRLNumber); {
	case number == nil:
		return "has no number (RFC 5280, 5.2.3)"
	case number.Critical:
		return "has its number marked critical, which it must not be (RFC 5280, 5.2.3)"
	}
	return ""
}

// issuingPoint is the scope of a CRL (RFC 5280, 5.2.5).
type issuingPoint struct {
	Point       asn1.RawValue  `asn1:"optional,tag:0"`
	Users       bool           `asn1:"optional,tag:1"`
	CAs         bool           `asn1:"optional,tag:2"`
	SomeReasons asn1.BitString `asn1:"optional,tag:3"`
	Indirect    bool           `asn1:"optional,tag:4"`
	Attributes  bool           `asn1:"optional,tag:5"`
}

func readIssuingPoint(der []byte) (issuingPoint, error) {
	var p issuingPoint
	rest, err := asn1.Unmarshal(der, &p)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes follow it", len(rest))
	}
	return p, err
}

// covers says whether a certificate falls into the scope. Where the list is for one
// distribution point, the certificate has to name it.
func (p issuingPoint) covers(c *x509.Certificate) bool {
	if p.Attributes || p.Users && c.IsCA || p.CAs && !c.IsCA {
		return false
	}
	return len(p.Point.FullBytes) == 0 || slices.ContainsFunc(p.urls(), func(url string) bool {
		return slices.Contains(c.CRLDistributionPoints, url)
	})
}

// urls are the full names of the distribution point that are URIs.
func (p issuingPoint) urls() (urls []string) {
	var full asn1.RawValue
	if _, err := asn1.Unmarshal(p.Point.Bytes, &full); err != nil || full.Tag != 0 {
		return nil
	}
	for rest := full.Bytes; len(rest) > 0; {
		var name asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &name); err != nil {
			return nil
		}
		if nameKind(name.Tag) == kindURI {
			urls = append(urls, string(name.Bytes))
		}
	}
	return urls
}
