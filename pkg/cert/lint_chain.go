package cert

import (
	"fmt"
	"slices"
)

// faults are those of one code that verification found.
func (l *linted) faults(code string) (hits []hit) {
	for _, f := range l.verdict.Faults {
		if f.Code == code && f.Certificate != nil {
			hits = append(hits, hit{at: f.Certificate, what: f.What, fix: renewal(l.leaf)})
		}
	}
	return hits
}

func lintSerials(l *linted) (hits []hit) {
	for _, c := range l.issued() {
		if why := faultOfSerial(c); why != "" {
			hits = append(hits, hit{at: c, what: "its serial number " + why, fix: renewal(l.leaf)})
		}
	}
	return hits
}

// lintMissing needs to know the roots: without them the issuer of the last
// certificate may as well be one.
func lintMissing(l *linted) []hit {
	if len(l.Roots) == 0 && l.Machine == nil || l.role == authority {
		return nil
	}
	hits := l.faults(FaultMissing)
	for i := range hits {
		hits[i].fix = "gwtls import FILE, with the CA's whole reply"
	}
	return hits
}

// lintOrder: TLS before 1.3 wants each certificate to certify the one before it
// (RFC 5246, 7.4.2), and some clients still hold servers to it.
func lintOrder(l *linted) []hit {
	chain := l.verdict.Chain
	for i, c := range l.presented {
		if i < len(chain) && c.Equal(chain[i]) {
			continue
		}
		what := fmt.Sprintf("stands at place %d of the chain, where it does not belong", i+1)
		if slices.ContainsFunc(l.presented[:i], c.Equal) {
			what = "is in the chain twice"
		} else if !slices.ContainsFunc(chain, c.Equal) {
			what = "is in the chain, but certifies nothing in it"
		}
		return []hit{{at: c, what: what, fix: "gwtls import FILE, which puts the chain in order"}}
	}
	return nil
}

func lintRootInChain(l *linted) (hits []hit) {
	for _, c := range l.presented[1:] {
		if SelfSigned(c) {
			hits = append(hits, hit{at: c, what: "is a root and sent along: clients have it or do not trust it", fix: "gwtls import FILE, which leaves it out"})
		}
	}
	return hits
}

func lintIntermediateExpired(l *linted) (hits []hit) {
	for _, c := range l.issued() {
		if c != l.leaf && l.At.After(c.NotAfter) {
			hits = append(hits, hit{at: c, what: fmt.Sprintf("is an intermediate and expired %s, %s ago", date(c.NotAfter), span(l.At.Sub(c.NotAfter))), fix: "gwtls import FILE, with the CA's present chain"})
		}
	}
	return hits
}

func lintIntermediateFirst(l *linted) (hits []hit) {
	for _, c := range l.issued() {
		if c != l.leaf && c.NotAfter.Before(l.leaf.NotAfter) && !l.At.After(c.NotAfter) {
			hits = append(hits, hit{at: c, what: fmt.Sprintf("is an intermediate and expires %s, before the certificate it vouches for", date(c.NotAfter)), fix: renewal(l.leaf)})
		}
	}
	return hits
}

func lintAnchorExpired(l *linted) (hits []hit) {
	for _, c := range l.all() {
		if (c != l.leaf || l.role == authority) && SelfSigned(c) && l.At.After(c.NotAfter) {
			hits = append(hits, hit{at: c, what: fmt.Sprintf("is a root and expired %s: OpenSSL and Go refuse it", date(c.NotAfter)), fix: "gwtls ca init --force, and trust the new root"})
		}
	}
	return hits
}

func lintKeyIDs(l *linted) []hit { return l.faults(faultKeyIDs) }

func lintConstraints(l *linted) []hit { return l.faults(FaultConstraints) }

// lintUnconstrained: who trusts an unconstrained private root trusts it for every
// name there is.
func lintUnconstrained(l *linted) (hits []hit) {
	for _, c := range l.all() {
		if c.IsCA && SelfSigned(c) && extension(c, oidNameConstraints) == nil {
			hits = append(hits, hit{at: c, what: "is a root without name constraints: whoever gets its key can pose as any host to those who trust it", fix: "gwtls ca init --permit DOMAIN"})
		}
	}
	return hits
}
