package cert

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Names are the hosts, mailboxes and URIs a certificate is for: its subject
// alternative names (RFC 5280, 4.2.1.6).
type Names struct {
	DNS    []string // lower-case A-labels, perhaps with a leading "*."
	IPs    []netip.Addr
	Emails []string
	URIs   []*url.URL

	first string // as it was given first, normalised
}

// ParseNames reads names whose kind is seen from their form: something with :// or
// a scheme such as urn: is a URI, with @ a mailbox, then addresses, and the rest DNS
// names. International names become A-labels. A name that stands twice counts once.
func ParseNames(args []string) (Names, error) {
	var n Names
	for _, arg := range args {
		if err := n.add(arg); err != nil {
			return Names{}, err
		}
	}
	return n, nil
}

// maxName bounds what is looked at: the work on international names grows with the
// square of their length. A DNS name has 253 characters at most.
const maxName = 2048

func (n *Names) add(arg string) error {
	if len(arg) > maxName {
		return fmt.Errorf("name %.20q... is too long: %d bytes", arg, len(arg))
	}
	name := arg
	switch ip, err := parseIP(arg); {
	case err != nil:
		return err
	case ip.IsValid():
		name = ip.String()
		appendNew(&n.IPs, ip)
	case isURI(arg):
		u, err := parseURI(arg)
		if err != nil {
			return err
		}
		name = u.String()
		if !slices.ContainsFunc(n.URIs, func(o *url.URL) bool { return o.String() == name }) {
			n.URIs = append(n.URIs, u)
		}
	case strings.Contains(arg, "@"):
		if name, err = parseEmail(arg); err != nil {
			return err
		}
		appendNew(&n.Emails, name)
	default:
		if name, err = ParseDNS(arg); err != nil {
			return err
		}
		appendNew(&n.DNS, name)
	}
	if n.first == "" {
		n.first = name
	}
	return nil
}

func appendNew[T comparable](list *[]T, v T) {
	if !slices.Contains(*list, v) {
		*list = append(*list, v)
	}
}

// NamesOf gives the names a certificate holds, as they stand there.
func NamesOf(c *x509.Certificate) Names {
	return namesIn(c.DNSNames, c.IPAddresses, c.EmailAddresses, c.URIs)
}

// NamesOfRequest gives the names a certificate request asks for.
func NamesOfRequest(r *x509.CertificateRequest) Names {
	return namesIn(r.DNSNames, r.IPAddresses, r.EmailAddresses, r.URIs)
}

func namesIn(dns []string, ips []net.IP, emails []string, uris []*url.URL) Names {
	n := Names{DNS: slices.Clone(dns), Emails: slices.Clone(emails), URIs: slices.Clone(uris)}
	for _, ip := range ips {
		if a, ok := netip.AddrFromSlice(ip); ok {
			n.IPs = append(n.IPs, a.Unmap())
		}
	}
	if all := n.Strings(); len(all) > 0 {
		n.first = all[0]
	}
	return n
}

// Alias is the name of an entry made for these names: the first of them, in lower case.
func (n Names) Alias() string { return strings.ToLower(n.first) }

// Strings lists all names, by kind.
func (n Names) Strings() []string {
	all := slices.Clone(n.DNS)
	for _, ip := range n.IPs {
		all = append(all, ip.String())
	}
	all = append(all, n.Emails...)
	for _, u := range n.URIs {
		all = append(all, u.String())
	}
	return all
}

// Empty says that there is no name at all.
func (n Names) Empty() bool {
	return len(n.DNS)+len(n.IPs)+len(n.Emails)+len(n.URIs) == 0
}

// Subject is the name of a certificate that was asked for without one: the first
// DNS name as CN. Where there is none there is no CN, since OpenSSL and GnuTLS hold
// an address in a CN against the name constraints; the first name is then the O.
func (n Names) Subject() DN {
	limit := typeByOID(oidCommonName).limit
	for _, dns := range n.DNS {
		if len(dns) <= limit {
			return dnOf(oidCommonName, dns)
		}
	}
	return dnOf(oidOrganization, n.first)
}

// Covers says whether a certificate for these names may stand for host, a DNS name
// or an address as a client dials it (RFC 9525, 6).
func (n Names) Covers(host string) bool {
	want, err := ParseNames([]string{host})
	if err != nil || len(want.Emails)+len(want.URIs) > 0 {
		return false
	}
	if len(want.IPs) == 1 {
		return slices.Contains(n.IPs, want.IPs[0])
	}
	return slices.ContainsFunc(n.DNS, func(pattern string) bool { return MatchDNS(pattern, want.DNS[0]) })
}

// Missing lists what is in n and not in other.
func (n Names) Missing(other Names) []string {
	var out []string
	have := other.Strings()
	for i := range have {
		have[i] = strings.ToLower(have[i])
	}
	for _, s := range n.Strings() {
		if !slices.Contains(have, strings.ToLower(s)) {
			out = append(out, s)
		}
	}
	return out
}

func (n Names) String() string { return strings.Join(n.Strings(), " ") }

// ips gives the addresses in the type crypto/x509 takes.
func (n Names) ips() []net.IP {
	var out []net.IP
	for _, ip := range n.IPs {
		out = append(out, ip.AsSlice())
	}
	return out
}

// parseIP gives the zero address for what is none, and an error for what is nearly
// one: a zone, a port, a network.
func parseIP(s string) (netip.Addr, error) {
	inner := s
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		inner = s[1 : len(s)-1]
	}
	if ip, err := netip.ParseAddr(inner); err == nil {
		if ip.Zone() != "" {
			return netip.Addr{}, fmt.Errorf("address %q has a zone, which means something on one machine only", s)
		}
		return ip.Unmap(), nil
	}
	if _, err := netip.ParseAddrPort(s); err == nil {
		return netip.Addr{}, fmt.Errorf("%q has a port: a certificate is for all ports of an address", s)
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return netip.Addr{}, fmt.Errorf("%q is a network: a certificate is for single addresses", s)
	}
	return netip.Addr{}, nil
}
