package cert

import (
	"crypto/ed25519"
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// one is a finding about the leaf, if it holds.
func (l *linted) one(holds bool, fix, format string, args ...any) []hit {
	if !holds {
		return nil
	}
	return []hit{{at: l.leaf, what: fmt.Sprintf(format, args...), fix: fix}}
}

func lintExpired(l *linted) []hit {
	root := l.role == authority && SelfSigned(l.leaf) // anchor-expired
	return l.one(!root && l.At.After(l.leaf.NotAfter), renewal(l.leaf), "expired %s, %s ago", date(l.leaf.NotAfter), span(l.At.Sub(l.leaf.NotAfter)))
}

func lintNotYetValid(l *linted) []hit {
	return l.one(l.At.Before(l.leaf.NotBefore), "set the clock of this machine, or wait", "is valid from %s only, in %s", date(l.leaf.NotBefore), span(l.leaf.NotBefore.Sub(l.At)))
}

// lintExpiresSoon: 30 days, or a third of the certificate's life where that is less.
func lintExpiresSoon(l *linted) []hit {
	left := l.leaf.NotAfter.Sub(l.At)
	soon := min(30*Day, life(l.leaf)/3)
	return l.one(left >= 0 && left < soon, renewal(l.leaf), "expires %s, in %s", date(l.leaf.NotAfter), span(left))
}

func lintSANMissing(l *linted) []hit {
	return l.one(l.role == server && extension(l.leaf, oidSAN) == nil, "gwtls csr HOST --force",
		"has no subject alternative names: browsers, Go and Apple's systems refuse it, whatever its common name")
}

func lintNameNotCovered(l *linted) (hits []hit) {
	for _, host := range l.Hosts {
		if !Covers(l.leaf, host) {
			hits = append(hits, hit{at: l.leaf, what: fmt.Sprintf("does not cover %s", host), fix: "gwtls csr " + host})
		}
	}
	return hits
}

func lintCNNotInSAN(l *linted) []hit {
	cn := commonName(l.leaf)
	return l.one(l.role == server && extension(l.leaf, oidSAN) != nil && cn != "" && !cnInSAN(l.leaf, cn), renewal(l.leaf),
		"its common name %s is not among its alternative names: no current client looks at it", printable([]string{cn})[0])
}

func lintServerAuthMissing(l *linted) []hit {
	return l.one(l.role == server && !slices.Contains(l.leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth) && !clientOnly(l.leaf), renewal(l.leaf),
		"its extended key usage does not name serverAuth: iPhones, iPads and Macs refuse it")
}

func clientOnly(c *x509.Certificate) bool { return allows(c, ForClient) && !allows(c, ForServer) }

func lintClientOnly(l *linted) []hit {
	return l.one(l.role == server && clientOnly(l.leaf), renewal(l.leaf), "its extended key usage is for clients only: every client refuses it of a server")
}

func lintClientAuthMixed(l *linted) []hit {
	mixed := l.role == server && slices.Contains(l.leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) && slices.Contains(l.leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	hits := l.one(mixed, "gwtls mutual issue NAME", "is for servers and clients at once: public CAs cease to issue such from 2027-03-15, so its successor will be no use as a client's")
	if mixed && l.Profile == Public && !l.leaf.NotBefore.Before(serverOnlyFrom) {
		hits[0].severity = Error
	}
	return hits
}

func lintCALeaf(l *linted) []hit {
	return l.one(l.role != authority && l.leaf.IsCA, renewal(l.leaf), "is a CA's certificate, which Firefox refuses of a %s", l.role)
}

// lintSelfSignedLeaf: one shape is taken by all but Apple's systems, the one without
// basic constraints.
func lintSelfSignedLeaf(l *linted) []hit {
	if l.role == authority || IsPending(l.leaf) || !SelfSigned(l.leaf) {
		return nil
	}
	h := hit{at: l.leaf, what: "is self-signed: iPhones and iPads refuse it even where it is trusted", fix: "gwtls selfsign HOST, without --single", severity: Info}
	if extension(l.leaf, oidBasicConstraints) != nil {
		h.what, h.severity = "is self-signed: Firefox, iPhones and iPads refuse it even where it is trusted", ""
	}
	return []hit{h}
}

// lintKeyUsage: the server's key signs in every exchange that browsers still make.
func lintKeyUsage(l *linted) []hit {
	hits := l.faults(FaultKeyUsage)
	if len(hits) == 0 {
		hits = l.one(l.role != authority && forbids(l.leaf, x509.KeyUsageDigitalSignature), renewal(l.leaf),
			"its key usage does not have digitalSignature, which TLS 1.3 needs")
	}
	return hits
}

func lintKeys(code string) func(*linted) []hit {
	return func(l *linted) (hits []hit) {
		for _, c := range l.all() {
			if found, why := weakKey(c.PublicKey, Private); found == code {
				hits = append(hits, hit{at: c, what: fmt.Sprintf("its key is %s: %s", KeyOf(c.PublicKey), why), fix: renewal(l.leaf)})
			}
		}
		return hits
	}
}

func lintEd25519(l *linted) []hit {
	_, ok := l.leaf.PublicKey.(ed25519.PublicKey)
	return l.one(ok && l.role == server, renewal(l.leaf)+" --key-type p256", "has an Ed25519 key: browsers do not take it")
}

func lintSignatures(l *linted) (hits []hit) {
	for _, c := range l.issued() {
		if weakSignature(c.SignatureAlgorithm) {
			hits = append(hits, hit{at: c, what: fmt.Sprintf("is signed with %s, which can be forged: browsers, Go and Apple's systems refuse it", c.SignatureAlgorithm), fix: renewal(l.leaf)})
		}
	}
	return hits
}

func days(d time.Duration) int { return int((d - 1) / Day) }

func lintDaysOver825(l *linted) []hit {
	return l.one(l.role == server && life(l.leaf) > MaxDays*Day+time.Second, renewal(l.leaf),
		"is valid for %d days: iPhones, iPads and Macs take %d at most", days(life(l.leaf)), MaxDays)
}

func lintDaysOverLimit(l *linted) []hit {
	limit := PublicDays(l.leaf.NotBefore)
	return l.one(l.role == server && life(l.leaf) > time.Duration(limit)*Day, renewal(l.leaf),
		"is valid for %d days: of a public CA, browsers take %d at most if issued %s", days(life(l.leaf)), limit, l.leaf.NotBefore.UTC().Format(time.DateOnly))
}

// eachName gives a finding for each DNS name of the leaf that say has one for.
func (l *linted) eachName(say func(name string) string) (hits []hit) {
	if l.role == authority {
		return nil
	}
	for _, name := range l.leaf.DNSNames {
		if what := say(strings.ToLower(name)); what != "" {
			hits = append(hits, hit{at: l.leaf, what: printable([]string{name})[0] + " " + what, fix: renewal(l.leaf)})
		}
	}
	return hits
}

func lintWildcards(l *linted) []hit {
	return l.eachName(func(name string) string {
		suffix, _ := wildcardSuffix(name)
		switch {
		case suffix:
			return "stands for the names of all customers of a registry: Chromium refuses it"
		case strings.Contains(strings.TrimPrefix(name, "*."), "*"):
			return "has a * where clients do not take it: only *. at the front stands for one label"
		}
		return ""
	})
}

func lintNameSyntax(l *linted) []hit {
	return l.eachName(func(name string) string {
		if strings.Contains(strings.TrimPrefix(name, "*."), "*") || isAddress(name) {
			return ""
		}
		if strings.HasSuffix(name, ".") {
			return "ends in a dot, which names in certificates do not"
		}
		if strings.Contains(name, "_") {
			return "has an underscore, which host names must not have"
		}
		if why := faultOfName(strings.TrimPrefix(name, "*."), false); why != "" {
			return why
		}
		return ""
	})
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

func lintIPAsDNSName(l *linted) []hit {
	return l.eachName(func(name string) string {
		if isAddress(name) {
			return "is an address among the DNS names, where clients do not look for it"
		}
		return ""
	})
}

func lintInternalNames(l *linted) []hit {
	return l.eachName(func(name string) string {
		if !isAddress(name) && internalName(name) {
			return "is a name of an internal network: no public CA may certify it"
		}
		return ""
	})
}
