package cert_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// verifyCase is a chain and the codes of its faults, none where it holds.
type verifyCase struct {
	name  string
	build func(*lab) cert.VerifyOptions
	want  string
}

// simple is a leaf under an intermediate under a root, each changed as told.
func simple(root, ca, leaf []with, more ...func(*cert.VerifyOptions)) func(*lab) cert.VerifyOptions {
	return func(l *lab) cert.VerifyOptions {
		r := l.root("Root", root...)
		i := l.ca(r, "Intermediate", ca...)
		o := cert.VerifyOptions{Leaf: l.leaf(i, leaf...).Certificate, Helpers: certificates(i), Roots: certificates(r)}
		for _, m := range more {
			m(&o)
		}
		return o
	}
}

func forHost(host string) func(*cert.VerifyOptions) {
	return func(o *cert.VerifyOptions) { o.Host = host }
}

func at(t time.Time) func(*cert.VerifyOptions) { return func(o *cert.VerifyOptions) { o.At = t } }

func underBaseline(o *cert.VerifyOptions) { o.Profile = cert.Public }

func forClient(o *cert.VerifyOptions) { o.Purpose = cert.ForClient }

func permit(names ...string) with {
	return func(t *x509.Certificate) { t.PermittedDNSDomains, t.PermittedDNSDomainsCritical = names, true }
}

func exclude(names ...string) with {
	return func(t *x509.Certificate) { t.ExcludedDNSDomains, t.PermittedDNSDomainsCritical = names, true }
}

var verifyCases = []verifyCase{
	{"a good chain", simple(nil, nil, nil, forHost("gw.example.com")), ""},
	{"a good chain for a client", simple(nil, nil, []with{func(t *x509.Certificate) {
		t.ExtKeyUsage, t.DNSNames = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, nil
	}}, forClient), ""},
	{"a leaf that is trusted itself", func(l *lab) cert.VerifyOptions {
		c := l.selfSigned().Certificate
		return cert.VerifyOptions{Leaf: c, Roots: []*x509.Certificate{c}}
	}, ""},
	{"a leaf that is self-signed and not trusted", func(l *lab) cert.VerifyOptions {
		return cert.VerifyOptions{Leaf: l.selfSigned().Certificate, Roots: certificates(l.root("Root"))}
	}, "untrusted"},
	{"a trusted intermediate, its root not trusted", func(l *lab) cert.VerifyOptions {
		r := l.root("Root")
		i := l.ca(r, "Intermediate")
		return cert.VerifyOptions{Leaf: l.leaf(i).Certificate, Helpers: certificates(r), Roots: certificates(i)}
	}, ""},
	{"a root that is not trusted", simple(nil, nil, nil, func(o *cert.VerifyOptions) {
		o.Helpers, o.Roots = append(o.Helpers, o.Roots...), nil
	}), "untrusted"},
	{"an intermediate that is not there", simple(nil, nil, nil, func(o *cert.VerifyOptions) { o.Helpers = nil }), "chain-missing-intermediate"},
	{"a signature by another key of the same name", func(l *lab) cert.VerifyOptions {
		r, other := l.root("Root"), l.root("Root")
		return cert.VerifyOptions{Leaf: l.leaf(r).Certificate, Roots: certificates(other)}
	}, "signature-invalid"},
	{"two roots of one name, the right one last", func(l *lab) cert.VerifyOptions {
		r, other := l.root("Root"), l.root("Root")
		return cert.VerifyOptions{Leaf: l.leaf(r).Certificate, Roots: certificates(other, r)}
	}, ""},
	{"an expired cross-signer beside a good one", func(l *lab) cert.VerifyOptions {
		old, young := l.root("Old root"), l.root("Young root")
		i := l.ca(young, "Intermediate")
		crossed := l.again(old, i, valid(june.AddDate(-2, 0, 0), june.AddDate(-1, 0, 0)))
		return cert.VerifyOptions{Leaf: l.leaf(i).Certificate, Helpers: certificates(crossed, i), Roots: certificates(old, young)}
	}, ""},
	{"an expired root beside the way around it", func(l *lab) cert.VerifyOptions {
		young := l.root("Young root")
		old := l.root("Old root", valid(june.AddDate(-9, 0, 0), june.AddDate(-1, 0, 0)))
		crossed := l.again(young, old)
		return cert.VerifyOptions{Leaf: l.leaf(old).Certificate, Helpers: certificates(crossed), Roots: certificates(old, young)}
	}, ""},
	{"CAs that certify each other, one of them by a root too", func(l *lab) cert.VerifyOptions {
		r := l.root("Root")
		a, b := l.ca(r, "A"), l.root("B")
		ab, ba := l.again(b, a), l.again(a, b)
		return cert.VerifyOptions{Leaf: l.leaf(b).Certificate, Helpers: certificates(ab, b, ba, a), Roots: certificates(r)}
	}, ""},
	{"CAs that certify each other and nobody else them", func(l *lab) cert.VerifyOptions {
		a, b := l.root("A"), l.root("B")
		ab, ba := l.again(b, a), l.again(a, b)
		return cert.VerifyOptions{Leaf: l.leaf(a).Certificate, Helpers: certificates(ab, ba), Roots: certificates(l.root("Root"))}
	}, "chain-missing-intermediate"},

	{"the first second", simple(nil, nil, nil, at(june.AddDate(0, 0, -30))), ""},
	{"the last second, and a fraction", simple(nil, nil, nil, at(june.AddDate(0, 0, 60).Add(999*time.Millisecond))), ""},
	{"a second too early", simple(nil, nil, nil, at(june.AddDate(0, 0, -30).Add(-time.Millisecond))), "not-yet-valid"},
	{"a second too late", simple(nil, nil, nil, at(june.AddDate(0, 0, 60).Add(time.Second))), "expired"},
	{"an intermediate that expired", simple(nil, []with{valid(june.AddDate(-1, 0, 0), june.AddDate(0, 0, -1))}, nil), "intermediate-expired"},
	{"a root that expired", simple([]with{valid(june.AddDate(-1, 0, 0), june.AddDate(0, 0, -1))}, nil, nil), "anchor-expired"},
	{"all that is wrong at once", simple(nil, nil, []with{func(t *x509.Certificate) { t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }},
		forHost("other.example.com"), at(june.AddDate(2, 0, 0))), "expired name-not-covered eku-client-only"},

	{"another host", simple(nil, nil, nil, forHost("gw.example.org")), "name-not-covered"},
	{"a host in the common name only", simple(nil, nil, []with{func(t *x509.Certificate) { t.DNSNames = nil }}, forHost("gw.example.com")), "san-missing name-not-covered"},
	{"a wildcard", simple(nil, nil, []with{dnsNames("*.example.com")}, forHost("gw.example.com")), ""},
	{"a wildcard over two labels", simple(nil, nil, []with{dnsNames("*.example.com")}, forHost("a.gw.example.com")), "name-not-covered"},
	{"a wildcard inside a label", simple(nil, nil, []with{dnsNames("g*.example.com")}, forHost("gw.example.com")), "name-not-covered name-syntax"},
	{"a wildcard for a whole registry", simple(nil, nil, []with{dnsNames("*.co.uk")}, forHost("example.co.uk")), "wildcard-depth"},
	{"an address among the DNS names", simple(nil, nil, []with{dnsNames("192.0.2.1")}, forHost("192.0.2.1")), "name-not-covered ip-as-dns-name"},
	{"an address", simple(nil, nil, []with{func(t *x509.Certificate) { t.IPAddresses = []net.IP{net.ParseIP("192.0.2.1")} }}, forHost("192.0.2.1")), ""},
	{"an underscore, which is used, but against the rules", simple(nil, nil, []with{dnsNames("my_gw.example.com")}, forHost("my_gw.example.com")), "name-syntax"},

	{"an intermediate that is no CA", simple(nil, []with{func(t *x509.Certificate) { t.IsCA, t.KeyUsage, t.SubjectKeyId = false, 0, []byte{1} }}, nil), "not-a-ca"},
	{"an intermediate without basic constraints", simple(nil, []with{func(t *x509.Certificate) {
		t.IsCA, t.BasicConstraintsValid, t.KeyUsage, t.SubjectKeyId = false, false, 0, []byte{1}
	}}, nil), "not-a-ca"},
	{"an intermediate that may not sign", simple(nil, []with{func(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageCRLSign }}, nil), "key-usage-wrong"},
	{"an intermediate for clients only", simple(nil, []with{func(t *x509.Certificate) { t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }}, nil), "key-usage-wrong"},
	{"more CAs than the root allows", simple([]with{func(t *x509.Certificate) { t.MaxPathLenZero = true }}, nil, nil), "path-length-exceeded"},
	{"as many CAs as the root allows", simple([]with{func(t *x509.Certificate) { t.MaxPathLen = 1 }}, nil, nil), ""},
	{"more CAs than are asked for", simple(nil, nil, nil, func(o *cert.VerifyOptions) { o.MaxIntermediates = -1 }), "chain-too-long"},
	{"a critical extension that nobody knows", simple(nil, []with{extra(true, asn1.NullBytes, 1, 3, 6, 1, 4, 1, 55738, 666, 1)}, nil), "critical-extension-unknown"},
	{"the same, not critical", simple(nil, []with{extra(false, asn1.NullBytes, 1, 3, 6, 1, 4, 1, 55738, 666, 1)}, nil), ""},
	{"a leaf for a client, used by a server", simple(nil, nil, []with{func(t *x509.Certificate) { t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }}), "eku-client-only"},
	{"a leaf for a server, used by a client", simple(nil, nil, nil, forClient), "eku-clientauth-missing"},
	{"a leaf that says to sign certificates, but is no CA", simple(nil, nil, []with{func(t *x509.Certificate) {
		t.KeyUsage |= x509.KeyUsageCertSign
	}}), "key-usage-wrong"},

	{"a name inside what is permitted", simple(nil, []with{permit("example.com")}, nil), ""},
	{"a name outside what is permitted", simple(nil, []with{permit("example.org")}, nil), "name-constraints-violated"},
	{"a name that ends as what is permitted", simple([]with{permit("ample.com")}, nil, nil), "name-constraints-violated"},
	{"a name that is excluded", simple([]with{exclude("gw.example.com")}, nil, nil), "name-constraints-violated"},
	{"a wildcard that may stand for what is excluded", simple([]with{exclude("bar.example.com")}, nil, []with{dnsNames("*.example.com")}), "name-constraints-violated"},
	{"a wildcard that cannot", simple([]with{exclude("a.bar.example.com")}, nil, []with{dnsNames("*.example.com")}), ""},
	{"a wildcard for more than what is permitted", simple([]with{permit("foo.example.com")}, nil, []with{dnsNames("*.example.com")}), "name-constraints-violated"},
	{"an intermediate that permits more than its root", simple([]with{permit("example.org")}, []with{permit("example.org", "example.com")}, nil), "name-constraints-violated"},
	{"constraints that are not critical", simple(nil, []with{func(t *x509.Certificate) { t.PermittedDNSDomains = []string{"example.com"} }}, nil), "name-constraints-not-critical"},
	{"the same of a public CA, which may", simple(nil, []with{func(t *x509.Certificate) { t.PermittedDNSDomains = []string{"example.com"} }}, nil, underBaseline), ""},
	{"a constraint that begins with a dot", simple(nil, []with{permit(".example.com")}, nil), "name-constraints-malformed"},
	{"a constraint on the subject", simple(nil, []with{extra(true, directoryConstraint("Example"), 2, 5, 29, 30)}, []with{func(t *x509.Certificate) {
		t.Subject = pkix.Name{Organization: []string{"EXAMPLE  "}, CommonName: "gw.example.com"}
	}}), ""},
	{"a subject outside of it", simple(nil, []with{extra(true, directoryConstraint("Example"), 2, 5, 29, 30)}, nil), "name-constraints-violated"},
	{"a mailbox on a permitted host", simple(nil, []with{func(t *x509.Certificate) {
		t.PermittedEmailAddresses = []string{"example.com"}
		t.PermittedDNSDomainsCritical = true
	}},
		[]with{func(t *x509.Certificate) { t.EmailAddresses = []string{"ops@example.com"} }}), ""},
	{"a mailbox on a host below it", simple(nil, []with{func(t *x509.Certificate) {
		t.PermittedEmailAddresses = []string{"example.com"}
		t.PermittedDNSDomainsCritical = true
	}},
		[]with{func(t *x509.Certificate) { t.EmailAddresses = []string{"ops@mail.example.com"} }}), "name-constraints-violated"},
	{"an address outside the network", simple(nil, []with{func(t *x509.Certificate) {
		_, n, _ := net.ParseCIDR("192.0.2.0/24")
		t.PermittedIPRanges, t.PermittedDNSDomainsCritical = []*net.IPNet{n}, true
	}}, []with{func(t *x509.Certificate) { t.IPAddresses = []net.IP{net.ParseIP("192.0.3.1")} }}), "name-constraints-violated"},

	{"a SHA-1 signature", func(l *lab) cert.VerifyOptions {
		r := l.rootOf(l.keyOf(cert.RSA2048), "Root")
		return cert.VerifyOptions{Leaf: l.sha1(r, l.leaf(r)).Certificate, Roots: certificates(r)}
	}, "sig-sha1-md5"},
	{"a serial number of zero", simple(nil, nil, []with{func(t *x509.Certificate) { t.SerialNumber.SetInt64(0) }}), "serial-over-20-octets-or-negative"},
	{"no authority key identifier", simple(nil, nil, nil, func(o *cert.VerifyOptions) {
		// crypto/x509 writes one wherever the issuer has a subject key identifier.
		c := *o.Leaf
		c.AuthorityKeyId = nil
		o.Leaf = &c
	}), "aki-missing"},
	{"no subject and alternative names that are not critical", simple(nil, nil, []with{func(t *x509.Certificate) { t.Subject = pkix.Name{} },
		extra(false, sanOf("gw.example.com"), 2, 5, 29, 17)}), "san-not-critical"},

	{"a public leaf without extended key usage", simple(nil, nil, []with{func(t *x509.Certificate) { t.ExtKeyUsage = nil }}, underBaseline), "eku-serverauth-missing"},
	{"a private leaf without", simple(nil, nil, []with{func(t *x509.Certificate) { t.ExtKeyUsage = nil }}), ""},
	{"a public common name that is no alternative name", simple(nil, nil, []with{func(t *x509.Certificate) { t.Subject.CommonName = "GW.example.com" }}, underBaseline), "cn-not-in-san"},
	{"a public leaf that is a CA", simple(nil, nil, []with{func(t *x509.Certificate) {
		t.IsCA = true
		t.KeyUsage |= x509.KeyUsageCertSign
	}}, underBaseline), "ca-true-leaf"},
	{"a policy that is required and not there", simple(nil, []with{extra(true, []byte{0x30, 3, 0x80, 1, 0}, 2, 5, 29, 36)}, nil), "policy-unsatisfied"},
}

func sanOf(name string) []byte {
	return append([]byte{0x30, byte(len(name) + 2), 0x82, byte(len(name))}, name...)
}

// directoryConstraint permits subjects that begin with an organization.
func directoryConstraint(organization string) []byte {
	name, _ := asn1.Marshal(pkix.Name{Organization: []string{organization}}.ToRDNSequence())
	wrap := func(tag byte, b []byte) []byte { return append([]byte{tag, byte(len(b))}, b...) }
	return wrap(0x30, wrap(0xa0, wrap(0x30, wrap(0xa4, name))))
}

func TestVerifyNamesEveryFaultAndNoOther(t *testing.T) {
	for _, c := range verifyCases {
		t.Run(c.name, func(t *testing.T) {
			o := c.build(&lab{T: t})
			if o.At.IsZero() {
				o.At = june
			}
			if o.Purpose == "" {
				o.Purpose = cert.ForServer
			}
			v := cert.Verify(o)
			if got := codesOf(v); got != c.want {
				t.Errorf("faults %q, want %q\n%s", got, c.want, whats(v))
			}
			if len(v.Chain) == 0 || v.Chain[0] != o.Leaf {
				t.Errorf("the chain does not begin with the leaf")
			}
		})
	}
}

func codesOf(v *cert.Verdict) string {
	var codes []string
	for _, f := range v.Faults {
		if !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return strings.Join(codes, " ")
}

func whats(v *cert.Verdict) string {
	var b strings.Builder
	for _, f := range v.Faults {
		fmt.Fprintf(&b, "  %s: %s\n", f.Code, f.What)
	}
	return b.String()
}

func TestMissingIntermediateIsNamedWithItsURL(t *testing.T) {
	l := &lab{T: t}
	r := l.root("Root")
	i := l.ca(r, "Intermediate")
	leaf := l.leaf(i, func(t *x509.Certificate) { t.IssuingCertificateURL = []string{"http://ca.example.com/i.cer"} })
	v := cert.Verify(cert.VerifyOptions{Leaf: leaf.Certificate, Roots: certificates(r), At: june})
	if got := whats(v); !strings.Contains(got, "CN=Intermediate") || !strings.Contains(got, "http://ca.example.com/i.cer") {
		t.Errorf("got %s", got)
	}
}

func TestRootsOfTheMachineAreAskedWithoutBeingListed(t *testing.T) {
	l := &lab{T: t}
	r := l.root("Root")
	i := l.ca(r, "Intermediate")
	pool := x509.NewCertPool()
	pool.AddCert(r.Certificate)
	o := cert.VerifyOptions{Leaf: l.leaf(i).Certificate, Helpers: certificates(i), Machine: pool, At: june, Purpose: cert.ForServer}
	if v := cert.Verify(o); !v.Valid() || !v.Anchored || !v.Chain[2].Equal(r.Certificate) {
		t.Errorf("anchored %v, faults:\n%s", v.Anchored, whats(v))
	}
	o.Leaf, o.Helpers = r.Certificate, nil
	o.Purpose = ""
	if v := cert.Verify(o); !v.Valid() {
		t.Errorf("a root of the machine by itself:\n%s", whats(v))
	}
}

// A hundred CAs of one name and one key all look like each other's issuers.
func TestSearchForAChainIsBounded(t *testing.T) {
	l := &lab{T: t}
	for _, sameKey := range []bool{false, true} {
		top := l.root("CA")
		all := []*party{top}
		for range 100 {
			next := l.ca(all[len(all)-1], "CA")
			if sameKey {
				next = l.again(all[len(all)-1], top, func(t *x509.Certificate) { t.DNSNames = []string{fmt.Sprint("n", l.serial, ".example.com")} })
			}
			all = append(all, next)
		}
		o := cert.VerifyOptions{Leaf: l.leaf(all[len(all)-1]).Certificate, Helpers: certificates(all...), Roots: certificates(l.root("Root")), At: june}
		start := time.Now()
		v := cert.Verify(o)
		if v.Anchored {
			t.Error("a chain to a root that has nothing to do with it")
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("same key %v: it took %v", sameKey, took)
		}
	}
}

func TestMoreConstraintsThanAnybodyNeedsEndTheWork(t *testing.T) {
	l := &lab{T: t}
	var names, domains []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("t%d.test", i))
		domains = append(domains, fmt.Sprintf("x%d.test", i))
	}
	r := l.root("Root", exclude(domains...))
	v := cert.Verify(cert.VerifyOptions{Leaf: l.leaf(r, dnsNames(names...)).Certificate, Roots: certificates(r), At: june})
	if !v.Has(cert.FaultTooMuchWork) {
		t.Errorf("faults: %s", whats(v))
	}
}
