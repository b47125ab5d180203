package cmd_test

import (
	"archive/zip"
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/gwtls/gwtls/pkg/cert"
)

// gwtls runs a command line in this process, without a terminal.
func gwtls(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	return gwtlsAt(t, time.Now(), nil, args...)
}

// publicCA is a CA as others run one: a root, and an intermediate that signs.
type publicCA struct {
	root, sub *x509.Certificate
	rootKey   crypto.Signer
	subKey    crypto.Signer
	extra     *x509.Certificate // has nothing to do with it
}

func testKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testCertificate(t *testing.T, template, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newPublicCA(t *testing.T) *publicCA {
	t.Helper()
	ca := func(cn string, serial int64) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: cn},
			NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(5 * 365 * 24 * time.Hour),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
	}
	rootKey, subKey, extraKey := testKey(t), testKey(t), testKey(t)
	root := testCertificate(t, ca("Test Root", 1), ca("Test Root", 1), rootKey.Public(), rootKey)
	return &publicCA{
		root: root, rootKey: rootKey, subKey: subKey,
		sub:   testCertificate(t, ca("Test Issuing CA", 2), root, subKey.Public(), rootKey),
		extra: testCertificate(t, ca("Unrelated CA", 3), ca("Unrelated CA", 3), extraKey.Public(), extraKey),
	}
}

// sign answers a request; change may bend the answer.
func (ca *publicCA) sign(t *testing.T, csr *x509.CertificateRequest, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: csr.Subject,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		DNSNames: csr.DNSNames, IPAddresses: csr.IPAddresses,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	return testCertificate(t, template, ca.sub, csr.PublicKey, ca.subKey)
}

// request makes a home with a pending entry, and gives its request.
func request(t *testing.T, home string, args ...string) *x509.CertificateRequest {
	t.Helper()
	file := filepath.Join(t.TempDir(), "request.csr")
	if _, errs, code := gwtls(t, append([]string{"csr", "--home", home, "-o", file}, args...)...); code != 0 {
		t.Fatalf("csr: %s", errs)
	}
	csr, err := cert.ParseCSR(readFile(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return csr
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func inPEM(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certs {
		pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return b.Bytes()
}

// pkcs7 has openssl wrap certificates.
func pkcs7(t *testing.T, form string, certs ...*x509.Certificate) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := writeFile(t, filepath.Join(dir, "in.pem"), inPEM(certs...)), filepath.Join(dir, "out")
	c := exec.Command("openssl", "crl2pkcs7", "-nocrl", "-certfile", in, "-outform", form, "-out", out)
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, text)
	}
	return readFile(t, out)
}

// stored is the chain of an entry, as subjects.
func stored(t *testing.T, home, alias string) (chain []cert.Description, pending bool) {
	t.Helper()
	return storedIn(t, alias, "--home", home)
}

func storedIn(t *testing.T, alias string, where ...string) (chain []cert.Description, pending bool) {
	t.Helper()
	out, errs, code := gwtls(t, append([]string{"keystore", "list", "--json"}, where...)...)
	if code != 0 {
		t.Fatalf("keystore list: %s", errs)
	}
	var list struct {
		Entries []struct {
			Alias   string
			Pending bool
			Chain   []cert.Description
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	for _, e := range list.Entries {
		if e.Alias == alias {
			return e.Chain, e.Pending
		}
	}
	t.Fatalf("no entry %q in %s", alias, out)
	return nil, false
}

// One reply, in every shape a CA may send it, ends in the same chain or in the same
// clear refusal.
func TestImportTakesOneReplyInEveryShape(t *testing.T) {
	ca := newPublicCA(t)
	roots := writeFile(t, filepath.Join(t.TempDir(), "roots.pem"), inPEM(ca.root))
	aia := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(ca.sub.Raw) }))
	defer aia.Close()

	encodings := map[string]func(*testing.T, string, []*x509.Certificate) []string{
		"PEM": func(t *testing.T, dir string, certs []*x509.Certificate) []string {
			return []string{writeFile(t, filepath.Join(dir, "reply.pem"), inPEM(certs...))}
		},
		"DER": func(t *testing.T, dir string, certs []*x509.Certificate) (files []string) {
			for i, c := range certs {
				files = append(files, writeFile(t, filepath.Join(dir, fmt.Sprintf("%d.cer", i)), c.Raw))
			}
			return files
		},
		"PKCS7": func(t *testing.T, dir string, certs []*x509.Certificate) []string {
			return []string{writeFile(t, filepath.Join(dir, "reply.p7b"), pkcs7(t, "DER", certs...))}
		},
	}
	orders := map[string]func([]*x509.Certificate){
		"right":    func([]*x509.Certificate) {},
		"reversed": slices.Reverse[[]*x509.Certificate],
		"shuffled": func(c []*x509.Certificate) { c[0], c[len(c)/2] = c[len(c)/2], c[0] },
	}
	contents := map[string]struct {
		certs   func(leaf *x509.Certificate) []*x509.Certificate
		aia     bool
		refused string
	}{
		"complete":             {certs: func(leaf *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{leaf, ca.sub} }},
		"with root":            {certs: func(leaf *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{leaf, ca.sub, ca.root} }},
		"missing, with AIA":    {certs: func(leaf *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{leaf} }, aia: true},
		"missing, without AIA": {certs: func(leaf *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{leaf} }, refused: "Test Issuing CA"},
		"duplicates": {certs: func(leaf *x509.Certificate) []*x509.Certificate {
			return []*x509.Certificate{leaf, ca.sub, leaf, ca.sub}
		}},
		"with foreign extras": {certs: func(leaf *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{ca.extra, leaf, ca.sub} }},
	}
	// In a JKS, whose keys are sealed in a moment: there are many imports.
	for _, keyType := range []string{"p256", "rsa2048"} {
		pendingDir := t.TempDir()
		csr := request(t, pendingDir, "gw.example.com", "10.1.2.3", "--key-type", keyType, "--keystore", filepath.Join(pendingDir, "keystore.jks"))
		leaf := ca.sign(t, csr, nil)
		leafAIA := ca.sign(t, csr, func(c *x509.Certificate) { c.IssuingCertificateURL = []string{aia.URL + "/issuer.cer"} })
		for encoding, encode := range encodings {
			for order, arrange := range orders {
				for content, c := range contents {
					t.Run(strings.Join([]string{keyType, encoding, order, content}, "/"), func(t *testing.T) {
						dir := t.TempDir()
						for _, name := range []string{"keystore.jks", "keystore.pw"} {
							writeFile(t, filepath.Join(dir, name), readFile(t, filepath.Join(pendingDir, name)))
						}
						where := []string{"--home", dir, "--keystore", filepath.Join(dir, "keystore.jks")}
						want := leaf
						if c.aia {
							want = leafAIA
						}
						certs := c.certs(want)
						arrange(certs)
						files := encode(t, t.TempDir(), certs)
						_, errs, code := gwtls(t, slices.Concat([]string{"import", "--roots", roots}, files, where)...)
						chain, pending := storedIn(t, "gw.example.com", where...)
						if c.refused != "" {
							if code != 1 || !pending || !strings.Contains(errs, c.refused) {
								t.Errorf("exit %d, pending %v: %s", code, pending, errs)
							}
							return
						}
						if code != 0 || len(chain) != 2 || chain[0].SHA256 != cert.Fingerprint(want.Raw) || chain[1].SHA256 != cert.Fingerprint(ca.sub.Raw) {
							t.Errorf("exit %d: %s\nstored %+v", code, errs, chain)
						}
					})
				}
			}
		}
	}
}

// What mail programs, editors and CAs' portals do to a reply does not matter.
func TestImportTakesReplyInEveryWrapping(t *testing.T) {
	ca := newPublicCA(t)
	roots := writeFile(t, filepath.Join(t.TempDir(), "roots.pem"), inPEM(ca.root))
	pendingHome := t.TempDir()
	leaf := ca.sign(t, request(t, pendingHome, "gw.example.com"), nil)
	plain := inPEM(leaf, ca.sub)
	key, err := x509.MarshalPKCS8PrivateKey(testKey(t))
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(string(plain))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	for name, content := range map[string][]byte{"README.txt": []byte("install me"), "certs/gw.crt": inPEM(leaf), "certs/ca.cer": ca.sub.Raw} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	z.Close()
	signed := pkcs7(t, "DER", leaf, ca.sub)

	for name, data := range map[string][]byte{
		"text around":        slices.Concat([]byte("Dear customer,\nhere it is:\n"), plain, []byte("\nYours\n")),
		"CRLF":               bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n")),
		"old line ends":      bytes.ReplaceAll(plain, []byte("\n"), []byte("\r")),
		"byte order mark":    slices.Concat([]byte("\xef\xbb\xbf"), plain),
		"UTF-16":             wide,
		"quoted mail":        append([]byte("> "), bytes.ReplaceAll(plain, []byte("\n"), []byte("\n> "))...),
		"key in between":     slices.Concat(inPEM(ca.sub), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), inPEM(leaf)),
		"DER in a row":       slices.Concat(leaf.Raw, ca.sub.Raw),
		"ZIP":                zipped.Bytes(),
		"PKCS7 PEM":          pkcs7(t, "PEM", leaf, ca.sub),
		"PKCS7 in BER":       indefinite(signed),
		"bare base64":        []byte(base64.StdEncoding.EncodeToString(signed)),
		"bare base64, lines": []byte(strings.Join(strings.SplitAfterN(base64.StdEncoding.EncodeToString(signed), "", 64), "\n")),
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			for _, name := range []string{"keystore.p12", "keystore.pw"} {
				writeFile(t, filepath.Join(home, name), readFile(t, filepath.Join(pendingHome, name)))
			}
			file := writeFile(t, filepath.Join(t.TempDir(), "reply"), data)
			_, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots)
			if chain, pending := stored(t, home, "gw.example.com"); code != 0 || pending || len(chain) != 2 {
				t.Errorf("exit %d, pending %v, %d certificates: %s", code, pending, len(chain), errs)
			}
		})
	}
}

// indefinite gives a DER value an indefinite length, as BER may have.
func indefinite(der []byte) []byte {
	header := 2
	if der[1] >= 0x80 {
		header += int(der[1] & 0x7f)
	}
	return slices.Concat([]byte{der[0], 0x80}, der[header:], []byte{0, 0})
}

// What clients would refuse is refused here, with the code that says why, and nothing
// is changed.
func TestImportRefusesWhatClientsWouldRefuse(t *testing.T) {
	ca := newPublicCA(t)
	roots := writeFile(t, filepath.Join(t.TempDir(), "roots.pem"), inPEM(ca.root))
	home := t.TempDir()
	csr := request(t, home, "gw.example.com", "www.example.com")
	for name, tt := range map[string]struct {
		change     func(*x509.Certificate)
		code, says string
		args       []string
	}{
		"expired":        {change: func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, code: "expired", says: "expired"},
		"not yet valid":  {change: func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }, code: "expired", says: "is valid from"},
		"names":          {change: func(c *x509.Certificate) { c.DNSNames = []string{"gw.example.com", "ftp.example.com"} }, code: "name_mismatch", says: "it lacks www.example.com, and has ftp.example.com"},
		"usage":          {change: func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, code: "untrusted", says: "usage"},
		"untrusted root": {code: "untrusted", says: "SHA-256 " + cert.Fingerprint(ca.root.Raw), args: []string{"--roots", writeFile(t, filepath.Join(t.TempDir(), "x.pem"), inPEM(ca.extra))}},
	} {
		t.Run(name, func(t *testing.T) {
			file := writeFile(t, filepath.Join(t.TempDir(), "reply.pem"), inPEM(ca.sign(t, csr, tt.change), ca.sub, ca.root))
			before := readFile(t, filepath.Join(home, "keystore.p12"))
			args := append([]string{"import", file, "--home", home, "--roots", roots, "--json"}, tt.args...)
			_, errs, code := gwtls(t, args...)
			if code != 1 || !strings.Contains(errs, `"code":"`+tt.code+`"`) || !strings.Contains(errs, tt.says) {
				t.Errorf("exit %d: %s", code, errs)
			}
			if !bytes.Equal(before, readFile(t, filepath.Join(home, "keystore.p12"))) {
				t.Error("the keystore was changed")
			}
		})
	}
}

func TestImportTakesAPrivateRootOnlyWhenTold(t *testing.T) {
	ca := newPublicCA(t)
	home := t.TempDir()
	leaf := ca.sign(t, request(t, home, "gw.example.com"), nil)
	file := writeFile(t, filepath.Join(t.TempDir(), "reply.pem"), inPEM(leaf, ca.sub, ca.root))
	none := writeFile(t, filepath.Join(t.TempDir(), "none.pem"), inPEM(ca.extra))
	_, errs, code := gwtls(t, "import", file, "--home", home, "--roots", none)
	if code != 1 || !strings.Contains(errs, "hint: gwtls import "+file+" --roots "+none+" --allow-untrusted --home "+home) {
		t.Fatalf("exit %d: %s", code, errs)
	}
	_, errs, code = gwtls(t, "import", file, "--home", home, "--roots", none, "--allow-untrusted")
	if code != 0 || !strings.Contains(errs, "CN=Test Root\n  SHA-256 "+cert.Fingerprint(ca.root.Raw)) {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if chain, _ := stored(t, home, "gw.example.com"); len(chain) != 2 {
		t.Errorf("stored %d certificates, want leaf and intermediate", len(chain))
	}
}

func TestImportOfAnotherKeySaysWhoseAndWhatThereIs(t *testing.T) {
	ca := newPublicCA(t)
	home, other := t.TempDir(), t.TempDir()
	request(t, home, "gw.example.com")
	leaf := ca.sign(t, request(t, other, "gw.example.com"), nil)
	file := writeFile(t, filepath.Join(t.TempDir(), "reply.pem"), inPEM(leaf, ca.sub))
	_, errs, code := gwtls(t, "import", file, "--home", home, "--json")
	for _, want := range []string{`"code":"key_mismatch"`, "CN=gw.example.com", cert.SPKIFingerprint(leaf), "gw.example.com (pending)"} {
		if code != 1 || !strings.Contains(errs, want) {
			t.Errorf("exit %d, want %q in %s", code, want, errs)
		}
	}
}

func TestImportTakesSeveralRepliesAtOnce(t *testing.T) {
	ca := newPublicCA(t)
	home := t.TempDir()
	roots := writeFile(t, filepath.Join(t.TempDir(), "roots.pem"), inPEM(ca.root))
	a := ca.sign(t, request(t, home, "a.example.com"), nil)
	b := ca.sign(t, request(t, home, "b.example.com"), nil)
	file := writeFile(t, filepath.Join(t.TempDir(), "reply.pem"), inPEM(ca.sub, b, a))
	out, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots, "--json")
	if code != 0 || strings.Count(out, `"alias":`) != 3 { // entry, and both of entries
		t.Fatalf("exit %d: %s %s", code, errs, out)
	}
	for _, alias := range []string{"a.example.com", "b.example.com"} {
		if chain, pending := stored(t, home, alias); pending || len(chain) != 2 {
			t.Errorf("%s: pending %v, %d certificates", alias, pending, len(chain))
		}
	}
}

func TestImportKeepsWhatItReplaces(t *testing.T) {
	ca := newPublicCA(t)
	home := t.TempDir()
	roots := writeFile(t, filepath.Join(t.TempDir(), "roots.pem"), inPEM(ca.root))
	csr := request(t, home, "gw.example.com")
	var replies []*x509.Certificate
	for i := range 3 {
		c := ca.sign(t, csr, func(c *x509.Certificate) { c.NotBefore = c.NotBefore.Add(time.Duration(i) * time.Minute) })
		replies = append(replies, c)
		file := writeFile(t, filepath.Join(t.TempDir(), "reply.pem"), inPEM(c, ca.sub))
		if _, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots); code != 0 {
			t.Fatalf("reply %d: exit %d: %s", i, code, errs)
		}
	}
	now, _ := stored(t, home, "gw.example.com")
	old, _ := stored(t, home, "gw.example.com.old")
	if now[0].SHA256 != cert.Fingerprint(replies[2].Raw) || old[0].SHA256 != cert.Fingerprint(replies[1].Raw) {
		t.Errorf("the entry has %s, the old one %s", now[0].Serial, old[0].Serial)
	}
}

// Whoever writes the URL in a certificate cannot make import fetch for ever.
func TestImportBoundsWhatItFetches(t *testing.T) {
	ca := newPublicCA(t)
	home := t.TempDir()
	roots := writeFile(t, filepath.Join(t.TempDir(), "roots.pem"), inPEM(ca.root))
	csr := request(t, home, "gw.example.com")
	gets := 0
	for name, answer := range map[string]http.HandlerFunc{
		"not found": http.NotFound,
		"a page":    func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) },
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		},
		"redirects": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) },
		"a file": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		},
		"not issuer": func(w http.ResponseWriter, _ *http.Request) { w.Write(ca.extra.Raw) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { gets++; answer(w, r) }))
			defer server.Close()
			leaf := ca.sign(t, csr, func(c *x509.Certificate) {
				c.IssuingCertificateURL = []string{server.URL, server.URL + "/2", "ldap://x/"}
			})
			file := writeFile(t, filepath.Join(t.TempDir(), "reply.pem"), inPEM(leaf))
			gets = 0
			_, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots)
			if code != 1 || gets > 10 || !strings.Contains(errs, "Test Issuing CA") {
				t.Errorf("exit %d after %d requests: %s", code, gets, errs)
			}
			if _, _, code := gwtls(t, "import", file, "--home", home, "--roots", roots, "--no-fetch"); code != 1 {
				t.Errorf("exit %d offline", code)
			}
		})
	}
}

// Issuers are fetched hop by hop, in whatever form they are handed out, four at most.
func TestImportFetchesHopByHop(t *testing.T) {
	for hops, want := range map[int]int{1: 0, 2: 0, 4: 0, 5: 1} {
		t.Run(fmt.Sprintf("%d hops", hops), func(t *testing.T) {
			answers := map[string][]byte{}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(answers[r.URL.Path]) }))
			defer server.Close()
			top := newPublicCA(t)
			ca := &publicCA{sub: top.root, subKey: top.rootKey}
			for i := range hops {
				key := testKey(t)
				below := testCertificate(t, &x509.Certificate{
					SerialNumber: big.NewInt(int64(10 + i)), Subject: pkix.Name{CommonName: fmt.Sprintf("CA %d", i)},
					NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
					IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
					IssuingCertificateURL: []string{fmt.Sprintf("%s/%d", server.URL, i-1)},
				}, ca.sub, key.Public(), ca.subKey)
				answers[fmt.Sprintf("/%d", i)] = [][]byte{below.Raw, inPEM(below), pkcs7(t, "DER", below, top.extra)}[i%3]
				ca = &publicCA{sub: below, subKey: key}
			}
			home := t.TempDir()
			leaf := ca.sign(t, request(t, home, "gw.example.com"), func(c *x509.Certificate) {
				c.IssuingCertificateURL = []string{server.URL + "/gone", fmt.Sprintf("%s/%d", server.URL, hops-1)}
			})
			dir := t.TempDir()
			file, roots := writeFile(t, filepath.Join(dir, "reply.pem"), inPEM(leaf)), writeFile(t, filepath.Join(dir, "root.pem"), inPEM(top.root))
			_, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots)
			if chain, pending := stored(t, home, "gw.example.com"); code != want || want == 0 && len(chain) != hops+1 || want == 1 && !pending {
				t.Errorf("exit %d, %d certificates: %s", code, len(chain), errs)
			}
			if want == 0 && strings.Count(errs, "fetched CA ") != hops {
				t.Errorf("of %d hops it says: %s", hops, errs)
			}
		})
	}
}
