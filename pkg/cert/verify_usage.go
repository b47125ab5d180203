package cert

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"
)

// checkValidity: every certificate has to be valid, the trusted end too, because
// OpenSSL and Go hold it to its dates though RFC 5280 does not (6.1.1 d).
func (j *judge) checkValidity() {
	for i, c := range j.chain {
		code := FaultExpired
		switch {
		case i > 0 && c == j.anchor():
			code = faultAnchorExpired
		case i > 0:
			code = faultInterExpired
		}
		if j.At.After(c.NotAfter) {
			j.fault(code, c, "%s expired %s, %s before %s", label(c), date(c.NotAfter), span(j.At.Sub(c.NotAfter)), date(j.At))
		}
		if j.At.Before(c.NotBefore) {
			j.fault(FaultNotYetValid, c, "%s is valid from %s only, %s after %s", label(c), date(c.NotBefore), span(c.NotBefore.Sub(j.At)), date(j.At))
		}
	}
}

// span is a length of time in the largest unit that fits.
func span(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{Day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / u.unit; n == 1 {
			return "1 " + u.name
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, u.name)
		}
	}
	return "less than a second"
}

func (j *judge) checkHost() {
	leaf := j.leaf()
	if j.Purpose == ForServer && extension(leaf, oidSAN) == nil {
		j.fault(faultSANMissing, leaf, "%s has no subject alternative names, the only ones clients look at", label(leaf))
	}
	if j.Host == "" || Covers(leaf, j.Host) {
		return
	}
	have := "no name at all"
	if names := NamesOf(leaf); !names.Empty() {
		have = strings.Join(abridged(printable(names.Strings()), 20), ", ")
	}
	j.fault(FaultName, leaf, "the certificate does not cover %s; it is for %s", printable([]string{j.Host})[0], have)
}

// abridged cuts a list that nobody would read to its end.
func abridged(all []string, n int) []string {
	if len(all) <= n {
		return all
	}
	return append(all[:n:n], fmt.Sprintf("and %d more", len(all)-n))
}

// checkUsage: who signs has to be a CA that may (RFC 5280, 6.1.4 k to n), and the
// leaf has to be for the purpose.
func (j *judge) checkUsage() {
	for i, c := range j.chain {
		for _, oid := range c.UnhandledCriticalExtensions {
			if !oid.Equal(oidNameConstraints) && !oid.Equal(oidPolicyMappings) {
				j.fault(faultCritical, c, "%s has the critical extension %s, which is not known here", label(c), oid)
			}
		}
		if i > 0 {
			j.checkIssuer(i, c)
		}
		j.checkExtKeyUsage(i, c)
	}
	j.checkLeafKeyUsage()
}

func (j *judge) checkIssuer(i int, c *x509.Certificate) {
	switch {
	case !c.BasicConstraintsValid:
		j.fault(faultNotACA, c, "%s has no basic constraints and so is no CA, but signed %s", label(c), label(j.chain[i-1]))
	case !c.IsCA:
		j.fault(faultNotACA, c, "%s is no CA, but signed %s", label(c), label(j.chain[i-1]))
	}
	if forbids(c, x509.KeyUsageCertSign) {
		j.fault(FaultKeyUsage, c, "the key usage of %s does not allow it to sign certificates", label(c))
	}
	if c.MaxPathLen > 0 || c.MaxPathLenZero {
		between := 0
		for _, below := range j.chain[1:i] {
			if !selfIssued(below) {
				between++
			}
		}
		if between > c.MaxPathLen {
			j.fault(faultPathLength, c, "%s allows %s below itself, and there are %d", label(c), count(c.MaxPathLen, "CA"), between)
		}
	}
	child := j.chain[i-1]
	if keyIDDistance(&candidate{Certificate: child}, &candidate{Certificate: c}) == 2 {
		j.fault(faultKeyIDs, child, "%s names its issuer's key as %X, but that of %s is %X: OpenSSL takes them for strangers", label(child), child.AuthorityKeyId, label(c), c.SubjectKeyId)
	}
}

// forbids says that a certificate has a key usage, and in it none of those. Without
// one everything is allowed.
func forbids(c *x509.Certificate, usage x509.KeyUsage) bool {
	return extension(c, oidKeyUsage) != nil && c.KeyUsage&usage == 0
}

func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// checkExtKeyUsage: a CA's extended key usage, where it has one, bounds those of all
// it issues. RFC 5280 does not say so; all clients do it.
func (j *judge) checkExtKeyUsage(i int, c *x509.Certificate) {
	if j.Purpose == "" || extension(c, oidExtKeyUsage) == nil || allows(c, j.Purpose) {
		return
	}
	switch {
	case i > 0:
		j.fault(FaultKeyUsage, c, "the extended key usage of %s does not allow it to issue for a %s", label(c), j.Purpose)
	case j.Purpose == ForClient:
		j.fault(faultClientAuth, c, "the extended key usage of %s does not allow it to be used by a client", label(c))
	case allows(c, ForClient):
		j.fault(faultClientOnly, c, "the extended key usage of %s allows it to be used by a client only, not a server", label(c))
	default:
		j.fault(faultServerAuth, c, "the extended key usage of %s does not allow it to be used by a server", label(c))
	}
}

// allows says whether an extended key usage is for a purpose. The old step-up usages
// of CAs, which Go and NSS count as serverAuth, no longer do.
func allows(c *x509.Certificate, p Purpose) bool {
	want := x509.ExtKeyUsageServerAuth
	if p == ForClient {
		want = x509.ExtKeyUsageClientAuth
	}
	return slices.Contains(c.ExtKeyUsage, want) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// checkLeafKeyUsage: in TLS 1.3 and with forward secrecy the key signs; key agreement
// and encipherment are what remains of the older exchanges.
func (j *judge) checkLeafKeyUsage() {
	leaf := j.leaf()
	const usable = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement
	if j.Purpose != "" && forbids(leaf, usable) && !leaf.IsCA {
		j.fault(FaultKeyUsage, leaf, "the key usage of %s has none that TLS needs", label(leaf))
	}
	switch {
	case !leaf.IsCA && leaf.KeyUsage&x509.KeyUsageCertSign != 0:
		j.form(FaultKeyUsage, leaf, "the key usage of %s says that it signs certificates, but it is no CA", label(leaf))
	case leaf.IsCA && forbids(leaf, x509.KeyUsageCertSign):
		j.form(FaultKeyUsage, leaf, "%s says to be a CA, but its key usage does not allow it to sign certificates", label(leaf))
	case leaf.IsCA && j.Profile == Public && j.Purpose != "":
		j.form("ca-true-leaf", leaf, "%s is a CA, which a %s's own certificate must not be", label(leaf), j.Purpose)
	}
}

// checkKeys: what is too weak for anybody, and how the links are signed. How a
// trusted certificate is signed matters to nobody.
func (j *judge) checkKeys() {
	for i, c := range j.chain {
		if code, why := weakKey(c.PublicKey, j.Profile); code != "" {
			j.fault(code, c, "the key of %s is %s: %s", label(c), KeyOf(c.PublicKey), why)
		}
		if c != j.anchor() && weakSignature(c.SignatureAlgorithm) {
			j.fault(faultWeakSignature, c, "%s is signed with %s, which can be forged", label(j.chain[i]), c.SignatureAlgorithm)
		}
	}
}
