package cert_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// lintCase is a chain that runs into a lint. The same laboratory's good chain, which
// every lint passes over, is in TestGoodChainsHaveNoFindings.
type lintCase struct {
	code            string
	private, public cert.Severity // "" where nothing is found
	chain           func(*lab) []*x509.Certificate
	options         cert.LintOptions
}

// leafWith is a leaf changed as told, with its intermediate.
func leafWith(changes ...with) func(*lab) []*x509.Certificate {
	return func(l *lab) []*x509.Certificate {
		i := l.ca(l.root("Root"), "Intermediate")
		return certificates(l.leaf(i, changes...), i)
	}
}

// leafUnder is a leaf with an intermediate changed as told.
func leafUnder(changes ...with) func(*lab) []*x509.Certificate {
	return func(l *lab) []*x509.Certificate {
		i := l.ca(l.root("Root"), "Intermediate", changes...)
		return certificates(l.leaf(i), i)
	}
}

func usages(all ...x509.ExtKeyUsage) with {
	return func(t *x509.Certificate) { t.ExtKeyUsage = all }
}

func days(n int) with {
	return func(t *x509.Certificate) { t.NotAfter = t.NotBefore.AddDate(0, 0, n).Add(-time.Second) }
}

func issued(year int, month time.Month, day, last int) with {
	return func(t *x509.Certificate) {
		t.NotBefore = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		days(last)(t)
	}
}

// oddRSA is a key of 2050 bits.
func oddRSA(l *lab) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2050)
	if err != nil {
		l.Fatal(err)
	}
	return k
}

func leafOfKey(key func(*lab) *party) func(*lab) []*x509.Certificate {
	return func(l *lab) []*x509.Certificate { return certificates(key(l)) }
}

const (
	e = cert.Error
	w = cert.Warning
	i = cert.Info
)

var lintCases = []lintCase{
	{"expired", e, e, leafWith(valid(june.AddDate(0, -2, 0), june.Add(-time.Hour))), cert.LintOptions{}},
	{"not-yet-valid", e, e, leafWith(valid(june.Add(time.Hour), june.AddDate(0, 2, 0))), cert.LintOptions{}},
	{"expires-soon", w, w, leafWith(valid(june.AddDate(0, -6, 0), june.AddDate(0, 0, 29))), cert.LintOptions{}},
	{"san-missing", e, e, leafWith(func(t *x509.Certificate) { t.DNSNames = nil }), cert.LintOptions{Purpose: cert.ForServer}},
	{"name-not-covered", e, e, leafWith(), cert.LintOptions{Hosts: []string{"gw.example.com", "gw.example.org"}}},
	{"cn-not-in-san", w, e, leafWith(func(t *x509.Certificate) { t.Subject.CommonName = "other.example.com" }), cert.LintOptions{}},
	{"eku-serverauth-missing", w, e, leafWith(usages()), cert.LintOptions{}},
	{"eku-client-only", e, e, leafWith(usages(x509.ExtKeyUsageClientAuth)), cert.LintOptions{Purpose: cert.ForServer}},
	{"eku-clientauth-mixed", i, w, leafWith(usages(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth)), cert.LintOptions{}},
	{"eku-clientauth-mixed", i, e, leafWith(usages(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth), issued(2027, 3, 15, 90)), cert.LintOptions{At: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)}},
	{"ca-true-leaf", e, e, leafWith(func(t *x509.Certificate) { t.IsCA = true }), cert.LintOptions{}},
	{"self-signed-leaf", w, w, func(l *lab) []*x509.Certificate { return certificates(l.selfSigned()) }, cert.LintOptions{}},
	{"self-signed-leaf", i, i, func(l *lab) []*x509.Certificate {
		return certificates(l.selfSigned(func(t *x509.Certificate) { t.BasicConstraintsValid = false }))
	}, cert.LintOptions{}},
	{"key-usage-wrong", e, e, leafWith(func(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageKeyEncipherment }), cert.LintOptions{}},
	{"key-usage-wrong", e, e, leafUnder(func(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageCRLSign }), cert.LintOptions{}},
	{"rsa-below-2048", e, e, leafOfKey(func(l *lab) *party {
		k, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			l.Fatal(err)
		}
		return l.leafOf(k, l.root("Root"))
	}), cert.LintOptions{}},
	{"rsa-odd-size-or-exponent", e, e, leafOfKey(func(l *lab) *party { return l.leafOf(oddRSA(l), l.root("Root")) }), cert.LintOptions{}},
	{"curve-unusual", e, e, leafOfKey(func(l *lab) *party {
		k, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
		if err != nil {
			l.Fatal(err)
		}
		return l.leafOf(k, l.root("Root"))
	}), cert.LintOptions{}},
	{"ed25519-server", e, e, leafOfKey(func(l *lab) *party { return l.leafOf(l.keyOf(cert.Ed25519), l.root("Root")) }), cert.LintOptions{}},
	{"sig-sha1-md5", e, e, leafOfKey(func(l *lab) *party {
		r := l.rootOf(l.keyOf(cert.RSA2048), "Root")
		return l.sha1(r, l.leaf(r))
	}), cert.LintOptions{}},
	{"days-over-825", e, e, leafWith(days(826)), cert.LintOptions{}},
	{"days-over-limit-at-issue", i, e, leafWith(issued(2026, 3, 14, 399)), cert.LintOptions{}},
	{"days-over-limit-at-issue", i, e, leafWith(issued(2026, 3, 15, 201)), cert.LintOptions{}},
	{"days-over-limit-at-issue", i, e, leafWith(issued(2027, 3, 15, 101)), cert.LintOptions{At: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)}},
	{"days-over-limit-at-issue", i, e, leafWith(issued(2029, 3, 15, 48)), cert.LintOptions{At: time.Date(2029, 3, 16, 0, 0, 0, 0, time.UTC)}},
	{"wildcard-depth", w, e, leafWith(dnsNames("*.com")), cert.LintOptions{}},
	{"wildcard-depth", w, e, leafWith(dnsNames("gw.*.example.com")), cert.LintOptions{}},
	{"name-syntax", w, e, leafWith(dnsNames("my_gw.example.com")), cert.LintOptions{}},
	{"name-syntax", w, e, leafWith(dnsNames("gw.example.com.")), cert.LintOptions{}},
	{"ip-as-dns-name", e, e, leafWith(dnsNames("192.0.2.1")), cert.LintOptions{}},
	{"internal-name", i, e, leafWith(dnsNames("gw.corp")), cert.LintOptions{}},
	{"serial-over-20-octets-or-negative", e, e, leafWith(func(t *x509.Certificate) { t.SerialNumber.SetInt64(0) }), cert.LintOptions{}},
	{"chain-missing-intermediate", e, e, func(l *lab) []*x509.Certificate {
		return certificates(l.leaf(l.ca(l.root("Root"), "Intermediate")))
	}, cert.LintOptions{Machine: x509.NewCertPool()}},
	{"chain-order", w, w, func(l *lab) []*x509.Certificate {
		upper := l.ca(l.root("Root"), "Upper")
		lower := l.ca(upper, "Lower")
		return certificates(l.leaf(lower), upper, lower)
	}, cert.LintOptions{}},
	{"chain-order", w, w, func(l *lab) []*x509.Certificate {
		ca := l.ca(l.root("Root"), "Intermediate")
		return certificates(l.leaf(ca), ca, l.ca(l.root("Root"), "Stranger"))
	}, cert.LintOptions{}},
	{"root-in-chain", i, i, func(l *lab) []*x509.Certificate {
		r := l.root("Root")
		return certificates(l.leaf(r), r)
	}, cert.LintOptions{}},
	{"intermediate-expired", e, e, leafUnder(valid(june.AddDate(-1, 0, 0), june.AddDate(0, 0, -1))), cert.LintOptions{}},
	{"intermediate-expires-first", w, w, leafUnder(valid(june.AddDate(-1, 0, 0), june.AddDate(0, 0, 40))), cert.LintOptions{}},
	{"anchor-expired", w, w, func(l *lab) []*x509.Certificate {
		r := l.root("Root", valid(june.AddDate(-2, 0, 0), june.AddDate(-1, 0, 0)))
		return certificates(l.leaf(r), r)
	}, cert.LintOptions{}},
	{"aki-ski-mismatch", e, e, func(l *lab) []*x509.Certificate {
		ca := l.ca(l.root("Root"), "Intermediate")
		ca.SubjectKeyId = []byte("of a later certificate")
		leaf := l.leaf(ca)
		return []*x509.Certificate{leaf.Certificate, l.parse(ca.Raw)}
	}, cert.LintOptions{}},
	{"name-constraints-missing", i, "", func(l *lab) []*x509.Certificate { return certificates(l.root("Root")) }, cert.LintOptions{}},
	{"name-constraints-violated", e, e, leafUnder(permit("example.org")), cert.LintOptions{}},
}

func TestEachLintFindsWhatItIsFor(t *testing.T) {
	l := &lab{T: t}
	seen := map[string]bool{}
	for _, c := range lintCases {
		seen[c.code] = true
		chain := c.chain(l)
		for profile, want := range map[cert.Profile]cert.Severity{cert.Private: c.private, cert.Public: c.public} {
			o := c.options
			o.Profile = profile
			if o.At.IsZero() {
				o.At = june
			}
			findings := cert.Lint(chain, o)
			n := slices.IndexFunc(findings, func(f cert.Finding) bool { return f.Code == c.code })
			switch {
			case n < 0 && want != "":
				t.Errorf("%s under a %s root: not found; found %v", c.code, profile, findings)
			case n >= 0 && findings[n].Severity != want:
				t.Errorf("%s under a %s root is of severity %q, want %q", c.code, profile, findings[n].Severity, want)
			case n >= 0 && (findings[n].Where == "" || findings[n].What == "" || !strings.HasPrefix(findings[n].Fix, "gwtls ") && c.code != "not-yet-valid"):
				t.Errorf("%s lacks a place, words or a remedy: %+v", c.code, findings[n])
			}
		}
	}
	for _, code := range cert.LintCodes() {
		if !seen[code] {
			t.Errorf("no certificate here runs into %s", code)
		}
	}
}

// One good chain is what no lint has anything to say about.
func TestGoodChainsHaveNoFindings(t *testing.T) {
	l := &lab{T: t}
	root := l.root("Root", permit("example.com"))
	ca := l.ca(root, "Intermediate")
	for _, c := range []struct {
		name  string
		chain []*x509.Certificate
	}{
		{"a server", certificates(l.leaf(ca), ca)},
		{"a server with a wildcard", certificates(l.leaf(ca, dnsNames("*.example.com", "example.com")), ca)},
		{"a server with an RSA key", certificates(l.leafOf(l.keyOf(cert.RSA2048), ca), ca)},
		{"the longest that a public CA may issue", certificates(l.leaf(ca, issued(2026, 3, 15, 200)), ca)},
		{"the longest it might before", certificates(l.leaf(ca, issued(2026, 3, 14, 398)), ca)},
		{"a client", certificates(l.leaf(ca, usages(x509.ExtKeyUsageClientAuth), func(t *x509.Certificate) {
			t.DNSNames, t.Subject = nil, pkix.Name{CommonName: "Anna"}
		}), ca)},
		{"a root", certificates(root)},
		{"an intermediate", certificates(ca)},
	} {
		for _, profile := range []cert.Profile{cert.Private, cert.Public} {
			for _, f := range cert.Lint(c.chain, cert.LintOptions{At: june, Profile: profile, Roots: certificates(root)}) {
				t.Errorf("%s under a %s root: %+v", c.name, profile, f)
			}
		}
	}
}

func TestWhatIsMadeHereHasNoFindingAboveInfo(t *testing.T) {
	for name, chain := range madeHere(t) {
		for _, f := range cert.Lint(chain, cert.LintOptions{At: june.Add(time.Hour)}) {
			if f.Severity != cert.Info {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

func TestWhatIsMadeHereVerifies(t *testing.T) {
	for name, chain := range madeHere(t) {
		v := cert.Verify(cert.VerifyOptions{
			Leaf: chain[0], Helpers: chain[1:], Roots: chain[len(chain)-1:], At: june.Add(time.Hour),
			Host: "gw.example.com", Purpose: cert.ForServer,
		})
		if !v.Valid() {
			t.Errorf("%s:\n%s", name, whats(v))
		}
	}
}

func madeHere(t *testing.T) map[string][]*x509.Certificate {
	root := rootFor(t, june, "gw.example.com")
	r := cert.Request{Names: names(t, "gw.example.com", "127.0.0.1"), Now: june}
	leaf := issue(t, root, r, cert.P256)
	key, err := cert.RSA2048.Generate()
	if err != nil {
		t.Fatal(err)
	}
	single, err := cert.SelfSign(r, key)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]*x509.Certificate{
		"a leaf of the private root":          {leaf, root.Certificate()},
		"a literally self-signed certificate": {single},
	}
}

func TestPublicLimitsByDateOfIssue(t *testing.T) {
	for day, want := range map[string]int{
		"2026-03-14": 398, "2026-03-15": 200, "2027-03-14": 200, "2027-03-15": 100,
		"2029-03-14": 100, "2029-03-15": 47, "2040-01-01": 47,
	} {
		issued, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := cert.PublicDays(issued); got != want {
			t.Errorf("issued %s: %d days, want %d", day, got, want)
		}
	}
}

func TestSerialOf21OctetsIsFound(t *testing.T) {
	l := &lab{T: t}
	long := new(big.Int).Lsh(big.NewInt(1), 159) // a leading zero octet makes it 21
	findings := cert.Lint(leafWith(func(t *x509.Certificate) { t.SerialNumber = long })(l), cert.LintOptions{At: june})
	if !slices.ContainsFunc(findings, func(f cert.Finding) bool { return f.Code == "serial-over-20-octets-or-negative" }) {
		t.Errorf("found only %v", findings)
	}
}
