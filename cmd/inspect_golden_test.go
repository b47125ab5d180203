package cmd_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/cmd"
	"github.com/gwtls/gwtls/pkg/cert"
)

var update = flag.Bool("update", false, "write the golden files anew")

// gwtlsAt runs a command line at a fixed time, in an environment of its own.
func gwtlsAt(t *testing.T, now time.Time, stdin []byte, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	home := t.TempDir()
	code = cmd.Main(&cmd.Env{
		In: bytes.NewReader(stdin), Out: &out, Err: &errs,
		Now:    func() time.Time { return now },
		Getenv: func(name string) string { return map[string]string{"HOME": home}[name] },
	}, args)
	return out.String(), errs.String(), code
}

var goldenTime = time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)

func TestInspectGolden(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", "/dev/null") // what this machine trusts is no matter here
	for _, name := range []string{
		"leaf.pem", "leaf.der", "root.pem", "request.csr", "mix.pem", "key.der", "bundle.p7b",
		"list.crl", "store.p12", "trust.jks", "secret.jceks",
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir("../testdata/inspect")
			text, complaints, code := gwtlsAt(t, goldenTime, nil, "inspect", name, "-q")
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, complaints)
			}
			golden(t, name+".txt", text)
			text, complaints, code = gwtlsAt(t, goldenTime, nil, "inspect", name, "--json")
			if code != 0 || complaints != "" {
				t.Fatalf("--json: exit code %d: %s", code, complaints)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, []byte(text), "", "  "); err != nil {
				t.Fatalf("not JSON: %v\n%s", err, text)
			}
			golden(t, name+".json", pretty.String())
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("golden", name)
	if *update {
		if err := os.MkdirAll("golden", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func TestInspectReadsStandardInput(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", "/dev/null")
	data, err := os.ReadFile("../testdata/inspect/leaf.der")
	if err != nil {
		t.Fatal(err)
	}
	out, complaints, code := gwtlsAt(t, goldenTime, data, "inspect", "-")
	if code != 0 || !strings.Contains(out, "-: DER, 1 certificate\n") {
		t.Errorf("exit code %d: %s%s", code, out, complaints)
	}
}

func TestWhatIsTooLongIsRefusedAndNotCut(t *testing.T) {
	for _, verb := range []string{"inspect", "verify"} {
		_, complaints, code := gwtlsAt(t, goldenTime, make([]byte, 10<<20+1), verb, "-")
		if code != 1 || !strings.Contains(complaints, "longer than 10 MB") {
			t.Errorf("%s: exit code %d: %s", verb, code, complaints)
		}
	}
}

// A certificate may say anything of itself, and a terminal would believe it.
func TestWhatOthersWroteCannotPlayWithTheTerminal(t *testing.T) {
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "a\x1b[2J\u202eb"}, DNSNames: []string{"gw\x1b]0;x\a\rholds"},
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	out, complaints, code := gwtlsAt(t, goldenTime, der, "inspect", "-")
	if code != 0 || strings.ContainsAny(out, "\x1b\r\a\u202e") || !strings.Contains(out, `gw\u001b]0;x\u0007\u000dholds`) {
		t.Errorf("exit code %d: %q %s", code, out, complaints)
	}
}
