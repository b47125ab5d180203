package trust_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/trust"
)

// shapes are bundles of every kind that the clients have to cope with.
func shapes(t *testing.T) map[string]*trust.Bundle {
	root, other := newRoot(t, "gw.example.com"), newRoot(t, "10.1.2.3")
	_, chain := issue(t, root, "gw.example.com")
	_, chain2 := issue(t, root, "*.example.com")
	_, address := issue(t, other, "10.1.2.3")
	_, self := single(t, "self.example.com")

	one, several, alone, guarded := new(trust.Bundle), new(trust.Bundle), new(trust.Bundle), new(trust.Bundle)
	one.Add("gw.example.com", chain[0], root.Certificate())
	several.Add("gw.example.com", chain[0], root.Certificate())
	several.Add("*.example.com", chain2[0], root.Certificate())
	several.Add("10.1.2.3", address[0], other.Certificate())
	several.Add("self.example.com", self, self)
	alone.Add("self.example.com", self, self)
	guarded.Add("gw.example.com", chain[0], root.Certificate())
	guarded.Password = []byte(`it's "quoted" \ #1`)
	return map[string]*trust.Bundle{"one root": one, "several": several, "self-signed": alone, "a password": guarded}
}

func TestEveryExportIsTheSameBytesAgain(t *testing.T) {
	for name, b := range shapes(t) {
		for _, c := range trust.Clients() {
			first, second := export(t, c, b), export(t, c, b)
			for i := range first {
				if first[i].Name != second[i].Name || !bytes.Equal(first[i].Data, second[i].Data) {
					t.Errorf("%s for %s: %s differs when made again", name, c.Name, first[i].Name)
				}
			}
		}
	}
}

func TestEveryClientHasAPageWithFingerprintUndoAndLimits(t *testing.T) {
	for name, b := range shapes(t) {
		for _, c := range trust.Clients() {
			files := export(t, c, b)
			if files[0].Name != "README.md" {
				t.Fatalf("%s: the first file is %s", c.Name, files[0].Name)
			}
			page := string(files[0].Data)
			for _, want := range []string{"# ", "\n## Compare\n", "\n## Use\n", "\n## Undo\n", "\n## What this does not reach\n"} {
				if !strings.Contains(page, want) {
					t.Errorf("%s for %s: no %q in the page", name, c.Name, want)
				}
			}
			for _, a := range b.Anchors {
				if !strings.Contains(page, a.Fingerprint()) {
					t.Errorf("%s for %s: no fingerprint of %s in the page", name, c.Name, a.Name)
				}
			}
			if strings.Contains(page, "<no value>") || strings.Contains(page, "%!") {
				t.Errorf("%s for %s: holes in the page:\n%s", name, c.Name, page)
			}
		}
	}
}

// What is listed before an export is what the export then has.
func TestEveryClientListsItsFiles(t *testing.T) {
	for _, c := range trust.Clients() {
		for _, f := range export(t, c, shapes(t)["one root"])[1:] {
			// The name of the bundle and that of the host are the same here.
			listed := slices.ContainsFunc(c.Files, func(pattern string) bool {
				pattern = strings.NewReplacer("NAME", "gw.example.com", "HOST", "gw.example.com").Replace(pattern)
				hashed := strings.HasSuffix(f.Name, ".0") && path.Dir(f.Name) == path.Dir(pattern)
				return pattern == f.Name || strings.HasPrefix(path.Base(pattern), "HASH") && hashed ||
					pattern == "res/raw/gw.example.com.pem" && f.Name == "res/raw/gw_example_com.pem"
			})
			if !listed {
				t.Errorf("%s: %s is not among the files listed, %v", c.Name, f.Name, c.Files)
			}
		}
	}
}

func TestNoExportTellsOfThisMachineOrHoldsAKey(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range shapes(t) {
		for _, c := range trust.Clients() {
			for _, f := range export(t, c, b) {
				for _, word := range []string{dir, "PRIVATE KEY"} {
					if bytes.Contains(f.Data, []byte(word)) {
						t.Errorf("%s for %s: %q in %s", name, c.Name, word, f.Name)
					}
				}
			}
		}
	}
}

// Names in certificates of others, and aliases in stores of others, are not ours to choose.
func TestNamesOfOthersDoNotGetIntoScriptsAndPages(t *testing.T) {
	const evil = "x`$(touch owned)`\n## Compare\n|\"';"
	key := generate(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: evil, Organization: []string{evil}}, DNSNames: []string{"$(touch owned)"},
		NotBefore: time.Now(), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	b := new(trust.Bundle)
	b.Add(evil, c, c)
	for _, client := range trust.Clients() {
		for _, f := range export(t, client, b) {
			if path.Clean(f.Name) != f.Name || strings.ContainsAny(f.Name, "`$ \n") {
				t.Errorf("%s: a file of the name %q", client.Name, f.Name)
			}
			var hurts []string
			switch path.Ext(f.Name) {
			case ".md": // shown, where it must not end its cell or its line
				hurts = []string{"`$(", "$(touch owned)`", "\n## Compare\n|"}
			case ".cer", ".crt", ".p12", ".jks", ".jceks", ".p7b", ".sst", ".reg", ".mobileconfig": // encoded
			default:
				hurts = []string{"$(touch", "owned)"}
			}
			for _, hurt := range hurts {
				if bytes.Contains(f.Data, []byte(hurt)) {
					t.Errorf("%s: %q is in %s:\n%s", client.Name, hurt, f.Name, f.Data)
				}
			}
		}
	}
}

func TestABundleHoldsEachAnchorOnceUnderNamesOfItsOwn(t *testing.T) {
	root, other, third := newRoot(t, "example.com"), newRoot(t, "example.org"), newRoot(t, "example.net")
	_, chain := issue(t, root, "a.example.com")
	b := new(trust.Bundle)
	b.Add("A b", chain[0], root.Certificate())
	b.Add("second", chain[0], root.Certificate())
	b.AddRoot("a/b", other.Certificate())
	b.AddRoot("a_b-2", third.Certificate())
	var got []string
	for _, a := range b.Anchors {
		got = append(got, a.Name+": "+strings.Join(a.Aliases, ","))
	}
	want := []string{"a_b: A b,second", "a_b-2: a/b", "a_b-2-2: a_b-2"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFileNameIsHarmlessEverywhere(t *testing.T) {
	for alias, want := range map[string]string{
		"gw.example.com":        "gw.example.com",
		"GW.Example.com":        "gw.example.com",
		"*.example.com":         "_.example.com",
		"2001:db8::1":           "2001_db8__1",
		"spiffe://x/../y":       "spiffe___x_.._y",
		"Bäckerei $(rm) 'x'\n;": "b_ckerei___rm___x___",
		"":                      "_",
	} {
		if got := trust.FileName(alias); got != want {
			t.Errorf("FileName(%q) = %q, want %q", alias, got, want)
		}
	}
}

func TestRefusersAreSaidOfSelfSignedCertificatesOnly(t *testing.T) {
	root := newRoot(t, "gw.example.com")
	_, chain := issue(t, root, "gw.example.com")
	_, odd := single(t, "gw.example.com")
	shaped := func(change func(*x509.Certificate)) *x509.Certificate {
		c := *odd
		change(&c)
		return &c
	}
	for name, test := range map[string]struct {
		leaf, anchor *x509.Certificate
		want         []string
	}{
		"a root":               {chain[0], root.Certificate(), nil},
		"no basic constraints": {odd, odd, []string{"iPhones and Macs"}},
		"CA:TRUE":              {odd, shaped(func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = true, true }), []string{"Firefox"}},
		"CA:FALSE":             {odd, shaped(func(c *x509.Certificate) { c.BasicConstraintsValid = true }), []string{"iPhones and Macs", "Chromium where a managed policy trusts it"}},
		"no alternative names": {odd, shaped(func(c *x509.Certificate) { c.DNSNames = nil }), []string{"every browser", "Go", "iPhones and Macs"}},
	} {
		b := new(trust.Bundle)
		b.Add("gw", test.leaf, test.anchor)
		if got := b.Anchors[0].Refusers(); !slices.Equal(got, test.want) {
			t.Errorf("%s: refused by %q, want %q", name, got, test.want)
		}
	}
}

func TestPasswordsThatJavaWouldNotTakeAreRefused(t *testing.T) {
	b := shapes(t)["one root"]
	java, _ := trust.Find("java")
	for _, password := range []string{"", "short", "Passwörter", "with\nnewline", "with\x00nul"} {
		b.Password = []byte(password)
		if _, err := java.Export(b); !errors.Is(err, trust.ErrPassword) {
			t.Errorf("password %q: got %v, want ErrPassword", password, err)
		}
	}
}

func export(t *testing.T, c trust.Client, b *trust.Bundle) []trust.File {
	t.Helper()
	files, err := c.Export(b)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return files
}
