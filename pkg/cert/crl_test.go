package cert_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

func listExtension(critical bool, value []byte, oid ...int) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: oid, Critical: critical, Value: value})
	}
}

func TestRevocationListsOfLeafAndIntermediates(t *testing.T) {
	l := &lab{T: t}
	root := l.root("Root")
	ca := l.ca(root, "Intermediate")
	leaf := l.leaf(ca)
	other := l.leaf(ca)
	mute := l.root("Mute root", func(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageCertSign })
	namesake := l.root("Intermediate")
	for _, c := range []struct {
		name  string
		lists []*x509.RevocationList
		want  string
	}{
		{"nobody revoked", []*x509.RevocationList{l.crl(ca, nil), l.crl(root, nil)}, ""},
		{"another revoked", []*x509.RevocationList{l.crl(ca, nil, other), l.crl(root, nil)}, ""},
		{"the leaf revoked", []*x509.RevocationList{l.crl(ca, nil, other, leaf)}, "revoked"},
		{"the intermediate revoked", []*x509.RevocationList{l.crl(ca, nil), l.crl(root, nil, ca)}, "revoked"},
		{"the same number revoked by another CA", []*x509.RevocationList{l.crl(ca, nil), l.crl(root, nil, leaf)}, ""},
		{"an older list that revoked it, and a newer one that does not", []*x509.RevocationList{
			l.crl(ca, func(l *x509.RevocationList) { l.ThisUpdate = june.AddDate(0, 0, -3) }, leaf), l.crl(ca, nil)}, ""},
		{"lists of others only", []*x509.RevocationList{l.crl(root, nil)}, "crl-missing"},
		{"a list of a namesake's key", []*x509.RevocationList{l.crl(namesake, nil)}, "crl-missing"},
		{"a list out of date", []*x509.RevocationList{l.crl(ca, func(l *x509.RevocationList) {
			l.ThisUpdate, l.NextUpdate = june.AddDate(0, -2, 0), june.AddDate(0, -1, 0)
		})}, "crl-expired"},
		{"a list of tomorrow", []*x509.RevocationList{l.crl(ca, func(l *x509.RevocationList) { l.ThisUpdate = june.Add(time.Hour) })}, "crl-invalid"},
		{"a delta", []*x509.RevocationList{l.crl(ca, listExtension(true, der(t, 3), 2, 5, 29, 27))}, "crl-unsupported"},
		{"an indirect list", []*x509.RevocationList{l.crl(ca, listExtension(true, []byte{0x30, 3, 0x84, 1, 0xff}, 2, 5, 29, 28))}, "crl-unsupported"},
		{"a list of CAs only", []*x509.RevocationList{l.crl(ca, listExtension(true, []byte{0x30, 3, 0x82, 1, 0xff}, 2, 5, 29, 28), leaf)}, "crl-missing"},
		{"a list of leaves only", []*x509.RevocationList{l.crl(ca, listExtension(true, []byte{0x30, 3, 0x81, 1, 0xff}, 2, 5, 29, 28), leaf)}, "revoked"},
		{"an extension that nobody knows", []*x509.RevocationList{l.crl(ca, listExtension(true, asn1.NullBytes, 1, 2, 3, 4))}, "crl-unsupported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := cert.Verify(cert.VerifyOptions{Leaf: leaf.Certificate, Helpers: certificates(ca), Roots: certificates(root), At: june, CRLs: c.lists})
			if got := codesOf(v); got != c.want {
				t.Errorf("faults %q, want %q\n%s", got, c.want, whats(v))
			}
		})
	}
	v := cert.Verify(cert.VerifyOptions{Leaf: l.leaf(mute).Certificate, Roots: certificates(mute), At: june, CRLs: []*x509.RevocationList{l.crl(mute, nil)}})
	if got := codesOf(v); got != "crl-invalid" {
		t.Errorf("a CA that may not sign lists: %q", got)
	}
}

func TestRevocationSaysWhenAndWhy(t *testing.T) {
	l := &lab{T: t}
	root := l.root("Root")
	leaf := l.leaf(root)
	v := cert.Verify(cert.VerifyOptions{Leaf: leaf.Certificate, Roots: certificates(root), At: june, CRLs: []*x509.RevocationList{l.crl(root, nil, leaf)}})
	if got := whats(v); !strings.Contains(got, "2026-05-30") || !strings.Contains(got, "key compromise") {
		t.Errorf("got %s", got)
	}
}

func TestIntermediateWithoutAListIsSaid(t *testing.T) {
	l := &lab{T: t}
	root := l.root("Root")
	ca := l.ca(root, "Intermediate")
	v := cert.Verify(cert.VerifyOptions{Leaf: l.leaf(ca).Certificate, Helpers: certificates(ca), Roots: certificates(root), At: june, CRLs: []*x509.RevocationList{l.crl(ca, nil)}})
	if !v.Valid() || len(v.Notes) != 1 || !strings.Contains(v.Notes[0], "Intermediate") {
		t.Errorf("faults %q, notes %q", codesOf(v), v.Notes)
	}
}

// The certificates are those of testdata/inspect, since the processes of a fuzzer have
// to agree on them.
func FuzzVerifyWithCRL(f *testing.F) {
	read := func(name string) []byte {
		data, err := os.ReadFile("../../testdata/inspect/" + name)
		if err != nil {
			f.Fatal(err)
		}
		block, _ := pem.Decode(data)
		return block.Bytes
	}
	root, err := x509.ParseCertificate(read("root.pem"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(read("leaf.pem"), read("list.crl"))
	f.Add(root.Raw, read("list.crl"))
	at := root.NotBefore.AddDate(0, 0, 7)
	f.Fuzz(func(t *testing.T, c, list []byte) {
		o := cert.VerifyOptions{Roots: []*x509.Certificate{root}, At: at, Purpose: cert.ForServer, Host: "gw.example.com", Profile: cert.Public}
		var err error
		if o.Leaf, err = x509.ParseCertificate(c); err != nil {
			return
		}
		if l, err := x509.ParseRevocationList(list); err == nil {
			o.CRLs = append(o.CRLs, l)
		}
		o.Helpers = []*x509.Certificate{o.Leaf}
		if v := cert.Verify(o); v.Valid() && !v.Anchored {
			t.Error("a chain that ends nowhere is said to hold")
		}
		cert.Lint([]*x509.Certificate{o.Leaf, root}, cert.LintOptions{At: at, Roots: o.Roots, Hosts: []string{"x"}})
		cert.Lint([]*x509.Certificate{root, o.Leaf}, cert.LintOptions{At: at, Profile: cert.Public})
	})
}
