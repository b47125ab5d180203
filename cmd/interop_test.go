//go:build unix

package cmd_test

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// lab is a gateway as its operator starts it, a back end behind it that echoes, and
// what the operator gives to clients.
type lab struct {
	t      *testing.T
	dir    string // with the home h and the exports t, as the operator sees it
	port   string
	extras string // ../testdata/interop
}

// newLab does what README says, with free ports: mint, export, serve.
func newLab(t *testing.T) *lab {
	extras, err := filepath.Abs("../testdata/interop")
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, dir: t.TempDir(), port: freePort(t), extras: extras}
	must(t, l.gwtls("selfsign", "gw.example.com", "localhost", "127.0.0.1", "--home", "h"))
	must(t, l.gwtls("trust-export", "--home", "h", "--for", "java,nss,pem", "-o", "t"))
	must(t, l.gwtls("trust-export", "--home", "h", "--for", "chrome,firefox", "-o", "t"))
	gateway := start(t, l.gwtls("serve", "--home", "h", "--accept", l.url("wss"), "--connect", "tcp://"+echoBackEnd(t)), "ready")
	t.Cleanup(func() {
		gateway.cmd.Process.Signal(syscall.SIGTERM)
		if err := gateway.wait(); err != nil {
			t.Errorf("the gateway ended: %v\n%s", err, gateway.said)
		}
	})
	return l
}

func (l *lab) gwtls(args ...string) *exec.Cmd {
	c := program(l.t, l.t.TempDir(), binary(l.t), args...)
	c.Dir = l.dir
	return c
}

func (l *lab) url(scheme string) string { return scheme + "://localhost:" + l.port + "/" }

// export is a file that a client was given.
func (l *lab) export(path ...string) string {
	return filepath.Join(append([]string{l.dir, "t"}, path...)...)
}

// The acceptance of the first path: each client connects with the export alone, all
// checks on, and refuses without it.
func TestClientsConnectWithWhatTheyWereGivenAndRefuseWithoutIt(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	t.Run("java.net.http.WebSocket", l.java)
	t.Run("curl", l.curl)
	t.Run("node ws", l.node)
	t.Run("openssl s_client", l.openssl)
	t.Run("gnutls-cli", l.gnutls)
	t.Run("Chromium with the NSS import", l.chromium)
	t.Run("Chromium with the managed policy", l.chromiumPolicy)
	t.Run("Firefox with the NSS import", l.firefoxNSS)
	t.Run("Firefox with policies.json", l.firefoxPolicy)
}

func (l *lab) java(t *testing.T) {
	source := filepath.Join(l.extras, "Wss.java")
	merge := program(t, t.TempDir(), "sh", "merge.sh") // keytool, into a copy of Java's cacerts
	merge.Dir = l.export("java")
	must(t, merge)
	for _, options := range [][]string{
		{"@java.args"}, // PKCS#12
		{"@merged.args"},
		{"-Djavax.net.ssl.trustStore=truststore.jks", "-Djavax.net.ssl.trustStoreType=JKS"},
		{"-Djavax.net.ssl.trustStore=truststore.jceks", "-Djavax.net.ssl.trustStoreType=JCEKS"},
	} {
		c := program(t, t.TempDir(), "java", append(options, source, l.url("wss"))...)
		c.Dir = l.export("java") // where the argfiles are used
		if said := must(t, c); said != "hello from Java\n" {
			t.Errorf("%s: got %q, want the echo", options, said)
		}
	}
	said, err := say(t, program(t, t.TempDir(), "java", source, l.url("wss")))
	wantRefusal(t, said, err, "PKIX path building failed")
}

func (l *lab) curl(t *testing.T) {
	args := []string{"-sS", "-o", os.DevNull, "-w", "%{http_code}", l.url("https")}
	with := append([]string{"--cacert", l.export("pem", "gw.example.com.pem")}, args...)
	// 426 is the gateway's own word: this address is for WebSocket.
	if said := must(t, program(t, t.TempDir(), "curl", with...)); said != "426" {
		t.Errorf("got %q, want 426", said)
	}
	said, err := say(t, program(t, t.TempDir(), "curl", args...))
	wantRefusal(t, said, err, "certificate problem")
}

func (l *lab) node(t *testing.T) {
	if _, err := os.Stat(filepath.Join(l.extras, "node", "node_modules", "ws")); err != nil {
		t.Fatalf("this test needs the node package ws: make tools installs it")
	}
	script := filepath.Join(l.extras, "node", "wss.js")
	c := program(t, t.TempDir(), "node", script, l.url("wss"))
	c.Env = append(c.Env, "NODE_EXTRA_CA_CERTS="+l.export("pem", "gw.example.com.pem"))
	if said := must(t, c); said != "hello from node\n" {
		t.Errorf("got %q, want the echo", said)
	}
	said, err := say(t, program(t, t.TempDir(), "node", script, l.url("wss")))
	wantRefusal(t, said, err, "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
}

func (l *lab) openssl(t *testing.T) {
	client := func(args ...string) *exec.Cmd {
		args = append([]string{"s_client", "-connect", "localhost:" + l.port, "-verify_return_error"}, args...)
		c := program(t, t.TempDir(), "openssl", args...)
		c.Stdin = strings.NewReader("") // ends the session once it stands
		return c
	}
	root := l.export("pem", "gw.example.com.pem")
	for _, host := range []string{"gw.example.com", "localhost"} {
		said := must(t, client("-CAfile", root, "-servername", host, "-verify_hostname", host))
		if !strings.Contains(said, "Verify return code: 0 (ok)") && !strings.Contains(said, "Verification: OK") {
			t.Errorf("%s: not verified:\n%s", host, said)
		}
	}
	said, err := say(t, client("-CAfile", root, "-verify_hostname", "other.example.com"))
	wantRefusal(t, said, err, "hostname mismatch")
	said, err = say(t, client("-verify_hostname", "localhost"))
	wantRefusal(t, said, err, "unable to get local issuer certificate")
}

func (l *lab) gnutls(t *testing.T) {
	client := func(args ...string) *exec.Cmd {
		c := program(t, t.TempDir(), "gnutls-cli", append(args, "--port", l.port, "localhost")...)
		c.Stdin = strings.NewReader("") // ends the session once it stands
		return c
	}
	root := "--x509cafile=" + l.export("pem", "gw.example.com.pem")
	if said := must(t, client(root)); !strings.Contains(said, "The certificate is trusted") {
		t.Errorf("not verified:\n%s", said)
	}
	said, err := say(t, client(root, "--verify-hostname=other.example.com"))
	wantRefusal(t, said, err, "name in the certificate does not match")
	said, err = say(t, client())
	wantRefusal(t, said, err, "certificate issuer is unknown")
}

func wantRefusal(t *testing.T, said string, err error, why string) {
	t.Helper()
	if err == nil || !strings.Contains(strings.ToLower(said), strings.ToLower(why)) {
		t.Errorf("want a refusal for %q, got %v\n%s", why, err, said)
	}
}

// A keystore with several hosts is read by the tools that administrators have, and
// each key can be taken over.
func TestKeystoreOfThreeHostsIsReadByKeytoolAndOpenSSL(t *testing.T) {
	t.Parallel()
	l := &lab{t: t, dir: t.TempDir()}
	hosts := []string{"gw.example.com", "www.example.com", "localhost"}
	for _, host := range hosts {
		must(t, l.gwtls("selfsign", host, "--home", "h"))
	}
	tool := func(name string, args ...string) string {
		c := program(t, t.TempDir(), name, args...)
		c.Dir = l.dir
		return must(t, c)
	}
	said := tool("keytool", "-list", "-v", "-keystore", "h/keystore.p12", "-storepass:file", "h/keystore.pw")
	for _, host := range hosts {
		if !strings.Contains(said, "Alias name: "+host+"\n") {
			t.Errorf("keytool does not list %s:\n%s", host, said)
		}
	}
	if n := strings.Count(said, "Entry type: PrivateKeyEntry"); n != len(hosts) {
		t.Errorf("keytool sees %d keys, want %d:\n%s", n, len(hosts), said)
	}
	said = tool("openssl", "pkcs12", "-info", "-in", "h/keystore.p12", "-passin", "file:h/keystore.pw", "-nodes")
	if n := strings.Count(said, "BEGIN PRIVATE KEY"); n != len(hosts) || !strings.Contains(said, "MAC: sha256") {
		t.Errorf("openssl sees %d keys, want %d and a MAC of sha256:\n%s", n, len(hosts), said)
	}
	tool("keytool", "-importkeystore", "-noprompt", "-srckeystore", "h/keystore.p12", "-srcstorepass:file", "h/keystore.pw",
		"-destkeystore", "taken.jks", "-deststoretype", "JKS", "-deststorepass", "changeit")
	for _, host := range hosts { // a request is signed, so the key opens
		if said := tool("keytool", "-certreq", "-alias", host, "-keystore", "taken.jks", "-storepass", "changeit", "-keypass:file", "h/keystore.pw"); !strings.Contains(said, "BEGIN NEW CERTIFICATE REQUEST") {
			t.Errorf("the key of %s taken over does not sign:\n%s", host, said)
		}
	}
}

// echoBackEnd is a plain TCP server on loopback that sends back what comes.
func echoBackEnd(t *testing.T) (address string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.Copy(conn, conn)
			}()
		}
	}()
	return ln.Addr().String()
}

// freePort is one that nobody listens on now.
func freePort(t *testing.T) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
