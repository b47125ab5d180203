package cmd_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// endpointSeen is what a script reads of an endpoint.
type endpointSeen struct {
	Inspected []struct {
		Kind     string
		Items    []struct{ Certificate struct{ Subject string } }
		Endpoint struct {
			Version, Group, Cipher, ALPN string
			Staple                       *struct{ Status string } `json:"ocsp_staple"`
			Client                       struct {
				Wanted, Required bool
				CAs              []string
			} `json:"client_certificate"`
			Trusted bool
			Faults  []cert.Fault
		}
		Findings []cert.Finding
	}
}

// privateServer is a certificate for localhost under a root of its own.
func privateServer(t *testing.T) (*cert.Authority, tls.Certificate) {
	n, err := cert.ParseNames([]string{"localhost", "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	rootKey, _ := cert.P256.Generate()
	root, err := cert.NewRoot(cert.RootRequest{For: "localhost", Permit: cert.ConstraintsFor(n), Now: time.Now()}, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := cert.P256.Generate()
	leaf, err := root.Issue(cert.Request{Names: n, Now: time.Now()}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return root, tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}
}

// listenTLS serves handshakes, and closes a connection once the other side does. It
// fails the test if a probe sends anything.
func listenTLS(t *testing.T, config *tls.Config) (address string) {
	ln, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { ln.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if n, _ := conn.Read(make([]byte, 1)); n > 0 {
				t.Error("the probe sent something")
			}
			conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return "localhost:" + port
}

func look(t *testing.T, url string) endpointSeen {
	t.Helper()
	out, complaints, code := gwtlsAt(t, time.Now(), nil, "inspect", url, "--json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, complaints)
	}
	var seen endpointSeen
	if err := json.Unmarshal([]byte(out), &seen); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return seen
}

func TestInspectSeesWhatAnEndpointAgreesTo(t *testing.T) {
	_, server := privateServer(t)
	staple, err := os.ReadFile("../pkg/cert/testdata/ocsp/good.der")
	if err != nil {
		t.Fatal(err)
	}
	server.OCSPStaple = staple
	seen := look(t, "wss://"+listenTLS(t, &tls.Config{Certificates: []tls.Certificate{server}, NextProtos: []string{"http/1.1"}})+"/feed")
	e := seen.Inspected[0].Endpoint
	if seen.Inspected[0].Kind != "endpoint" || e.Version != "TLS 1.3" || e.Group == "" || !strings.HasPrefix(e.Cipher, "TLS_") || e.ALPN != "http/1.1" {
		t.Errorf("got %+v", e)
	}
	if e.Client.Wanted || e.Client.Required {
		t.Error("a client certificate is said to be asked for")
	}
	if e.Staple != nil {
		t.Error("a staple about another certificate is taken for one")
	}
	if e.Trusted || len(e.Faults) == 0 || e.Faults[0].Code != "chain-missing-intermediate" {
		t.Errorf("trusted %v, faults %v", e.Trusted, e.Faults)
	}
	if len(seen.Inspected[0].Items) != 1 || seen.Inspected[0].Items[0].Certificate.Subject != "CN=localhost" {
		t.Errorf("presented: %+v", seen.Inspected[0].Items)
	}
}

func TestInspectSeesThatAndFromWhomAClientCertificateIsWanted(t *testing.T) {
	root, server := privateServer(t)
	pool := x509.NewCertPool()
	pool.AddCert(root.Certificate())
	for name, c := range map[string]struct {
		auth     tls.ClientAuthType
		version  uint16
		required bool
	}{
		"asked for in TLS 1.3": {tls.VerifyClientCertIfGiven, tls.VersionTLS13, false},
		"required in TLS 1.3":  {tls.RequireAndVerifyClientCert, tls.VersionTLS13, true},
		"asked for in TLS 1.2": {tls.VerifyClientCertIfGiven, tls.VersionTLS12, false},
		"required in TLS 1.2":  {tls.RequireAndVerifyClientCert, tls.VersionTLS12, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := look(t, "tls://"+listenTLS(t, &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: c.auth, ClientCAs: pool, MaxVersion: c.version})).Inspected[0].Endpoint
			if !e.Client.Wanted || e.Client.Required != c.required {
				t.Errorf("got %+v", e.Client)
			}
			if len(e.Client.CAs) != 1 || e.Client.CAs[0] != cert.FormatDN(root.Certificate().RawSubject) {
				t.Errorf("CAs %q", e.Client.CAs)
			}
		})
	}
}

// The roots of the machine are read once in a process, so this is one of its own.
func TestInspectSaysWhetherThisMachineTrusts(t *testing.T) {
	root, server := privateServer(t)
	file := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	address := listenTLS(t, &tls.Config{Certificates: []tls.Certificate{server}})
	c := exec.Command(binary(t), "inspect", "https://"+address+"/")
	c.Env = []string{"SSL_CERT_FILE=" + file, "SSL_CERT_DIR=/nonexistent", "HOME=" + t.TempDir()}
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil || !strings.Contains(string(out), "this machine trusts it for localhost\n") {
		t.Errorf("%v: %s%s", err, out, complaints.String())
	}
}

func TestInspectOfADeafEndpointIsANetworkError(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	go func() {
		if conn, err := ln.Accept(); err == nil {
			conn.Write([]byte("220 mail.example.com ESMTP\r\n"))
			conn.Close()
		}
	}()
	for range 2 { // first plain text, then nobody
		_, complaints, code := gwtlsAt(t, time.Now(), nil, "inspect", "tls://"+address, "--json")
		if code != 1 || !strings.Contains(complaints, `"code":"network"`) {
			t.Errorf("exit code %d: %s", code, complaints)
		}
		ln.Close()
	}
}
