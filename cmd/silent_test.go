package cmd_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// What other tools do without a word, each by the name of its tool and fault. gwtls
// does the right thing, or says that it does not.
func TestSilentFailuresOfOtherTools(t *testing.T) {
	ca := newPublicCA(t)
	roots := writeFile(t, filepath.Join(t.TempDir(), "roots.pem"), inPEM(ca.root))
	reply := func(t *testing.T, certs ...*x509.Certificate) string {
		return writeFile(t, filepath.Join(t.TempDir(), "reply.pem"), inPEM(certs...))
	}

	t.Run("keytool: the CSR drops the SANs", func(t *testing.T) {
		csr := request(t, t.TempDir(), "gw.example.com", "www.example.com", "10.1.2.3")
		if got := cert.NamesOfRequest(csr).String(); got != "gw.example.com www.example.com 10.1.2.3" {
			t.Errorf("the request asks for %s", got)
		}
	})
	t.Run("keytool: the SANs are gone when a key is used again", func(t *testing.T) {
		home := t.TempDir()
		request(t, home, "gw.example.com", "www.example.com")
		csr := request(t, home, "gw.example.com", "www.example.com", "--reuse-key")
		if got := cert.NamesOfRequest(csr).String(); got != "gw.example.com www.example.com" {
			t.Errorf("the request asks for %s", got)
		}
	})
	t.Run("keytool: a reply with the intermediate missing is stored with status 0", func(t *testing.T) {
		home := t.TempDir()
		file := reply(t, ca.sign(t, request(t, home, "gw.example.com"), nil))
		_, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots)
		if _, pending := stored(t, home, "gw.example.com"); code != 1 || !pending || !strings.Contains(errs, "Test Issuing CA") {
			t.Errorf("exit %d, pending %v: %s", code, pending, errs)
		}
	})
	t.Run("keytool: a reply with the intermediate expired is stored with status 0", func(t *testing.T) {
		home := t.TempDir()
		old := *ca.sub
		old.NotAfter = time.Now().Add(-time.Hour)
		expired := testCertificate(t, &old, ca.root, ca.sub.PublicKey, ca.rootKey)
		file := reply(t, ca.sign(t, request(t, home, "gw.example.com"), nil), expired)
		_, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots)
		if _, pending := stored(t, home, "gw.example.com"); code != 1 || !pending || !strings.Contains(errs, "expired") {
			t.Errorf("exit %d, pending %v: %s", code, pending, errs)
		}
	})
	t.Run("keytool: a mistyped alias stores a reply as a trusted entry beside the unsigned key", func(t *testing.T) {
		home := t.TempDir()
		file := reply(t, ca.sign(t, request(t, home, "gw.example.com"), nil), ca.sub)
		_, errs, code := gwtls(t, "import", file, "--alias", "gw.exmaple.com", "--home", home, "--roots", roots)
		if code != 1 || !strings.Contains(errs, `no entry "gw.exmaple.com"; it has: gw.example.com (pending)`) {
			t.Errorf("exit %d: %s", code, errs)
		}
		if out, _, _ := gwtls(t, "keystore", "list", "--home", home, "--json"); strings.Count(out, `"alias"`) != 1 {
			t.Errorf("the keystore has %s", out)
		}
	})
	t.Run("keytool: with standard input closed nothing is installed, status 0", func(t *testing.T) {
		home := t.TempDir()
		file := reply(t, ca.sign(t, request(t, home, "gw.example.com"), nil), ca.sub, ca.root)
		none := reply(t, ca.extra)
		_, _, code := gwtls(t, "import", file, "--home", home, "--roots", none)
		if _, pending := stored(t, home, "gw.example.com"); code != 1 || !pending {
			t.Errorf("exit %d, pending %v: want a refusal that scripts see", code, pending)
		}
		_, _, code = gwtls(t, "import", file, "--home", home, "--roots", none, "--allow-untrusted")
		if _, pending := stored(t, home, "gw.example.com"); code != 0 || pending {
			t.Errorf("exit %d, pending %v: want it installed", code, pending)
		}
	})
	t.Run("keytool: stores are created world-readable", func(t *testing.T) {
		home := t.TempDir()
		if _, errs, code := gwtls(t, "selfsign", "gw.example.com", "--home", home); code != 0 {
			t.Fatal(errs)
		}
		for _, name := range []string{"keystore.p12", "keystore.pw", "ca.p12", "ca.pw", "ca.ledger"} {
			info, err := os.Stat(filepath.Join(home, name))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	})
	t.Run("keytool: passwords stand in the process list", func(t *testing.T) {
		_, errs, code := gwtls(t, "selfsign", "gw.example.com", "--home", t.TempDir(), "--storepass", "hunter2")
		if code != 2 || strings.Contains(errs, "hunter2") || !strings.Contains(errs, "file:PATH") {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
	t.Run("step: a p12 of a certificate and another certificate's key", func(t *testing.T) {
		home := t.TempDir()
		request(t, home, "gw.example.com")
		file := reply(t, ca.sign(t, request(t, t.TempDir(), "gw.example.com"), nil), ca.sub)
		_, errs, code := gwtls(t, "import", file, "--alias", "gw.example.com", "--home", home, "--roots", roots, "--json")
		if code != 1 || !strings.Contains(errs, `"key_mismatch"`) {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
	t.Run("step: a bundle in the wrong order pairs the root with the server's key", func(t *testing.T) {
		home := t.TempDir()
		leaf := ca.sign(t, request(t, home, "gw.example.com"), nil)
		_, errs, code := gwtls(t, "import", reply(t, ca.root, ca.sub, leaf), "--home", home, "--roots", roots)
		chain, _ := stored(t, home, "gw.example.com")
		if code != 0 || chain[0].SHA256 != cert.Fingerprint(leaf.Raw) {
			t.Errorf("exit %d: %s\n%+v", code, errs, chain)
		}
	})
	t.Run("step: lint ends 0 with errors", func(t *testing.T) {
		file := reply(t, ca.sign(t, request(t, t.TempDir(), "gw.example.com"), func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), ca.sub)
		if out, _, code := gwtls(t, "verify", file, "--roots", roots); code != 3 || !strings.Contains(out, "expired") {
			t.Errorf("exit %d: %s", code, out)
		}
	})
	t.Run("openssl and mkcert: a key is overwritten without a word", func(t *testing.T) {
		home := t.TempDir()
		request(t, home, "gw.example.com")
		before := readFile(t, filepath.Join(home, "keystore.p12"))
		for _, verb := range []string{"csr", "selfsign"} {
			_, errs, code := gwtls(t, verb, "gw.example.com", "--home", home)
			if code != 1 || !strings.Contains(errs, "--force") || !slices.Equal(before, readFile(t, filepath.Join(home, "keystore.p12"))) {
				t.Errorf("%s: exit %d: %s", verb, code, errs)
			}
		}
	})
	t.Run("certigo: of a PKCS#7 with three certificates one is shown", func(t *testing.T) {
		leaf := ca.sign(t, request(t, t.TempDir(), "gw.example.com"), nil)
		for _, form := range []string{"PEM", "DER"} {
			file := writeFile(t, filepath.Join(t.TempDir(), "three.p7b"), pkcs7(t, form, leaf, ca.sub, ca.root))
			out, errs, code := gwtls(t, "inspect", file, "--json")
			for _, c := range []*x509.Certificate{leaf, ca.sub, ca.root} {
				if code != 0 || !strings.Contains(out, cert.Fingerprint(c.Raw)) {
					t.Errorf("%s: exit %d, %s is not shown: %s", form, code, cert.Name(c), errs)
				}
			}
		}
	})
}

// What selfsign and ca make runs into no lint that matters, in whatever shape.
func TestOwnCertificatesAreFlawless(t *testing.T) {
	home := t.TempDir()
	if _, errs, code := gwtls(t, "ca", "init", "--permit", "example.com,localhost,10.0.0.0/8", "--home", home, "--intermediate"); code != 0 {
		t.Fatal(errs)
	}
	for i, args := range [][]string{
		{"gw.example.com", "localhost", "10.1.2.3"}, {"*.example.com"}, {"10.1.2.3"}, {"ops@example.com", "gw.example.com"},
		{"rsa.example.com", "--key-type", "rsa2048"}, {"p384.example.com", "--key-type", "p384"}, {"bücher.example.com"},
		{"spiffe://example.com/gw", "gw.example.com"}, {"old.example.com", "--days", "825"}, {"dn.example.com", "--subject", "CN=dn.example.com,O=Example"},
	} {
		for _, verb := range [][]string{{"selfsign"}, {"ca", "issue"}} {
			alias := verb[len(verb)-1] + string(rune('a'+i))
			out, errs, code := gwtls(t, slices.Concat(verb, args, []string{"--home", home, "--alias", alias, "--json"})...)
			if code != 0 || strings.Contains(out, `"findings"`) {
				t.Errorf("%v %v: exit %d: %s%s", verb, args, code, errs, out)
			}
		}
	}
}

// cfssl takes the request, and its reply is taken.
func TestImportTakesAReplyOfCFSSL(t *testing.T) {
	path, err := exec.LookPath("cfssl")
	if err != nil {
		t.Fatalf("this test needs cfssl: %v", err)
	}
	ca := newPublicCA(t)
	dir, home := t.TempDir(), t.TempDir()
	roots := writeFile(t, filepath.Join(dir, "root.pem"), inPEM(ca.root))
	sub := writeFile(t, filepath.Join(dir, "sub.pem"), inPEM(ca.sub))
	key := writeFile(t, filepath.Join(dir, "sub.key"), keyPEM(t, ca.subKey))
	config := writeFile(t, filepath.Join(dir, "config.json"), []byte(`{"signing":{"default":{"usages":["digital signature","server auth"],"expiry":"2160h"}}}`))
	csr := filepath.Join(dir, "gw.csr")
	if _, errs, code := gwtls(t, "csr", "gw.example.com", "www.example.com", "--home", home, "-o", csr); code != 0 {
		t.Fatal(errs)
	}
	out, err := exec.Command(path, "sign", "-ca", sub, "-ca-key", key, "-config", config, csr).Output()
	if err != nil {
		t.Fatalf("cfssl: %v\n%s", err, out)
	}
	var answer struct{ Cert string }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	file := writeFile(t, filepath.Join(dir, "reply.pem"), []byte(answer.Cert))
	if _, errs, code := gwtls(t, "import", file, sub, "--home", home, "--roots", roots); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if chain, _ := stored(t, home, "gw.example.com"); len(chain) != 2 || !slices.Equal(chain[0].DNSNames, []string{"gw.example.com", "www.example.com"}) {
		t.Errorf("stored %+v", chain)
	}
}

func keyPEM(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}
