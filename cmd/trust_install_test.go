//go:build unix

package cmd_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/cmd"
	"github.com/gwtls/gwtls/pkg/secret"
)

// onThisMachine is a gwtls of the lab for a user with browsers of their own.
func (l *lab) onThisMachine(t *testing.T, user string, args ...string) string {
	t.Helper()
	c := program(t, user, binary(t), append(args, "--home", "h")...)
	c.Dir = l.dir
	return must(t, c)
}

// newUser has a profile of Firefox.
func newUser(t *testing.T) (user, profile string) {
	t.Helper()
	user = t.TempDir()
	profile = filepath.Join(user, ".mozilla", "firefox", "x1.default")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	must(t, program(t, user, "certutil", "-N", "-d", "sql:"+profile, "--empty-password"))
	return user, profile
}

func TestBrowsersBelieveTheGatewayAfterTrustInstallAndNotAfterUninstall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	user, profile := newUser(t)
	firefox := lookPath(t, "firefox-esr")
	l.onThisMachine(t, user, "trust", "install", "--for", "nss", "--yes")
	l.wantEcho(t, l.visitWithChromium(t, program(t, user, "chromium")))
	l.wantEcho(t, l.visitWithFirefox(t, firefox, user, profile))
	l.onThisMachine(t, user, "trust", "uninstall", "--for", "nss", "--yes")
	if got := l.visitWithChromium(t, program(t, user, "chromium")); got.refused != "net::ERR_CERT_AUTHORITY_INVALID" {
		t.Errorf("Chromium: got %+v, want a refusal", got)
	}
	if got := l.visitWithFirefox(t, firefox, user, profile); !strings.HasPrefix(got.refused, "insecure certificate") {
		t.Errorf("Firefox: got %+v, want a refusal", got)
	}
}

// The machine is a view of this one in which the folders of trust are copies.
func TestProgramsBelieveTheGatewayAfterTrustInstallAndNotAfterUninstall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	fetch, err := filepath.Abs("../pkg/trust/testdata/Fetch.java")
	if err != nil {
		t.Fatal(err)
	}
	c := program(t, t.TempDir(), "unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", `
		gwtls=$1 url=$2 fetch=$3
		mkdir local pending classes
		cp -rP /etc/ssl/certs certs
		cp -a /var/lib/dpkg dpkg
		mount --bind certs /etc/ssl/certs
		mount --bind local /usr/local/share/ca-certificates
		mount --bind dpkg /var/lib/dpkg
		mount --bind pending /var/lib/ca-certificates-java
		javac -d classes "$fetch"
		try() {
			if "$@" >/dev/null 2>&1; then echo "= $1: yes"; else echo "= $1: no"; fi
		}
		all() { # 426 is the gateway's own word, for this address is for WebSocket
			try curl -sS -o out "$url"
			try java -cp classes Fetch "$url"
			try openssl s_client -connect "${url#https://}" -verify_hostname localhost -verify_return_error </dev/null
		}
		all
		"$gwtls" trust install --home h --for debian,java --yes
		all
		"$gwtls" trust uninstall --home h --for debian,java --yes
		all
	`, "sh", binary(t), strings.TrimSuffix(l.url("https"), "/"), fetch)
	c.Dir = l.dir
	said := must(t, c)
	var got []string
	for line := range strings.Lines(said) {
		if answer, ok := strings.CutPrefix(line, "= "); ok {
			got = append(got, strings.TrimSpace(answer))
		}
	}
	no, yes := []string{"curl: no", "java: no", "openssl: no"}, []string{"curl: yes", "java: yes", "openssl: yes"}
	if want := slices.Concat(no, yes, no); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q\n%s", got, want, said)
	}
}

func TestTrustInstallShowsAndAsksAtATerminal(t *testing.T) {
	user, profile := newUser(t)
	home := filepath.Join(user, "h")
	run := func(typed string, args ...string) (string, int) {
		var out, shown bytes.Buffer
		code := cmd.Main(&cmd.Env{
			In: strings.NewReader(typed), Out: &out, Err: &shown, Now: time.Now,
			Getenv: func(name string) string { return map[string]string{"HOME": user}[name] },
			Ask:    func(string) (secret.Value, error) { return secret.Value{}, secret.ErrInterrupted },
		}, append(args, "--home", home))
		return shown.String(), code
	}
	if shown, code := run("", "selfsign", "gw.example.com"); code != 0 {
		t.Fatal(shown)
	}
	listed := func() string { return must(t, program(t, user, "certutil", "-L", "-d", "sql:"+profile)) }

	shown, code := run("no\n", "trust", "install", "--for", "firefox")
	if code != 1 || !strings.Contains(shown, "$ certutil -A -d sql:"+profile) || !strings.Contains(shown, "Do that? [yes/no]") || !strings.Contains(shown, "nothing was changed") {
		t.Errorf("no: exit code %d, said %q", code, shown)
	}
	if got := listed(); strings.Contains(got, "gwtls_root") {
		t.Errorf("no is taken for a yes:\n%s", got)
	}
	if shown, code := run("yes\n", "trust", "install", "--for", "firefox"); code != 0 {
		t.Errorf("yes: exit code %d, said %q", code, shown)
	}
	if got := listed(); !strings.Contains(got, "gwtls_root") {
		t.Errorf("yes is taken for a no:\n%s", got)
	}
	if shown, code := run("", "trust", "install", "--for", "firefox"); code != 0 || strings.Contains(shown, "Do that?") {
		t.Errorf("where nothing is to be done: exit code %d, said %q", code, shown)
	}
}
