package cert

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Constraints are what a CA may sign for: whole domains, the domain itself and all
// below it, for DNS names and mailboxes, and networks. The zero value permits
// everything.
type Constraints struct {
	Domains  []string // lower-case A-labels
	Networks []netip.Prefix
}

// Loopback is what a private root is always permitted: this machine itself.
var Loopback = Constraints{
	Domains:  []string{"localhost"},
	Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
}

// nowhere is a domain that cannot exist (RFC 6761, 6.4). To permit nothing but it
// closes a kind of name; the empty excluded name would too, but not for Java.
const nowhere = "invalid"

// specialDomains are for use inside one place and have no owners below them who
// would have to be told apart (RFC 6761, RFC 6762, RFC 8375, and ICANN's internal).
var specialDomains = []string{"localhost", "test", "example", "invalid", "local", "internal", "home.arpa"}

// ConstraintsFor is the least a private root made for these names should permit:
// the registrable domain of each, which is what its owner holds, the addresses, and
// this machine.
func ConstraintsFor(n Names) Constraints {
	var c Constraints
	for _, dns := range n.hosts() {
		appendNew(&c.Domains, registrable(strings.TrimPrefix(dns, "*.")))
	}
	for _, ip := range n.IPs {
		if !Loopback.permitsIP(ip) {
			appendNew(&c.Networks, netip.PrefixFrom(ip, ip.BitLen()))
		}
	}
	return c.with(Loopback)
}

func (c Constraints) with(more Constraints) Constraints {
	out := Constraints{slices.Clone(c.Domains), slices.Clone(c.Networks)}
	for _, d := range more.Domains {
		appendNew(&out.Domains, d)
	}
	for _, p := range more.Networks {
		appendNew(&out.Networks, p)
	}
	return out
}

// hosts are the DNS names and the domains of mailboxes and URIs.
func (n Names) hosts() []string {
	hosts := slices.Clone(n.DNS)
	for _, mail := range n.Emails {
		hosts = append(hosts, mail[strings.LastIndexByte(mail, '@')+1:])
	}
	for _, u := range n.URIs {
		if ip, _ := parseIP(u.Hostname()); u.Hostname() != "" && !ip.IsValid() {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}

// registrable is the domain by whose owner a name is held: one label below the
// public suffix, a special-use domain as a whole, or the name itself.
func registrable(name string) string {
	for _, special := range specialDomains {
		if within(name, special) {
			return special
		}
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil { // a public suffix itself, or a name of one label
		return name
	}
	return domain
}

// within says whether a name is a domain or below it.
func within(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// ParseConstraints reads what ca init --permit takes: domains, addresses and networks.
func ParseConstraints(args []string) (Constraints, error) {
	var c Constraints
	for _, arg := range args {
		if prefix, err := netip.ParsePrefix(arg); err == nil {
			if prefix != prefix.Masked() {
				return c, fmt.Errorf("network %q has bits set behind its length: %s is meant, or %s", arg, prefix.Masked(), prefix.Addr())
			}
			appendNew(&c.Networks, prefix)
			continue
		}
		ip, err := parseIP(arg)
		if err != nil {
			return c, err
		}
		if ip.IsValid() {
			appendNew(&c.Networks, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		domain, err := ParseDNS(strings.TrimPrefix(strings.TrimPrefix(arg, "*"), "."))
		if err != nil {
			return c, err
		}
		appendNew(&c.Domains, domain)
	}
	return c, nil
}

// ConstraintsOf reads what a CA's certificate permits; false where it is not
// constrained, or in other ways than gwtls constrains.
func ConstraintsOf(ca *x509.Certificate) (Constraints, bool) {
	var c Constraints
	for _, d := range ca.PermittedDNSDomains {
		if d = strings.TrimPrefix(strings.ToLower(d), "."); d != nowhere || len(ca.PermittedDNSDomains) > 1 {
			appendNew(&c.Domains, d)
		}
	}
	for _, ipnet := range ca.PermittedIPRanges {
		if ip, ok := netip.AddrFromSlice(ipnet.IP); ok {
			ones, _ := ipnet.Mask.Size()
			appendNew(&c.Networks, netip.PrefixFrom(ip, ones))
		}
	}
	return c, len(c.Domains)+len(c.Networks) > 0
}

// Unconstrained says that everything is permitted.
func (c Constraints) Unconstrained() bool { return len(c.Domains)+len(c.Networks) == 0 }

// Refused lists the names that are not permitted.
func (c Constraints) Refused(n Names) []string {
	var out []string
	if c.Unconstrained() {
		return nil
	}
	for _, dns := range n.DNS {
		if !c.permitsDomain(strings.TrimPrefix(dns, "*.")) {
			out = append(out, dns)
		}
	}
	for _, ip := range n.IPs {
		if !c.permitsIP(ip) {
			out = append(out, ip.String())
		}
	}
	for _, mail := range n.Emails {
		if !c.permitsDomain(mail[strings.LastIndexByte(mail, '@')+1:]) {
			out = append(out, mail)
		}
	}
	for _, u := range n.URIs {
		// Go refuses a URI without a domain from any CA that is constrained at all.
		if u.Hostname() == "" || !c.permitsDomain(u.Hostname()) {
			out = append(out, u.String())
		}
	}
	return out
}

func (c Constraints) permitsDomain(name string) bool {
	return slices.ContainsFunc(c.Domains, func(d string) bool { return within(strings.ToLower(name), d) })
}

func (c Constraints) permitsIP(ip netip.Addr) bool {
	return slices.ContainsFunc(c.Networks, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// For widens constraints so that they permit what a root made for names would.
func (c Constraints) For(n Names) Constraints {
	if len(c.Refused(n)) == 0 {
		return c
	}
	return c.with(ConstraintsFor(n))
}

// Strings is what ca init --permit takes; single addresses without their length.
func (c Constraints) Strings() []string {
	out := append([]string{}, c.Domains...)
	for _, p := range c.Networks {
		if p.IsSingleIP() {
			out = append(out, p.Addr().String())
		} else {
			out = append(out, p.String())
		}
	}
	return out
}

// apply writes the constraints into a certificate to be made. Kinds of name with
// nothing permitted are closed as a whole: what is not mentioned would be allowed.
// URIs are left out: Chromium takes no certificate with a URI from a CA that
// constrains them. gwtls itself keeps to the domains for them too.
func (c Constraints) apply(t *x509.Certificate) {
	if c.Unconstrained() {
		return
	}
	t.PermittedDNSDomainsCritical = true
	domains := c.Domains
	if len(domains) == 0 {
		domains = []string{nowhere}
	}
	for _, d := range domains {
		t.PermittedDNSDomains = append(t.PermittedDNSDomains, d)
		// A host in a constraint on mailboxes means that host alone, with a dot all below it.
		t.PermittedEmailAddresses = append(t.PermittedEmailAddresses, d, "."+d)
	}
	for _, p := range c.Networks {
		t.PermittedIPRanges = append(t.PermittedIPRanges, ipNet(p))
	}
	if !slices.ContainsFunc(c.Networks, func(p netip.Prefix) bool { return p.Addr().Is4() }) {
		t.ExcludedIPRanges = append(t.ExcludedIPRanges, ipNet(netip.MustParsePrefix("0.0.0.0/0")))
	}
	if !slices.ContainsFunc(c.Networks, func(p netip.Prefix) bool { return p.Addr().Is6() }) {
		t.ExcludedIPRanges = append(t.ExcludedIPRanges, ipNet(netip.MustParsePrefix("::/0")))
	}
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
