package cert_test

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func names(t *testing.T, hosts ...string) cert.Names {
	t.Helper()
	n, err := cert.ParseNames(hosts)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rootFor makes a root as selfsign does for these hosts.
func rootFor(t *testing.T, now time.Time, hosts ...string) *cert.Authority {
	t.Helper()
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	n := names(t, hosts...)
	root, err := cert.NewRoot(cert.RootRequest{For: n.Alias(), Permit: cert.ConstraintsFor(n), Now: now}, key)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func issue(t *testing.T, ca *cert.Authority, r cert.Request, kt cert.KeyType) *x509.Certificate {
	t.Helper()
	c, err := ca.Issue(r, keyOf(t, kt).Public())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLeafIsForAServerAndNothingElse(t *testing.T) {
	root := rootFor(t, noon, "gw.example.com")
	for _, kt := range []cert.KeyType{cert.P256, cert.RSA2048, cert.Ed25519} {
		c := issue(t, root, cert.Request{Names: names(t, "gw.example.com"), Now: noon}, kt)
		usage := x509.KeyUsageDigitalSignature
		if _, ok := c.PublicKey.(*rsa.PublicKey); ok {
			usage |= x509.KeyUsageKeyEncipherment
		}
		if c.KeyUsage != usage {
			t.Errorf("%s: key usage %b, want %b", kt, c.KeyUsage, usage)
		}
		if !slices.Equal(c.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) {
			t.Errorf("%s: extended key usage %v, want serverAuth alone", kt, c.ExtKeyUsage)
		}
		if !c.BasicConstraintsValid || c.IsCA {
			t.Errorf("%s: basicConstraints %v, CA %v; want CA:FALSE", kt, c.BasicConstraintsValid, c.IsCA)
		}
		if string(c.AuthorityKeyId) != string(root.Certificate().SubjectKeyId) || len(c.SubjectKeyId) == 0 {
			t.Errorf("%s: key ids %x under %x", kt, c.SubjectKeyId, c.AuthorityKeyId)
		}
	}
}

func TestLeafLasts397DaysFromALittleAgo(t *testing.T) {
	c := issue(t, rootFor(t, noon, "gw.example.com"), cert.Request{Names: names(t, "gw.example.com"), Now: noon}, cert.P256)
	if got := c.NotAfter.Sub(c.NotBefore); got != 397*cert.Day {
		t.Errorf("lifetime %v, want 397 days", got)
	}
	if got := noon.Sub(c.NotBefore); got != time.Hour {
		t.Errorf("begins %v before now, want an hour", got)
	}
}

func TestSerialsAre128RandomBits(t *testing.T) {
	root := rootFor(t, noon, "gw.example.com")
	seen := map[string]bool{}
	longest := 0
	for range 20 {
		c := issue(t, root, cert.Request{Names: names(t, "gw.example.com"), Now: noon}, cert.P256)
		longest = max(longest, c.SerialNumber.BitLen())
		if c.SerialNumber.Sign() <= 0 || seen[c.SerialNumber.String()] {
			t.Fatalf("serial %v again, or not positive", c.SerialNumber)
		}
		seen[c.SerialNumber.String()] = true
	}
	if longest < 120 || longest > 128 {
		t.Errorf("longest serial has %d bits, want up to 128", longest)
	}
}

func TestSelfSignedHasNoBasicConstraints(t *testing.T) {
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.SelfSign(cert.Request{Names: names(t, "gw.example.com"), Now: noon}, key)
	if err != nil {
		t.Fatal(err)
	}
	if c.BasicConstraintsValid || !cert.SelfSigned(c) || len(c.DNSNames) != 1 || len(c.ExtKeyUsage) != 1 {
		t.Errorf("made %+v", cert.Describe(c))
	}
}

func TestRootIsNamedAndCritical(t *testing.T) {
	root := rootFor(t, noon, "gw.example.com").Certificate()
	if cn := cert.Name(root); !strings.HasPrefix(cn, "gwtls root gw.example.com 2026-05-04 ") {
		t.Errorf("CN is %q", cn)
	}
	if !root.IsCA || root.MaxPathLen != 0 || !root.MaxPathLenZero || root.KeyUsage != x509.KeyUsageCertSign|x509.KeyUsageCRLSign {
		t.Errorf("CA %v, path length %d, key usage %b", root.IsCA, root.MaxPathLen, root.KeyUsage)
	}
	for _, e := range root.Extensions {
		if id := e.Id.String(); (id == "2.5.29.19" || id == "2.5.29.30") && !e.Critical {
			t.Errorf("extension %s is not critical", id)
		}
	}
	long := strings.Repeat("a.", 60) + "example.com"
	if cn := cert.Name(rootFor(t, noon, long).Certificate()); len(cn) > 64 || !strings.Contains(cn, "2026-05-04") {
		t.Errorf("CN of a long host is %q, %d characters", cn, len(cn))
	}
}

func TestNothingOutlivesItsIssuer(t *testing.T) {
	root := rootFor(t, noon, "gw.example.com")
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	late := noon.Add(cert.RootLifetime - 30*cert.Day)
	_, err = root.Issue(cert.Request{Names: names(t, "gw.example.com"), Now: late}, key.Public())
	if !errors.Is(err, cert.ErrOutlives) {
		t.Errorf("got %v, want ErrOutlives", err)
	}
	fits := cert.LifetimeUntil(root.Certificate().NotAfter, late)
	c, err := root.Issue(cert.Request{Names: names(t, "gw.example.com"), Now: late, Lifetime: fits}, key.Public())
	if err != nil || !c.NotAfter.Equal(root.Certificate().NotAfter) {
		t.Errorf("of the longest lifetime that fits: %v", err)
	}
}

func TestRootSignsNothingOutsideItsConstraints(t *testing.T) {
	root := rootFor(t, noon, "gw.example.com", "10.1.2.3")
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"example.com": true, "*.a.example.com": true, "ops@mail.example.com": true, "spiffe://example.com/gw": true,
		"localhost": true, "x.localhost": true, "127.9.9.9": true, "::1": true, "10.1.2.3": true,
		"example.org": false, "notexample.com": false, "com": false, "10.1.2.4": false, "fe80::1": false,
		"ops@example.org": false, "spiffe://example.org/gw": false, "urn:x:y": false, "https://10.1.2.3/": false,
	} {
		_, err := root.Issue(cert.Request{Names: names(t, host), Now: noon}, key.Public())
		if got := !errors.Is(err, cert.ErrConstraints); got != want {
			t.Errorf("%s: signed %v (%v), want %v", host, got, err, want)
		}
	}
}

func TestConstraintsAreWhatTheOwnerHolds(t *testing.T) {
	for _, tt := range []struct{ host, want string }{
		{"gw.example.com", "example.com"},
		{"*.gw.example.co.uk", "example.co.uk"},
		{"a.b.github.io", "b.github.io"},
		{"github.io", "github.io"},
		{"*.github.io", "github.io"},
		{"gateway", "gateway"},
		{"gw.corp", "gw.corp"},
		{"db.gw.corp", "gw.corp"},
		{"x.y.test", "test"},
		{"gw.internal", "internal"},
		{"printer.local", "local"},
		{"nas.home.arpa", "home.arpa"},
		{"Bücher.example.de", "example.de"},
		{"ops@mail.example.com", "example.com"},
		{"spiffe://td.example.com/gw", "example.com"},
		{"a.localhost", ""},
		{"10.1.2.3", "10.1.2.3"},
		{"2001:db8::1", "2001:db8::1"},
		{"127.0.0.5", ""},
		{"https://10.1.2.3/", ""},
	} {
		got := cert.ConstraintsFor(names(t, tt.host)).Strings()
		got = slices.DeleteFunc(got, func(s string) bool { return slices.Contains(cert.Loopback.Strings(), s) })
		if strings.Join(got, ",") != tt.want {
			t.Errorf("%s: permits %v, want %q and this machine", tt.host, got, tt.want)
		}
	}
}

func TestWhatIsNotPermittedIsClosed(t *testing.T) {
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	for permit, closed := range map[string][]string{
		"example.com": {"10.0.0.1", "2001:db8::1", "a@example.org", "example.org"},
		"10.0.0.0/8":  {"11.0.0.1", "2001:db8::1", "a@example.org", "example.org"},
		"fd00::/8":    {"10.0.0.1", "2001:db8::1", "a@example.org", "example.org"},
	} {
		c, err := cert.ParseConstraints([]string{permit})
		if err != nil {
			t.Fatal(err)
		}
		root, err := cert.NewRoot(cert.RootRequest{Permit: c, Now: noon}, key)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := cert.ConstraintsOf(root.Certificate()); !ok || got.Strings()[0] != permit || len(got.Strings()) != 1 {
			t.Errorf("%s: read back as %v", permit, got.Strings())
		}
		// A root of the same key and name without constraints signs what this one would refuse to.
		open := *root.Certificate()
		open.PermittedDNSDomains, open.PermittedIPRanges = nil, nil
		forger := &cert.Authority{Key: key, Chain: []*x509.Certificate{&open}}
		for _, host := range closed {
			leaf := issue(t, forger, cert.Request{Names: names(t, host), Now: noon}, cert.P256)
			pool := x509.NewCertPool()
			pool.AddCert(root.Certificate())
			if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: noon}); err == nil {
				t.Errorf("permitted %s: crypto/x509 takes %s", permit, host)
			}
		}
	}
}

func TestParseConstraintsRefusesWhatIsNotMeant(t *testing.T) {
	for _, bad := range []string{"", "10.0.0.1/8", "exa mple.com", "example.com:80", "fe80::1%eth0", "*"} {
		if c, err := cert.ParseConstraints([]string{bad}); err == nil {
			t.Errorf("%q was taken as %v", bad, c.Strings())
		}
	}
	c, err := cert.ParseConstraints([]string{".Example.com", "*.example.net", "10.0.0.1", "::ffff:10.0.0.2"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Strings(), ","); got != "example.com,example.net,10.0.0.1,10.0.0.2" {
		t.Errorf("read as %s", got)
	}
	if !slices.Contains(c.Networks, netip.MustParsePrefix("10.0.0.1/32")) {
		t.Errorf("networks %v", c.Networks)
	}
}

func TestPendingIsMarkedAndHoldsWhatWasAskedFor(t *testing.T) {
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	r := cert.Request{Names: names(t, "gw.example.com", "10.1.2.3"), Now: noon}
	c, err := cert.Pending(r, key)
	if err != nil {
		t.Fatal(err)
	}
	if !cert.IsPending(c) || !slices.Equal(cert.NamesOf(c).Strings(), r.Names.Strings()) {
		t.Errorf("pending %v, names %v", cert.IsPending(c), cert.NamesOf(c))
	}
	if plain, err := cert.SelfSign(r, key); err != nil || cert.IsPending(plain) {
		t.Errorf("a self-signed one is pending, or %v", err)
	}
}
