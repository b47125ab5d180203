package trust_test

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/trust"
)

// command is a program of the machine, in a folder of its own and without what the
// machine's owner has set for trust.
func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test needs the program %s: make tools installs it", name)
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LANG=C.UTF-8"}
	return c
}

// run gives what a program says, and ends the test where it ends otherwise than well.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	c := command(t, name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func generate(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func names(t *testing.T, hosts ...string) cert.Names {
	t.Helper()
	n, err := cert.ParseNames(hosts)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// newRoot makes a private root as selfsign does.
func newRoot(t *testing.T, hosts ...string) *cert.Authority {
	t.Helper()
	n := names(t, hosts...)
	root, err := cert.NewRoot(cert.RootRequest{For: n.Alias(), Permit: cert.ConstraintsFor(n), Now: time.Now()}, generate(t))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// issue gives a server's key and chain, with the CA's own certificates behind the leaf.
func issue(t *testing.T, ca *cert.Authority, hosts ...string) (crypto.Signer, []*x509.Certificate) {
	t.Helper()
	key := generate(t)
	leaf, err := ca.Issue(cert.Request{Names: names(t, hosts...), Now: time.Now()}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return key, append([]*x509.Certificate{leaf}, ca.Chain...)
}

// single is a literally self-signed certificate.
func single(t *testing.T, hosts ...string) (crypto.Signer, *x509.Certificate) {
	t.Helper()
	key := generate(t)
	c, err := cert.SelfSign(cert.Request{Names: names(t, hosts...), Now: time.Now()}, key)
	if err != nil {
		t.Fatal(err)
	}
	return key, c
}

// write puts a client's folder on the disk.
func write(t *testing.T, client string, b *trust.Bundle) (dir string) {
	t.Helper()
	c, ok := trust.Find(client)
	if !ok {
		t.Fatalf("no client %s", client)
	}
	files, err := c.Export(b)
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "with a space")
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// serve answers "hello" on https://localhost:PORT/ with a key and chain.
func serve(t *testing.T, key crypto.Signer, chain []*x509.Certificate) (url string) {
	t.Helper()
	var raw [][]byte
	for _, c := range chain {
		raw = append(raw, c.Raw)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that refuse are part of the tests
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: raw, PrivateKey: key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "/"
}
