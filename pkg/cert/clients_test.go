package cert_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// The clients of other makers hold what gwtls makes to their own rules. They are run
// as they are installed, with nothing of the environment: it may name trust files.

func client(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test needs %s: %v", name, err)
	}
	c := exec.Command(path, args...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C"}
	out, err := c.CombinedOutput()
	return string(out), err
}

func pemFile(t *testing.T, dir, name string, c *x509.Certificate) string {
	t.Helper()
	path := filepath.Join(dir, name+".pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// made is a root, and leaves of every shape under it, in files.
type made struct {
	dir, root string
	leaves    []string
	certs     []*x509.Certificate
	authority *cert.Authority
}

func makeAll(t *testing.T) made {
	t.Helper()
	shapes := []struct {
		hosts   string
		keyType cert.KeyType
		subject string
	}{
		{"gw.example.com localhost 127.0.0.1 ::1", cert.P256, ""},
		{"*.example.com", cert.P384, ""},
		{"10.1.2.3", cert.RSA2048, ""},
		{"2001:db8::1", cert.P521, ""},
		{"bücher.example", cert.Ed25519, ""},
		{"gw.example.com ops@example.com", cert.P256, ""},
		{"ops@mail.example.com", cert.P256, ""},
		{"gw.example.com spiffe://gw.example.com/x", cert.P256, ""},
		{"gw.example.com", cert.RSA3072, "CN=gw.example.com+serialNumber=7,OU=Küche,O=Sue\\, Runn,C=DE"},
		{strings.Repeat("a", 60) + ".example.com", cert.P256, ""},
	}
	var all []string
	for _, s := range shapes {
		all = append(all, strings.Fields(s.hosts)...)
	}
	now := time.Now()
	m := made{dir: t.TempDir(), authority: rootFor(t, now, all...)}
	m.root = pemFile(t, m.dir, "root", m.authority.Certificate())
	for i, s := range shapes {
		r := cert.Request{Names: names(t, strings.Fields(s.hosts)...), Now: now}
		if s.subject != "" {
			var err error
			if r.Subject, err = cert.ParseDN(s.subject); err != nil {
				t.Fatal(err)
			}
		}
		c := issue(t, m.authority, r, s.keyType)
		m.certs = append(m.certs, c)
		m.leaves = append(m.leaves, pemFile(t, m.dir, string(rune('a'+i)), c))
	}
	return m
}

func TestClientsTakeWhatIsIssued(t *testing.T) {
	m := makeAll(t)
	t.Run("openssl", func(t *testing.T) {
		args := append([]string{"verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", m.root}, m.leaves...)
		if out, err := client(t, "openssl", args...); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("GnuTLS", func(t *testing.T) {
		for i, leaf := range m.leaves {
			out, err := client(t, "certtool", "--verify", "--verify-profile", "medium", "--load-ca-certificate", m.root, "--infile", leaf)
			if err != nil || !strings.Contains(out, "Chain verification output: Verified.") {
				t.Errorf("%v: %v\n%s", cert.NamesOf(m.certs[i]), err, out)
			}
		}
	})
	t.Run("NSS", func(t *testing.T) {
		db := "sql:" + t.TempDir()
		for _, args := range [][]string{
			{"-N", "-d", db, "--empty-password"},
			{"-A", "-d", db, "-n", "root", "-t", "C,,", "-i", m.root},
		} {
			if out, err := client(t, "certutil", args...); err != nil {
				t.Fatalf("certutil %v: %v\n%s", args, err, out)
			}
		}
		for i, leaf := range m.leaves {
			if m.certs[i].PublicKeyAlgorithm == x509.Ed25519 { // browsers know no such keys
				continue
			}
			if out, err := client(t, "vfychain", "-d", db, "-pp", "-u", "1", "-a", leaf); err != nil {
				t.Errorf("%v: %v\n%s", cert.NamesOf(m.certs[i]), err, out)
			}
		}
	})
	t.Run("Java", func(t *testing.T) {
		args := append([]string{"testdata/Pkix.java", m.root}, m.leaves...)
		if out, err := client(t, "java", args...); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("Go", func(t *testing.T) {
		pool := x509.NewCertPool()
		pool.AddCert(m.authority.Certificate())
		for _, c := range m.certs {
			if _, err := c.Verify(x509.VerifyOptions{Roots: pool}); err != nil {
				t.Errorf("%v: %v", cert.NamesOf(c), err)
			}
		}
	})
}

func TestClientsTakeWhatACABelowTheRootIssued(t *testing.T) {
	root := rootFor(t, time.Now(), "gw.example.com", "10.1.2.3")
	key, err := cert.P384.Generate()
	if err != nil {
		t.Fatal(err)
	}
	wide, err := cert.NewRoot(cert.RootRequest{For: "example.com", Permit: root.Permit(), PathLen: 1, Now: time.Now()}, root.Key)
	if err != nil {
		t.Fatal(err)
	}
	sub, err := wide.IssueCA(cert.RootRequest{For: "example.com", Now: time.Now()}, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := issue(t, sub, cert.Request{Names: names(t, "gw.example.com", "10.1.2.3"), Now: time.Now()}, cert.P256)
	dir := t.TempDir()
	rootFile, subFile, leafFile := pemFile(t, dir, "root", wide.Certificate()), pemFile(t, dir, "sub", sub.Certificate()), pemFile(t, dir, "leaf", leaf)
	chain := filepath.Join(dir, "chain.pem")
	var text []byte
	for _, file := range []string{leafFile, subFile} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, data...)
	}
	if err := os.WriteFile(chain, text, 0o644); err != nil {
		t.Fatal(err)
	}
	db := "sql:" + t.TempDir()
	for _, args := range [][]string{
		{"openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", rootFile, "-untrusted", subFile, leafFile},
		{"certtool", "--verify", "--verify-profile", "medium", "--load-ca-certificate", rootFile, "--infile", chain},
		{"java", "testdata/Pkix.java", rootFile, chain},
		{"certutil", "-N", "-d", db, "--empty-password"},
		{"certutil", "-A", "-d", db, "-n", "root", "-t", "C,,", "-i", rootFile},
		{"vfychain", "-d", db, "-pp", "-u", "1", "-a", leafFile, "-a", subFile},
	} {
		if out, err := client(t, args[0], args[1:]...); err != nil {
			t.Errorf("%s: %v\n%s", args[0], err, out)
		}
	}
}

// A root whose key is stolen signs outside its constraints: the clients that honour
// them refuse that. Java ignores the constraints of an anchor.
func TestClientsHoldTheRootToItsConstraints(t *testing.T) {
	root := rootFor(t, time.Now(), "gw.example.com", "10.1.2.3")
	open := *root.Certificate()
	open.PermittedDNSDomains, open.PermittedIPRanges = nil, nil
	thief := &cert.Authority{Key: root.Key, Chain: []*x509.Certificate{&open}}
	dir := t.TempDir()
	rootFile := pemFile(t, dir, "root", root.Certificate())
	for i, host := range []string{"gw.example.org", "10.1.2.4", "2001:db8::1", "ops@example.org"} {
		leaf := pemFile(t, dir, string(rune('a'+i)), issue(t, thief, cert.Request{Names: names(t, host), Now: time.Now()}, cert.P256))
		if out, err := client(t, "openssl", "verify", "-x509_strict", "-CAfile", rootFile, leaf); err == nil {
			t.Errorf("%s: openssl takes it: %s", host, out)
		}
		if out, err := client(t, "certtool", "--verify", "--load-ca-certificate", rootFile, "--infile", leaf); err == nil {
			t.Errorf("%s: GnuTLS takes it: %s", host, out)
		}
	}
}

func TestClientsTakeASelfSignedCertificateThatTheyTrust(t *testing.T) {
	for _, kt := range []cert.KeyType{cert.P256, cert.RSA2048} {
		c, err := cert.SelfSign(cert.Request{Names: names(t, "gw.example.com", "127.0.0.1"), Now: time.Now()}, keyOf(t, kt))
		if err != nil {
			t.Fatal(err)
		}
		file := pemFile(t, t.TempDir(), "single", c)
		if out, err := client(t, "openssl", "verify", "-purpose", "sslserver", "-CAfile", file, file); err != nil {
			t.Errorf("%s: openssl: %v\n%s", kt, err, out)
		}
		if out, err := client(t, "java", "testdata/Pkix.java", file, file); err != nil {
			t.Errorf("%s: Java: %v\n%s", kt, err, out)
		}
		db := "sql:" + t.TempDir()
		client(t, "certutil", "-N", "-d", db, "--empty-password")
		client(t, "certutil", "-A", "-d", db, "-n", "single", "-t", "CP,,", "-i", file)
		if out, err := client(t, "certutil", "-V", "-d", db, "-n", "single", "-u", "V", "-e"); err != nil {
			t.Errorf("%s: NSS: %v\n%s", kt, err, out)
		}
	}
}

func TestOtherToolsReadSubjectsAsTheyWereMeant(t *testing.T) {
	d, err := cert.ParseDN(`CN=gw.example.com,OU=Küche,O=Sue\, Runn,C=DE`)
	if err != nil {
		t.Fatal(err)
	}
	root := rootFor(t, time.Now(), "gw.example.com")
	c := issue(t, root, cert.Request{Names: names(t, "gw.example.com"), Subject: d, Now: time.Now()}, cert.P256)
	out, err := client(t, "openssl", "x509", "-noout", "-subject", "-nameopt", "RFC2253,utf8,-esc_msb", "-in", pemFile(t, t.TempDir(), "c", c))
	if err != nil || !bytes.Contains([]byte(out), []byte(d.String())) {
		t.Errorf("openssl reads %s, want %s (%v)", out, d, err)
	}
}
