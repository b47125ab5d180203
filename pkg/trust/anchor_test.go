package trust_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/trust"
)

func TestAnchorIsThePrivateRootThatSigned(t *testing.T) {
	root, other := newRoot(t, "gw.example.com"), newRoot(t, "gw.example.com")
	_, chain := issue(t, root, "gw.example.com")
	for name, test := range map[string]struct {
		roots trust.Roots
		chain []*x509.Certificate
	}{
		"known":                 {trust.Roots{Private: []*x509.Certificate{other.Certificate(), root.Certificate()}}, chain},
		"known, the leaf alone": {trust.Roots{Private: root.Chain}, chain[:1]},
		"in the chain alone":    {trust.Roots{}, chain},
		"known, and installed on this machine": {
			trust.Roots{Private: root.Chain, Public: pool(root.Certificate())}, chain,
		},
	} {
		got, err := test.roots.Anchor(test.chain)
		if err != nil || !got.Equal(root.Certificate()) {
			t.Errorf("%s: got %v, %v; want the root", name, got, err)
		}
	}
}

func TestAnchorIsFoundAcrossIntermediatesInAnyOrder(t *testing.T) {
	root := company(t, "Company root", nil)
	policy := company(t, "Company policy", root)
	issuing := company(t, "Company issuing", policy)
	_, chain := issue(t, issuing, "gw.example.com")
	chain = []*x509.Certificate{chain[0], policy.Certificate(), issuing.Certificate()}
	got, err := trust.Roots{Private: root.Chain[:1]}.Anchor(chain)
	if err != nil || !got.Equal(root.Certificate()) {
		t.Errorf("got %v, %v; want the root", got, err)
	}
	_, err = trust.Roots{}.Anchor(chain)
	if !errors.Is(err, trust.ErrNoAnchor) || err.Error() != "signed by CN=Company root: its root is not known" {
		t.Errorf("without the root: got %v, want ErrNoAnchor that names who signed", err)
	}
}

// A company's CA may have been made anew under its old name.
func TestAnchorOfTwoRootsOfOneNameIsTheOneWhoseKeySigned(t *testing.T) {
	before, now := company(t, "Company root", nil), company(t, "Company root", nil)
	_, chain := issue(t, now, "gw.example.com")
	roots := []*x509.Certificate{before.Certificate(), now.Certificate()}
	for range 2 {
		got, err := trust.Roots{Private: roots}.Anchor(chain[:1])
		if err != nil || !got.Equal(now.Certificate()) {
			t.Errorf("got %v, %v; want the root that signed", got, err)
		}
		slices.Reverse(roots)
	}
}

func TestAnchorOfASelfSignedCertificateIsItself(t *testing.T) {
	_, c := single(t, "gw.example.com")
	for name, roots := range map[string]trust.Roots{"alone": {}, "installed on this machine": {Public: pool(c)}} {
		if got, err := roots.Anchor([]*x509.Certificate{c}); err != nil || !got.Equal(c) {
			t.Errorf("%s: got %v, %v; want the certificate", name, got, err)
		}
	}
}

func TestAPublicChainNeedsNothingAndGivesNoAnchor(t *testing.T) {
	root := company(t, "Public root", nil)
	issuing := company(t, "Public issuing", root)
	_, chain := issue(t, issuing, "gw.example.com")
	for name, c := range map[string][]*x509.Certificate{
		"as the CA gives it": {chain[0], issuing.Certificate()},
		"with the root":      {chain[0], issuing.Certificate(), root.Certificate()},
	} {
		got, err := trust.Roots{Public: pool(root.Certificate())}.Anchor(c)
		var public *trust.PublicError
		if !errors.As(err, &public) || public.Root != "Public root" {
			t.Errorf("%s: got %v, %v; want a PublicError that names the root", name, got, err)
		}
	}
}

// A leaf that has the CA's name is not its own signer for that.
func TestAnchorGoesBySignaturesAndNotByNames(t *testing.T) {
	ca := company(t, "gw.example.com", nil)
	subject, err := cert.ParseDN("CN=gw.example.com")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(cert.Request{Names: names(t, "gw.example.com"), Subject: subject, Now: time.Now()}, generate(t).Public())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := (trust.Roots{}).Anchor([]*x509.Certificate{leaf}); !errors.Is(err, trust.ErrNoAnchor) {
		t.Errorf("got %v, %v; want ErrNoAnchor", got, err)
	}
}

func pool(certs ...*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}

// company makes a CA of somebody else: a root, or signed by a parent.
func company(t *testing.T, name string, parent *cert.Authority) *cert.Authority {
	t.Helper()
	key := generate(t)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(5, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	issuer, signer := c, key
	var above []*x509.Certificate
	if parent != nil {
		issuer, signer, above = parent.Certificate(), parent.Key, parent.Chain
	}
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return &cert.Authority{Key: key, Chain: append([]*x509.Certificate{c}, above...)}
}
