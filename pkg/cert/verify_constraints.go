package cert

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// nameConstraints are an issuer's name constraints (RFC 5280, 4.2.1.10).
type nameConstraints struct {
	permitted, excluded []generalName
}

func readConstraints(value []byte) (*nameConstraints, error) {
	type subtree struct {
		Base    asn1.RawValue
		Minimum int `asn1:"optional,tag:0,default:0"`
		Maximum int `asn1:"optional,tag:1,default:-1"`
	}
	var raw struct {
		Permitted []subtree `asn1:"optional,tag:0"`
		Excluded  []subtree `asn1:"optional,tag:1"`
	}
	rest, err := asn1.Unmarshal(value, &raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("they cannot be read: %w", err)
	case len(rest) > 0:
		return nil, errors.New("bytes follow them")
	case len(raw.Permitted)+len(raw.Excluded) == 0:
		return nil, errors.New("they are empty")
	}
	read := func(all []subtree) (out []generalName, err error) {
		for _, s := range all {
			n, err := readGeneralName(s.Base)
			if err != nil {
				return nil, err
			}
			if s.Minimum != 0 || s.Maximum != -1 {
				return nil, fmt.Errorf("%v has a minimum or maximum, which no profile allows", n)
			}
			out = append(out, n)
		}
		return out, nil
	}
	var nc nameConstraints
	if nc.permitted, err = read(raw.Permitted); err != nil {
		return nil, err
	}
	if nc.excluded, err = read(raw.Excluded); err != nil {
		return nil, err
	}
	return &nc, nil
}

// maxComparisons bounds names times constraints, as crypto/x509 does.
const maxComparisons = 250_000

// checkConstraints holds each certificate's names against the constraints of all
// above it. Self-issued intermediates are exempt (RFC 5280, 6.1.3).
func (j *judge) checkConstraints() {
	work := 0
	names := make([][]generalName, len(j.chain))
	for i, c := range j.chain {
		if i == 0 || !selfIssued(c) {
			names[i] = j.constrainedNames(c)
		}
	}
	for i, ca := range j.chain[1:] {
		value := extensionValue(ca, oidNameConstraints)
		if value == nil {
			continue
		}
		nc, err := readConstraints(value)
		if err != nil {
			j.fault(FaultConstraints, ca, "the name constraints of %s: %v", label(ca), err)
			continue
		}
		for _, n := range slices.Concat(nc.permitted, nc.excluded) {
			if why := faultOfConstraint(n); why != "" {
				j.form("name-constraints-malformed", ca, "the name constraints of %s hold %v, which %s", label(ca), n, why)
			}
		}
		for below := range j.chain[:i+1] {
			work += len(names[below]) * (len(nc.permitted) + len(nc.excluded))
			if work > maxComparisons {
				j.fault(FaultTooMuchWork, ca, "%s has more name constraints, for more names, than anybody needs", label(ca))
				return
			}
			for _, n := range names[below] {
				if why := nc.refuses(n); why != "" {
					j.fault(FaultConstraints, j.chain[below], "%v, a name of %s, is not one that %s may sign for: %s", n, label(j.chain[below]), label(ca), why)
				}
			}
		}
	}
}

// constrainedNames are all names that constraints apply to: the alternative names,
// the subject, and mailboxes in the subject where there are no alternative names.
func (j *judge) constrainedNames(c *x509.Certificate) []generalName {
	names, err := subjectAltNames(c)
	if err != nil {
		j.fault(FaultMalformed, c, "%s: %v", label(c), err)
	}
	d, err := readDN(c.RawSubject)
	if err != nil || len(d) == 0 {
		return names
	}
	if len(names) == 0 {
		for _, rdn := range d {
			for _, a := range rdn {
				if text, ok := decodeString(a.Value); ok && a.Type.Equal(oidEmailAddress) {
					names = append(names, generalName{kindEmail, []byte(text)})
				}
			}
		}
	}
	return append(names, generalName{kindDirectory, c.RawSubject})
}

var oidEmailAddress = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}

// refuses says why a name is not allowed, "" where it is.
func (nc *nameConstraints) refuses(n generalName) string {
	for _, e := range nc.excluded {
		if e.kind == n.kind && overlaps(n, e) {
			return fmt.Sprintf("%v is excluded", e)
		}
	}
	limited := false
	for _, p := range nc.permitted {
		if p.kind != n.kind {
			continue
		}
		if inside(n, p) {
			return ""
		}
		limited = true
	}
	if limited {
		return "it is outside what is permitted"
	}
	return ""
}

// overlaps says whether a name, or anything a wildcard in it may stand for, falls
// under a constraint. Kinds that are not understood are taken to.
func overlaps(n, constraint generalName) bool {
	switch n.kind {
	case kindOther, kindX400, kindEDIParty, kindID:
		return true
	case kindDNS:
		if suffix, ok := strings.CutPrefix(lower(n), "*."); ok {
			_, parent, _ := strings.Cut(domainOf(constraint), ".")
			return inside(n, constraint) || parent == suffix
		}
	}
	return inside(n, constraint)
}

// inside says whether a name, with all a wildcard in it may stand for, falls under a
// constraint. Kinds that are not understood never do.
func inside(n, constraint generalName) bool {
	switch n.kind {
	case kindDNS:
		domain := domainOf(constraint)
		return domain == "" || within(strings.Trim(strings.TrimPrefix(lower(n), "*"), "."), domain)
	case kindEmail:
		return mailboxInside(string(n.bytes), string(constraint.bytes))
	case kindURI:
		u, err := url.Parse(string(n.bytes))
		return err == nil && hostInside(u.Hostname(), lower(constraint))
	case kindIP:
		p, ok := network(constraint.bytes)
		ip, valid := netip.AddrFromSlice(n.bytes)
		return ok && valid && p.Contains(ip)
	case kindDirectory:
		return nameInside(n.bytes, constraint.bytes)
	}
	return false
}

func lower(n generalName) string { return strings.ToLower(string(n.bytes)) }

// domainOf takes the dot off that OpenSSL's users write in front of domains.
func domainOf(n generalName) string { return strings.TrimPrefix(lower(n), ".") }

// mailboxInside: a constraint is a mailbox, a host, or with a dot in front all hosts
// below a domain. What stands before the @ is told apart by case.
func mailboxInside(mailbox, constraint string) bool {
	at := strings.LastIndexByte(mailbox, '@')
	if at < 1 {
		return false
	}
	if c := strings.LastIndexByte(constraint, '@'); c >= 0 {
		return mailbox[:at] == constraint[:c] && strings.EqualFold(mailbox[at+1:], constraint[c+1:])
	}
	return hostInside(mailbox[at+1:], strings.ToLower(constraint))
}

func hostInside(host, constraint string) bool {
	host = strings.ToLower(host)
	if ip, _ := parseIP(host); ip.IsValid() || host == "" {
		return false // a constraint is on domains
	}
	if strings.HasPrefix(constraint, ".") {
		return strings.HasSuffix(host, constraint) && len(host) > len(constraint)
	}
	return constraint == "" || host == constraint
}

// network reads an address and a mask, which has to be ones and then zeros.
func network(b []byte) (netip.Prefix, bool) {
	if len(b) != 8 && len(b) != 32 {
		return netip.Prefix{}, false
	}
	ip, _ := netip.AddrFromSlice(b[:len(b)/2])
	bits := 0
	for _, m := range b[len(b)/2:] {
		for ; m&0x80 != 0; m <<= 1 {
			bits++
		}
	}
	p := netip.PrefixFrom(ip, bits).Masked()
	return p, slices.Equal(b[len(b)/2:], maskOf(bits, len(b)/2))
}

func maskOf(bits, size int) []byte {
	mask := make([]byte, size)
	for i := range bits {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return mask
}

// nameInside says whether a distinguished name begins with another (RFC 5280, 7.1).
func nameInside(der, base []byte) bool {
	n, err := readDN(der)
	b, err2 := readDN(base)
	if err != nil || err2 != nil || len(b) > len(n) {
		return false
	}
	return n[:len(b)].canonical() == b.canonical()
}

// faultOfConstraint says what is wrong with how a constraint is written.
func faultOfConstraint(n generalName) string {
	text := lower(n)
	switch n.kind {
	case kindDNS:
		if strings.HasPrefix(text, ".") {
			return "begins with a dot: that is for mailboxes and URIs"
		}
		if text != "" {
			return faultOfName(text, false)
		}
	case kindEmail:
		host := text
		if at := strings.IndexByte(text, '@'); at == 0 {
			return "has nothing before the @"
		} else if at > 0 {
			host = text[at+1:]
		}
		return faultOfName(strings.TrimPrefix(host, "."), false)
	case kindURI:
		return faultOfName(strings.TrimPrefix(text, "."), false)
	case kindIP:
		if _, ok := network(n.bytes); !ok {
			return "is no address with a mask"
		}
	}
	return ""
}
