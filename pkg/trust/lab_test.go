package trust_test

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
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
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, path, args...)
	c.WaitDelay = 5 * time.Second
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

// hello is what the servers of these tests answer.
var hello = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })

// serve answers on https://localhost:PORT/ with a key and chain.
func serve(t *testing.T, key crypto.Signer, chain []*x509.Certificate, answer http.Handler) (url string) {
	t.Helper()
	s := httptest.NewUnstartedServer(answer)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that refuse are part of the tests
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair(key, chain)}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "/"
}

// pair is a key and chain as Go's TLS takes them.
func pair(key crypto.Signer, chain []*x509.Certificate) tls.Certificate {
	p := tls.Certificate{PrivateKey: key}
	for _, c := range chain {
		p.Certificate = append(p.Certificate, c.Raw)
	}
	return p
}

// wantTrust runs a program in each of the ways of a client's page, in the client's
// folder, against a server with a certificate by the private root and against one with a
// self-signed certificate; it has to print want. Without the export it has to refuse.
// URL and NAME stand for themselves in the command lines.
func wantTrust(t *testing.T, client, want string, answer http.Handler, without []string, ways ...[]string) {
	t.Helper()
	root := newRoot(t, "localhost")
	key, chain := issue(t, root, "localhost")
	selfKey, self := single(t, "localhost")
	b := new(trust.Bundle)
	b.Add("localhost", chain[0], root.Certificate())
	b.Add("self", self, self)
	dir := write(t, client, b)
	for kind, url := range map[string]string{
		"private root": serve(t, key, chain, answer),
		"self-signed":  serve(t, selfKey, []*x509.Certificate{self}, answer),
	} {
		filled := func(argv []string) []string {
			fill := strings.NewReplacer("URL", url, "NAME", b.Name())
			out := []string{}
			for _, arg := range argv {
				out = append(out, fill.Replace(arg))
			}
			return out
		}
		for _, way := range ways {
			if said, err := output(t, dir, filled(way)...); err != nil || !strings.Contains(said, want) {
				t.Errorf("%s, %s: %q: %v, want %q\n%s", client, kind, way, err, want, said)
			}
		}
		if said, err := output(t, dir, filled(without)...); err == nil {
			t.Errorf("%s, %s, without the export: %q, want a refusal\n%s", client, kind, without, said)
		}
	}
}

// sourced runs a command in a shell that has read env.sh.
func sourced(argv ...string) []string {
	return append([]string{"sh", "-c", `. ./env.sh && exec "$@"`, "sh"}, argv...)
}

// output of a program that may refuse.
func output(t *testing.T, dir string, argv ...string) (string, error) {
	t.Helper()
	c := command(t, argv[0], argv[1:]...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return string(out), err
}
