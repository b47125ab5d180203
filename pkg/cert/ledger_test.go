package cert_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

func TestLedgerKnowsWhatWasIssuedAndRevoked(t *testing.T) {
	root := rootFor(t, noon, "gw.example.com")
	l, err := cert.ParseLedger(nil)
	if err != nil {
		t.Fatal(err)
	}
	a := issue(t, root, cert.Request{Names: names(t, "a.example.com", "x@example.com"), Now: noon}, cert.P256)
	b := issue(t, root, cert.Request{Names: names(t, "b.example.com"), Now: noon}, cert.P256)
	l.Add(a)
	l.Add(b)
	if err := l.Revoke(root.KeyID(), cert.Serial(a), noon, 1); err != nil {
		t.Fatal(err)
	}
	if err := l.Revoke(root.KeyID(), cert.Serial(a), noon, 1); !errors.Is(err, cert.ErrAlreadyRevoked) {
		t.Errorf("a second time: %v", err)
	}
	if err := l.Revoke(root.KeyID(), "00", noon, 1); !errors.Is(err, cert.ErrNotIssued) {
		t.Errorf("an unknown one: %v", err)
	}
	l.AddCRL(root.KeyID(), 7, noon)
	again, err := cert.ParseLedger(l.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	all, err := again.All(root.KeyID())
	if err != nil || len(all) != 2 {
		t.Fatalf("%d issued, %v", len(all), err)
	}
	if got := all[0]; got.Serial != cert.Serial(a) || !got.Revoked.Equal(noon) || got.Reason != 1 || got.SHA256 != cert.Fingerprint(a.Raw) ||
		got.Subject != "CN=a.example.com" || len(got.Names) != 2 || !got.NotAfter.Equal(a.NotAfter) {
		t.Errorf("read back as %+v", got)
	}
	if !all[1].Revoked.IsZero() {
		t.Errorf("the other one is revoked: %+v", all[1])
	}
	if others, err := again.All("00"); err != nil || len(others) != 0 {
		t.Errorf("of another CA: %v, %v", others, err)
	}
	if n, err := again.CRLNumber(root.KeyID()); n != 7 || err != nil {
		t.Errorf("CRL number %d, %v", n, err)
	}
}

func TestLedgerThatIsNoneIsRefused(t *testing.T) {
	for _, text := range []string{"x", "gwtls ledger 2\n", "gwtls ledger 1\nissued"} {
		if _, err := cert.ParseLedger([]byte(text)); !errors.Is(err, cert.ErrLedger) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, line := range []string{"", "x", "issued\ta\tb", "revoked\ta\tb\tc\td", "crl\ta\tb\tc"} {
		l, err := cert.ParseLedger([]byte("gwtls ledger 1\n" + line + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.All(""); !errors.Is(err, cert.ErrLedger) {
			t.Errorf("line %q: %v", line, err)
		}
	}
}

func TestCRLHoldsWhatIsRevokedAndNotExpired(t *testing.T) {
	for _, kt := range []cert.KeyType{cert.P256, cert.P521, cert.RSA2048, cert.Ed25519} {
		ca, err := cert.NewRoot(cert.RootRequest{Now: noon}, keyOf(t, kt))
		if err != nil {
			t.Fatal(err)
		}
		l, err := cert.ParseLedger(nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, days := range []time.Duration{1, 90, 90} {
			c := issue(t, ca, cert.Request{Names: names(t, "a.example.com"), Now: noon, Lifetime: days * cert.Day}, cert.P256)
			l.Add(c)
			if i < 2 {
				if err := l.Revoke(ca.KeyID(), cert.Serial(c), noon, 4); err != nil {
					t.Fatal(err)
				}
			}
		}
		all, err := l.All("")
		if err != nil {
			t.Fatal(err)
		}
		crl, err := ca.CRL(all, 3, noon.Add(10*cert.Day), 7*cert.Day)
		if err != nil {
			t.Fatal(err)
		}
		if err := crl.CheckSignatureFrom(ca.Certificate()); err != nil || len(crl.RevokedCertificateEntries) != 1 || crl.Number.Int64() != 3 ||
			crl.RevokedCertificateEntries[0].ReasonCode != 4 || crl.NextUpdate.Sub(crl.ThisUpdate) != 7*cert.Day {
			t.Errorf("%s: %v, %+v", kt, err, crl.RevokedCertificateEntries)
		}
	}
}

func FuzzLedger(f *testing.F) {
	f.Add([]byte("issued\taa\t01\t1\t2\tAB:CD\tCN=x\ta b"))
	f.Add([]byte("revoked\taa\t01\t3\t1"))
	f.Add([]byte("crl\taa\t1\t3"))
	f.Fuzz(func(t *testing.T, lines []byte) {
		l, err := cert.ParseLedger(append([]byte("gwtls ledger 1\n"), append(lines, '\n')...))
		if err != nil {
			return
		}
		all, err := l.All("")
		if err != nil {
			return
		}
		for _, c := range all {
			if _, err := l.Find(c.Issuer, c.Serial); err != nil {
				t.Fatalf("%+v is listed and not found: %v", c, err)
			}
		}
	})
}

// A CA of a company issues that many in a few years of short-lived certificates.
func BenchmarkLedgerOf100000Opens(b *testing.B) {
	text := bytes.NewBufferString("gwtls ledger 1\n")
	for range 100_000 {
		text.WriteString("issued\t" + string(bytes.Repeat([]byte("a"), 40)) + "\t" + string(bytes.Repeat([]byte("B"), 32)) + "\t1700000000\t1800000000\t" +
			string(bytes.Repeat([]byte("AB:"), 32)) + "\tCN=gw.example.com\tgw.example.com 10.1.2.3\n")
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := cert.ParseLedger(text.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Find("aa", "00"); err == nil {
			b.Fatal("found what is not there")
		}
	}
}

func BenchmarkLedgerOf100000Lists(b *testing.B) {
	text := bytes.NewBufferString("gwtls ledger 1\n")
	for range 100_000 {
		text.WriteString("issued\t" + string(bytes.Repeat([]byte("a"), 40)) + "\t" + string(bytes.Repeat([]byte("B"), 32)) + "\t1700000000\t1800000000\t" +
			string(bytes.Repeat([]byte("AB:"), 32)) + "\tCN=gw.example.com\tgw.example.com 10.1.2.3\n")
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := cert.ParseLedger(text.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		if all, err := l.All(""); err != nil || len(all) != 100_000 {
			b.Fatal(err)
		}
	}
}
