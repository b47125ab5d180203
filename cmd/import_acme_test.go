package cmd_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/acme"

	"github.com/gwtls/gwtls/pkg/cert"
)

// pebble runs Let's Encrypt's CA for tests, which believes every challenge, and gives
// a client of it and its root.
func pebble(t *testing.T) (*acme.Client, []byte) {
	t.Helper()
	path, err := exec.LookPath("pebble")
	if err != nil {
		t.Fatalf("this test needs pebble: %v", err)
	}
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	if _, errs, code := gwtls(t, "ca", "init", "--home", home); code != 0 {
		t.Fatal(errs)
	}
	if _, errs, code := gwtls(t, "ca", "issue", "127.0.0.1", "--alias", "pebble", "-o", dir, "--home", home); code != 0 {
		t.Fatal(errs)
	}
	acmeAddress, management := freeAddress(t), freeAddress(t)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": acmeAddress, "managementListenAddress": management,
		"certificate": filepath.Join(dir, "pem/pebble.pem"), "privateKey": filepath.Join(dir, "pem/pebble.key"),
		"httpPort": 5002, "tlsPort": 5001,
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, path, "-config", writeFile(t, filepath.Join(dir, "pebble.json"), config))
	server.Env = []string{"PEBBLE_VA_ALWAYS_VALID=1", "PEBBLE_VA_NOSLEEP=1"}
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		server.Wait()
		if t.Failed() {
			t.Logf("pebble:\n%s", log.String())
		}
	})
	pool := x509.NewCertPool()
	pool.AddCert(rootOf(t, home))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	root := getWhenUp(t, client, "https://"+management+"/roots/0")
	return &acme.Client{Key: testKey(t), HTTPClient: client, DirectoryURL: "https://" + acmeAddress + "/dir"}, root
}

// rootOf has trust-export give a home's root.
func rootOf(t *testing.T, home string) *x509.Certificate {
	t.Helper()
	dir := t.TempDir()
	if _, errs, code := gwtls(t, "selfsign", "localhost", "--home", home); code != 0 {
		t.Fatal(errs)
	}
	if _, errs, code := gwtls(t, "trust-export", "localhost", "--for", "pem", "-o", dir, "--home", home); code != 0 {
		t.Fatal(errs)
	}
	block, _ := pem.Decode(readFile(t, filepath.Join(dir, "pem", "localhost.pem")))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func getWhenUp(t *testing.T, client *http.Client, url string) []byte {
	t.Helper()
	var last error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		answer, err := client.Get(url)
		if err != nil {
			last = err
			time.Sleep(50 * time.Millisecond) // another process: there is nothing to wait on
			continue
		}
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	t.Fatalf("%s: %v", url, last)
	return nil
}

func TestImportTakesAReplyOfAnACMECA(t *testing.T) {
	ca, root := pebble(t)
	home := t.TempDir()
	csr := request(t, home, "gw.example.com", "www.example.com")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := ca.Register(ctx, &acme.Account{}, acme.AcceptTOS); err != nil {
		t.Fatal(err)
	}
	order, err := ca.AuthorizeOrder(ctx, acme.DomainIDs(csr.DNSNames...))
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range order.AuthzURLs {
		z, err := ca.GetAuthorization(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ca.Accept(ctx, z.Challenges[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := ca.WaitAuthorization(ctx, url); err != nil {
			t.Fatal(err)
		}
	}
	chain, _, err := ca.CreateOrderCert(ctx, order.FinalizeURL, csr.Raw, true)
	if err != nil {
		t.Fatal(err)
	}
	var reply bytes.Buffer
	for _, der := range chain {
		pem.Encode(&reply, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "reply.pem"), reply.Bytes())
	roots := writeFile(t, filepath.Join(dir, "root.pem"), root)
	if _, errs, code := gwtls(t, "import", file, "--home", home, "--roots", roots); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	got, pending := stored(t, home, "gw.example.com")
	if pending || len(got) != len(chain) || got[0].SHA256 != cert.Fingerprint(chain[0]) {
		t.Errorf("pending %v, stored %+v", pending, got)
	}
}
