package cmd_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/cmd"
	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/secret"
)

// atTerminal runs a command line for a person who types answers.
func atTerminal(t *testing.T, typed string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := &cmd.Env{
		In: strings.NewReader(typed), Out: &stdout, Err: &stderr, Now: time.Now,
		Getenv: func(string) string { return "" },
		Ask:    func(string) (secret.Value, error) { return secret.Value{}, secret.ErrInterrupted },
	}
	code = cmd.Main(env, args)
	return stdout.String(), stderr.String(), code
}

// trusted lists the fingerprints in the truststore of a home.
func trusted(t *testing.T, home string) (list []string) {
	t.Helper()
	out, complaints, code := gwtls(t, "trust", "list", "--json", "--home", home)
	if code != 0 {
		t.Fatalf("trust list: exit code %d: %s", code, complaints)
	}
	var v struct {
		Entries []struct{ Chain []cert.Description }
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	for _, e := range v.Entries {
		list = append(list, e.Chain[0].SHA256)
	}
	return list
}

func TestTrustAddOfAnEndpointNeedsSomebodyToVouchForIt(t *testing.T) {
	root, server := privateServer(t)
	server.Certificate = append(server.Certificate, root.Certificate().Raw)
	url := "tls://" + listenTLS(t, &tls.Config{Certificates: []tls.Certificate{server}})
	anchor, leaf := cert.Fingerprint(root.Certificate().Raw), cert.Fingerprint(server.Certificate[0])
	home := filepath.Join(t.TempDir(), "h")

	t.Run("without a terminal it is refused, and the hint can be pasted", func(t *testing.T) {
		out, complaints, code := gwtls(t, "trust", "add", url, "--home", home)
		want := "hint: gwtls trust add " + url + " --fingerprint " + anchor + " --home " + home + "\n"
		if code != 1 || out != "" || !strings.HasSuffix(complaints, want) {
			t.Errorf("exit code %d, said %q and %q; want 1, nothing and %q", code, out, complaints, want)
		}
	})
	t.Run("another fingerprint is refused", func(t *testing.T) {
		_, complaints, code := gwtls(t, "trust", "add", url, "--home", home, "--json", "--fingerprint", strings.Repeat("AB", 32))
		if code != 1 || !strings.Contains(complaints, `"code":"untrusted"`) {
			t.Errorf("exit code %d, said %q", code, complaints)
		}
	})
	t.Run("a person who is not sure adds nothing", func(t *testing.T) {
		_, shown, code := atTerminal(t, "no\n", "trust", "add", url, "--home", home)
		if code != 1 || !strings.Contains(shown, anchor) || !strings.Contains(shown, leaf) || !strings.Contains(shown, "nothing was added") {
			t.Errorf("exit code %d, said %q", code, shown)
		}
		if _, _, code := gwtls(t, "trust", "list", "--home", home); code != 1 {
			t.Errorf("there is a truststore after a no: exit code %d", code)
		}
	})
	t.Run("the root is trusted where a person says yes", func(t *testing.T) {
		if _, shown, code := atTerminal(t, "yes\n", "trust", "add", url, "--home", home); code != 0 {
			t.Fatalf("exit code %d, said %q", code, shown)
		}
		if got := trusted(t, home); len(got) != 1 || got[0] != anchor {
			t.Errorf("trusted %q, want the root %s", got, anchor)
		}
	})
	t.Run("the leaf where its fingerprint is named", func(t *testing.T) {
		home := filepath.Join(t.TempDir(), "h")
		_, complaints, code := gwtls(t, "trust", "add", strings.Replace(url, "tls:", "wss:", 1), "--home", home, "--fingerprint", leaf)
		if code != 0 || !strings.Contains(complaints, "a server's own certificate, signed by") {
			t.Fatalf("exit code %d, said %q", code, complaints)
		}
		if got := trusted(t, home); len(got) != 1 || got[0] != leaf {
			t.Errorf("trusted %q, want the leaf %s", got, leaf)
		}
	})
}

func TestTrustAddSeesAnEndpointThatWantsAClientCertificate(t *testing.T) {
	_, server := privateServer(t)
	address := listenTLS(t, &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12})
	_, complaints, code := gwtls(t, "trust", "add", "https://"+address, "--home", t.TempDir())
	if code != 1 || !strings.Contains(complaints, "--fingerprint "+cert.Fingerprint(server.Certificate[0])) {
		t.Errorf("exit code %d, said %q", code, complaints)
	}
}
