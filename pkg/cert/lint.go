package cert

import (
	"cmp"
	"crypto/x509"
	"slices"
	"strings"
	"time"
)

// Severity says what a finding means to users.
type Severity string

// The severities: some clients refuse, some may or soon will, good to know.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is something that users would find later, and less politely.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where"`
	What     string   `json:"what"`
	Fix      string   `json:"fix"`
}

// LintOptions say how a certificate is used.
type LintOptions struct {
	At      time.Time
	Profile Profile  // where "", what the certificate claims: see ProfileOf
	Purpose Purpose  // where "", what the certificate looks made for
	Hosts   []string // names clients will use
	Where   string   // what holds the certificate, for the findings

	// Roots and Machine are as in VerifyOptions. Where there are none at all, nothing
	// is said about what is missing from the chain.
	Roots   []*x509.Certificate
	Machine *x509.CertPool
}

// Lint says what is to be said about a certificate with its chain, as presented, leaf
// first; or about a CA's certificate alone.
func Lint(chain []*x509.Certificate, o LintOptions) []Finding {
	if len(chain) == 0 {
		return nil
	}
	leaf := chain[0]
	l := &linted{LintOptions: o, leaf: leaf, presented: chain, role: roleOf(leaf, o.Purpose)}
	l.Profile = cmp.Or(o.Profile, ProfileOf(leaf))
	l.verdict = Verify(VerifyOptions{
		Leaf: leaf, Helpers: chain[1:], Roots: o.Roots, Machine: o.Machine,
		At: o.At, Purpose: o.Purpose, Profile: l.Profile,
	})
	findings := []Finding{}
	for _, rule := range lints {
		severity := rule.private
		if l.Profile == Public {
			severity = rule.public
		}
		for _, h := range rule.check(l) {
			findings = append(findings, Finding{rule.code, cmp.Or(h.severity, severity), l.where(h.at), h.what, h.fix})
		}
	}
	return slices.DeleteFunc(findings, func(f Finding) bool { return f.Severity == "" })
}

// linted is what the rules look at.
type linted struct {
	LintOptions
	leaf      *x509.Certificate
	presented []*x509.Certificate // leaf first
	role      role
	verdict   *Verdict // its chain is in order, and complete where it can be
}

type role string

const (
	server    role = "server"
	client    role = "client"
	authority role = "CA"
)

// roleOf is the use a certificate is for, or looks made for.
func roleOf(c *x509.Certificate, p Purpose) role {
	switch {
	case p == ForServer:
		return server
	case p == ForClient:
		return client
	case c.IsCA && (c.KeyUsage&x509.KeyUsageCertSign != 0 && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) ||
		len(c.DNSNames)+len(c.IPAddresses) == 0):
		return authority
	case extension(c, oidExtKeyUsage) != nil && allows(c, ForClient) && !allows(c, ForServer):
		return client
	}
	return server
}

func (l *linted) where(c *x509.Certificate) string {
	switch {
	case l.Where == "":
		return label(c)
	case c == l.leaf:
		return l.Where
	}
	return l.Where + ": " + label(c)
}

// all are the presented certificates and those that complete the chain.
func (l *linted) all() []*x509.Certificate {
	all := slices.Clone(l.presented)
	for _, c := range l.verdict.Chain {
		if !slices.ContainsFunc(all, c.Equal) {
			all = append(all, c)
		}
	}
	return all
}

// issued are those of all whose signature matters, which a root's own does not.
func (l *linted) issued() []*x509.Certificate {
	return slices.DeleteFunc(l.all(), func(c *x509.Certificate) bool { return c != l.leaf && SelfSigned(c) })
}

// hit is one place where a rule has something to say.
type hit struct {
	at        *x509.Certificate
	what, fix string
	severity  Severity // where "", the rule's
}

// lint is a rule, with its severity under a private and under a public root; "" where
// it says nothing.
type lint struct {
	code            string
	private, public Severity
	check           func(*linted) []hit
}

var lints = []lint{
	{"expired", Error, Error, lintExpired},
	{"not-yet-valid", Error, Error, lintNotYetValid},
	{"expires-soon", Warning, Warning, lintExpiresSoon},
	{"san-missing", Error, Error, lintSANMissing},
	{"name-not-covered", Error, Error, lintNameNotCovered},
	{"cn-not-in-san", Warning, Error, lintCNNotInSAN},
	{"eku-serverauth-missing", Warning, Error, lintServerAuthMissing},
	{"eku-client-only", Error, Error, lintClientOnly},
	{"eku-clientauth-mixed", Info, Warning, lintClientAuthMixed},
	{"ca-true-leaf", Error, Error, lintCALeaf},
	{"self-signed-leaf", Warning, Warning, lintSelfSignedLeaf},
	{"key-usage-wrong", Error, Error, lintKeyUsage},
	{"rsa-below-2048", Error, Error, lintKeys("rsa-below-2048")},
	{"rsa-odd-size-or-exponent", Error, Error, lintKeys("rsa-odd-size-or-exponent")},
	{"curve-unusual", Error, Error, lintKeys("curve-unusual")},
	{"ed25519-server", Error, Error, lintEd25519},
	{"sig-sha1-md5", Error, Error, lintSignatures},
	{"days-over-825", Error, Error, lintDaysOver825},
	{"days-over-limit-at-issue", Info, Error, lintDaysOverLimit},
	{"wildcard-depth", Warning, Error, lintWildcards},
	{"name-syntax", Warning, Error, lintNameSyntax},
	{"ip-as-dns-name", Error, Error, lintIPAsDNSName},
	{"internal-name", Info, Error, lintInternalNames},
	{"serial-over-20-octets-or-negative", Error, Error, lintSerials},
	{"chain-missing-intermediate", Error, Error, lintMissing},
	{"chain-order", Warning, Warning, lintOrder},
	{"root-in-chain", Info, Info, lintRootInChain},
	{"intermediate-expired", Error, Error, lintIntermediateExpired},
	{"intermediate-expires-first", Warning, Warning, lintIntermediateFirst},
	{"anchor-expired", Warning, Warning, lintAnchorExpired},
	{"aki-ski-mismatch", Error, Error, lintKeyIDs},
	{"name-constraints-missing", Info, "", lintUnconstrained},
	{"name-constraints-violated", Error, Error, lintConstraints},
}

// LintCodes are the codes Lint can give.
func LintCodes() []string {
	codes := make([]string, len(lints))
	for i, l := range lints {
		codes[i] = l.code
	}
	return codes
}

// limits are how long public leaves may last, by when they are issued (Baseline
// Requirements, 6.3.2).
var limits = []struct {
	from time.Time
	days int
}{
	{time.Date(2029, 3, 15, 0, 0, 0, 0, time.UTC), 47},
	{time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC), 100},
	{time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC), 200},
	{time.Time{}, 398},
}

// PublicDays is the most days a public server certificate issued at a time may last.
func PublicDays(issued time.Time) int {
	for _, l := range limits {
		if !issued.Before(l.from) {
			return l.days
		}
	}
	return limits[len(limits)-1].days
}

// serverOnlyFrom is when public server certificates cease to be good for clients
// (Chrome Root Program Policy 1.8).
var serverOnlyFrom = time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC)

// life is how long a certificate is valid, its last second included.
func life(c *x509.Certificate) time.Duration { return c.NotAfter.Sub(c.NotBefore) + time.Second }

// renewal is the command that gets a new certificate for the same hosts. It is there to
// be pasted into a shell, so only names that cannot mean anything to one are in it.
func renewal(c *x509.Certificate) string {
	const most = 5
	have := NamesOf(c)
	have.Emails, have.URIs = nil, nil
	var words []string
	for _, name := range have.Strings() {
		n, err := ParseNames([]string{name})
		if err != nil || len(words) == most {
			continue
		}
		word := n.Alias()
		if strings.HasPrefix(word, "*") {
			word = "'" + word + "'"
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		words = []string{"HOST"}
	}
	return "gwtls csr " + strings.Join(words, " ") + " --force"
}
