package cert

import (
	"crypto/x509"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Covers says whether a certificate is for a host, an address or a mailbox (RFC 9525,
// 6; the common name does not count).
func Covers(c *x509.Certificate, name string) bool {
	n := NamesOf(c)
	if strings.Contains(name, "@") {
		return slices.ContainsFunc(n.Emails, func(have string) bool { return mailboxInside(have, name) })
	}
	if n.Covers(name) {
		return true
	}
	// A host that is no proper name, with an underscore for instance, may be in use
	// all the same; an address has to be found as an address.
	if ip, err := parseIP(name); err != nil || ip.IsValid() || !isASCII(name) || strings.Contains(name, "*") {
		return false
	}
	return slices.ContainsFunc(n.DNS, func(pattern string) bool {
		return faultOfName(strings.TrimPrefix(strings.ToLower(pattern), "*."), true) == "" && MatchDNS(pattern, name)
	})
}

// faultOfName says why a text is no host name in lower case, "" where it is one.
// Underscores, which DNS itself allows, are tolerated where that is asked for.
func faultOfName(name string, underscore bool) string {
	if why := faultOfHost(name, false); why != "" {
		return why
	}
	for _, r := range name {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '.':
		case r == '_' && underscore:
		case r == '_':
			return "has an underscore"
		case r == '*':
			return "has a * where it stands for nothing"
		default:
			return "has characters that host names do not have"
		}
	}
	return ""
}

// wildcardSuffix says whether a wildcard name stands for all names below a public
// suffix, such as *.com, *.co.uk or, not delegated by ICANN, *.corp. Hosters that
// list themselves as one own all names below theirs and do not count (Baseline
// Requirements, 3.2.2.6).
func wildcardSuffix(name string) (suffix, icann bool) {
	domain, ok := strings.CutPrefix(strings.ToLower(name), "*.")
	if !ok {
		return false, false
	}
	s, icann := publicsuffix.PublicSuffix(domain)
	suffix = s == domain && (icann || !strings.Contains(s, "."))
	return suffix, suffix && icann
}

// internalName says that a name can belong to nobody on the public internet: it ends
// in no public suffix that ICANN delegated, or is one label.
func internalName(name string) bool {
	name = strings.TrimPrefix(strings.ToLower(name), "*.")
	if !strings.Contains(name, ".") {
		return true
	}
	if slices.ContainsFunc(specialDomains, func(d string) bool { return within(name, d) }) {
		return true
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	return !icann && !strings.Contains(suffix, ".")
}
