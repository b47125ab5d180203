package trust_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// Proxies verify nothing, or the chain without the name, unless told to.
func TestProxiesGoToTheServerTheyTrustAndToNoOther(t *testing.T) {
	root := newRoot(t, "localhost", "other.example.com")
	key, chain := issue(t, root, "localhost")
	otherKey, otherName := issue(t, root, "other.example.com")
	strangerKey, stranger := issue(t, newRoot(t, "localhost"), "localhost")
	servers := map[string]string{
		"hello":        serve(t, key, chain, hello),
		"another name": serve(t, otherKey, otherName, hello),
		"another root": serve(t, strangerKey, stranger, hello),
	}
	b := new(trust.Bundle)
	b.Add("localhost", chain[0], root.Certificate())
	for name, start := range map[string]func(t *testing.T, dir, server, socket string) *exec.Cmd{
		"nginx": nginx, "haproxy": haproxy,
	} {
		for server, url := range servers {
			socket := filepath.Join(t.TempDir(), "s")
			proxy := start(t, write(t, name, b), strings.Trim(strings.TrimPrefix(url, "https:"), "/"), socket)
			got := throughProxy(t, proxy, socket)
			if want := server == "hello"; strings.HasSuffix(got, "hello 200") != want || !want && !strings.Contains(got, " 50") {
				t.Errorf("%s to a server with %s: got %q", name, server, got)
			}
		}
	}
}

func nginx(t *testing.T, dir, server, socket string) *exec.Cmd {
	temporary := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += kind + "_temp_path temporary;\n"
	}
	config := fmt.Sprintf(`
		daemon off; user root; pid pid; error_log stderr;
		events {}
		http {
			access_log off; %s
			server { listen unix:%s; location / { proxy_pass https://%s; include nginx.conf; } }
		}`, temporary, socket, server)
	if err := os.WriteFile(filepath.Join(dir, "main.conf"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	c := command(t, "/usr/sbin/nginx", "-e", "stderr", "-p", dir, "-c", "main.conf")
	c.Env = append(c.Env, "NGINX=3;") // as when a new nginx takes over from an old one
	return c
}

// haproxy with the port in the line, as its page says.
func haproxy(t *testing.T, dir, server, _ string) *exec.Cmd {
	file := filepath.Join(dir, "haproxy.cfg")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	config := strings.Replace(string(text), "localhost:443", server, 1) + "\nfrontend test\n bind fd@3\n default_backend gateway\n"
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	c := command(t, "/usr/sbin/haproxy", "-db", "-f", "haproxy.cfg")
	c.Dir = dir
	return c
}

// throughProxy gives what curl gets through a proxy, and the status behind it. The proxy
// is handed a socket that listens already, so there is nothing to wait for.
func throughProxy(t *testing.T, proxy *exec.Cmd, socket string) string {
	t.Helper()
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	handed, err := ln.File()
	if err != nil {
		t.Fatal(err)
	}
	said := new(strings.Builder)
	proxy.ExtraFiles, proxy.Stdout, proxy.Stderr = []*os.File{handed}, said, said // as descriptor 3
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	handed.Close()
	got, err := output(t, t.TempDir(), "curl", "-sS", "--max-time", "60", "--unix-socket", socket, "-w", " %{http_code}", "http://localhost/")
	proxy.Process.Signal(syscall.SIGTERM)
	proxy.Wait()
	if err != nil {
		t.Fatalf("curl: %v\n%s\n%s", err, got, said)
	}
	return got
}

// Envoy is not run: the words that have it verify are there.
func TestEnvoyIsToldToVerifyChainAndName(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(write(t, "envoy", shapes(t)["one root"]), "envoy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"trusted_ca: { filename: gw.example.com.pem }", "matcher: { exact: gw.example.com }", "sni: gw.example.com"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
