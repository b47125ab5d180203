package trust_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// The way of the page, and curl, which refuses what has another key.
func TestPinsAreThoseOfOpenSSLAndCurl(t *testing.T) {
	root := newRoot(t, "localhost")
	key, chain := issue(t, root, "localhost")
	b := new(trust.Bundle)
	b.Add("localhost", chain[0], root.Certificate())
	pins, err := os.ReadFile(filepath.Join(write(t, "pins", b), "pins.txt"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	byWord := map[string]string{}
	for line := range strings.Lines(string(pins)) {
		if fields := strings.Fields(line); len(fields) == 3 {
			byWord[fields[0]] = fields[1]
		}
	}
	for word, c := range map[string]*x509.Certificate{"root": root.Certificate(), "server": chain[0]} {
		if err := os.WriteFile(filepath.Join(dir, word+".pem"), trust.Anchor{Certificate: c}.PEM(), 0o644); err != nil {
			t.Fatal(err)
		}
		want := run(t, dir, "sh", "-euc", `openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64`, "sh", word+".pem")
		if byWord[word] != strings.TrimSpace(want) {
			t.Errorf("pin of the %s: got %q, openssl says %q in\n%s", word, byWord[word], want, pins)
		}
	}
	url := serve(t, key, chain, hello)
	if said, err := output(t, dir, "curl", "-sS", "--cacert", "root.pem", "--pinnedpubkey", "sha256//"+byWord["server"], url); err != nil || said != "hello" {
		t.Errorf("curl with the server's pin: %v, %q", err, said)
	}
	if said, err := output(t, dir, "curl", "-sS", "--cacert", "root.pem", "--pinnedpubkey", "sha256//"+byWord["root"], url); err == nil {
		t.Errorf("curl with the pin of another key: %q, want a refusal", said)
	}
}
