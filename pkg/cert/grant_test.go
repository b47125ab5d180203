package cert_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

func TestGrantGivesNamesAndNothingElse(t *testing.T) {
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		cn      string
		dns     []string
		names   string
		subject string
		dropped int
		fault   string
	}{
		{cn: "a.example.com", dns: []string{"a.example.com"}, names: "a.example.com", subject: "CN=a.example.com"},
		{cn: "A.example.com", names: "a.example.com", subject: "CN=A.example.com"},
		{cn: "Jane Doe", dns: []string{"a.example.com"}, names: "a.example.com", subject: "CN=Jane Doe"},
		{cn: "b.example.com", dns: []string{"a.example.com"}, names: "a.example.com", dropped: 1},
		{cn: "10.0.0.1", dns: []string{"a.example.com"}, names: "a.example.com", dropped: 1},
		{cn: "x.example.com", dns: []string{"*.example.com"}, names: "*.example.com", subject: "CN=x.example.com"},
		{dns: []string{"a_b.example.com"}, fault: "underscore"},
		{dns: []string{"a.example.com\x00.evil.org"}, fault: "not a host name"},
		{cn: "Jane Doe", fault: "not a host name"},
		{fault: "no name at all"},
	} {
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
			Subject: pkix.Name{CommonName: tt.cn}, DNSNames: tt.dns,
		}, key)
		if err != nil {
			t.Fatal(err)
		}
		csr, err := cert.ParseCSR(der)
		if err != nil {
			t.Fatal(err)
		}
		n, subject, dropped, err := cert.Grant(csr)
		if tt.fault != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("CN %q, names %q: %v does not say %q", tt.cn, tt.dns, err, tt.fault)
			}
			continue
		}
		if err != nil || n.String() != tt.names || subject != tt.subject || len(dropped) != tt.dropped {
			t.Errorf("CN %q, names %q: granted %s as %q, dropped %q, %v", tt.cn, tt.dns, n, subject, dropped, err)
		}
	}
}

func TestGrantRefusesWeakKeys(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"a.example.com"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := cert.ParseCSR(der)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := cert.Grant(csr); !errors.Is(err, cert.ErrWeakKey) {
		t.Errorf("got %v, want ErrWeakKey", err)
	}
}

func TestIssuingCAIsBoundByItsRoot(t *testing.T) {
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	root := rootFor(t, noon, "gw.example.com")
	sub, err := root.IssueCA(cert.RootRequest{For: "example.com", Now: noon.Add(cert.Day)}, key)
	if err != nil {
		t.Fatal(err)
	}
	if c := sub.Certificate(); !c.IsCA || !c.MaxPathLenZero || c.NotAfter.After(root.Root().NotAfter) || !cert.Issued(root.Root(), c) {
		t.Errorf("made %+v", cert.Describe(c))
	}
	if !slices.Equal(sub.Permit().Strings(), root.Permit().Strings()) || !sub.Root().Equal(root.Root()) {
		t.Errorf("permits %v under %s", sub.Permit().Strings(), cert.Name(sub.Root()))
	}
	if _, err := sub.Issue(cert.Request{Names: names(t, "example.org"), Now: noon.Add(cert.Day)}, key.Public()); !errors.Is(err, cert.ErrConstraints) {
		t.Errorf("outside: %v", err)
	}
}
