package cert

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// hostProfile turns what a person types into A-labels: mapped as browsers do
// (UTS 46, not transitional), letters, digits and hyphens only.
var hostProfile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.BidiRule(),
	idna.StrictDomainName(true),
)

// ParseDNS reads a DNS name that may stand in a certificate, perhaps with *. at its
// front (RFC 5280, 4.2.1.6; RFC 9525, 6.3), and gives it in lower-case A-labels.
func ParseDNS(s string) (string, error) {
	bad := func(why string) (string, error) { return "", fmt.Errorf("name %q %s", s, why) }
	name, wildcard := strings.CutPrefix(s, "*.")
	switch {
	case s == "":
		return bad("is empty")
	case !utf8.ValidString(s):
		return bad("is not valid UTF-8")
	case strings.HasSuffix(s, "."):
		return bad("ends in a dot: certificates hold names without it")
	case strings.HasPrefix(name, ".") || strings.Contains(name, ".."):
		return bad("has an empty label between two dots")
	case strings.Contains(name, "*"):
		return bad("has a * where clients do not take it: only *. at the front stands for one label")
	case strings.Contains(name, "_"):
		return bad("has an underscore, which host names must not have")
	case strings.Contains(name, ":") && !strings.Contains(name, "/"):
		return bad("has a port: a certificate is for all ports of a host")
	}
	ascii, err := hostProfile.ToASCII(name)
	if err != nil {
		return bad("is not a host name: " + strings.TrimPrefix(err.Error(), "idna: "))
	}
	// Some characters map to nothing or to a dot, so what came out is looked at again.
	if again, err := hostProfile.ToASCII(ascii); err != nil || again != ascii {
		return bad("is not a host name: its A-label form is not one")
	}
	if why := faultOfHost(ascii, wildcard); why != "" {
		return bad(why)
	}
	if wildcard {
		return "*." + ascii, nil
	}
	return ascii, nil
}

// faultOfHost checks lengths (RFC 1035, 2.3.4) and the last label, which must not be
// a number: clients would take the name for an address (RFC 1123, 2.1).
func faultOfHost(ascii string, wildcard bool) string {
	limit := 253
	if wildcard {
		limit -= len("*.")
	}
	if len(ascii) > limit {
		return fmt.Sprintf("is too long: %d characters, at most %d are allowed", len(ascii), limit)
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		switch {
		case label == "":
			return "has an empty label"
		case len(label) > 63:
			return fmt.Sprintf("has a label of %d characters, at most 63 are allowed", len(label))
		case label[0] == '-' || label[len(label)-1] == '-':
			return "has a label that begins or ends with a hyphen"
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "ends in a number, as an address does, and is none"
	}
	return ""
}

// MatchDNS says whether a pattern of a certificate covers a host: case aside equal,
// or *. for exactly one whole label on the left (RFC 9525, 6.3).
func MatchDNS(pattern, host string) bool {
	pattern = strings.ToLower(pattern)
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if suffix, ok := strings.CutPrefix(pattern, "*."); ok {
		first, rest, found := strings.Cut(host, ".")
		return found && first != "" && first != "*" && rest == suffix && suffix != ""
	}
	return pattern == host && host != ""
}

// parseEmail reads a mailbox (RFC 5280, 4.2.1.6: an rfc822Name is ASCII; the domain
// of an international one is written in A-labels).
func parseEmail(s string) (string, error) {
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	const atext = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~."
	switch {
	case local == "" || len(local) > 64 || strings.Trim(local, atext) != "",
		strings.HasPrefix(local, "."), strings.HasSuffix(local, "."), strings.Contains(local, ".."):
		return "", fmt.Errorf("%q is not an e-mail address that a certificate can hold: what stands before the @ has to be plain ASCII", s)
	case strings.HasPrefix(domain, "*"):
		return "", fmt.Errorf("e-mail address %q has a wildcard domain", s)
	}
	host, err := ParseDNS(domain)
	if err != nil {
		return "", fmt.Errorf("e-mail address %q: %w", s, err)
	}
	return local + "@" + host, nil
}

// isURI tells schemes from host:port: a scheme is followed by //, or is one of those
// that stand without.
func isURI(s string) bool {
	if strings.Contains(s, "://") {
		return true
	}
	for _, scheme := range []string{"urn:", "sip:", "sips:", "tag:", "tel:", "xmpp:"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// parseURI reads an absolute URI (RFC 5280, 4.2.1.6: ASCII, with a scheme, and a
// host that is a full name or an address).
func parseURI(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is not a URI: %w", s, err)
	case u.Scheme == "" || u.Opaque == "" && u.Host == "":
		return nil, fmt.Errorf("URI %q has no host", s)
	case u.User != nil:
		return nil, fmt.Errorf("URI of host %q holds a user name, which everybody could read in the certificate", u.Hostname())
	}
	if u.Host == "" {
		return u, nil
	}
	ip, err := parseIP(u.Hostname())
	if err != nil {
		return nil, fmt.Errorf("URI %q: %w", s, err)
	}
	if !ip.IsValid() {
		host, err := ParseDNS(u.Hostname())
		if err != nil {
			return nil, fmt.Errorf("URI %q: %w", s, err)
		}
		if port := u.Port(); port != "" {
			host += ":" + port
		}
		u.Host = host
	}
	if !isASCII(u.String()) {
		return nil, fmt.Errorf("URI %q has characters outside ASCII: write them in percent form", s)
	}
	return u, nil
}
