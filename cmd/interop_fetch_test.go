//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Programs that fetch: each gets a file from the gateway with its own export, used as
// the page in it says, and refuses without.
func TestProgramsFetchFromTheGatewayWithTheirExportAlone(t *testing.T) {
	t.Parallel()
	l := &lab{t: t, dir: t.TempDir(), port: freePort(t)}
	must(t, l.gwtls("selfsign", "gw.example.com", "localhost", "--home", "h"))
	must(t, l.gwtls("trust-export", "--home", "h", "--for", "all", "-o", "t"))
	l.site()
	fetch := filepath.Join(l.dir, "fetch")
	build := exec.Command("go", "build", "-o", fetch, "../pkg/trust/testdata/fetch.go")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal(err)
	}
	gateway := start(t, l.gwtls("serve", "--home", "h"), "ready")
	t.Cleanup(func() {
		gateway.cmd.Process.Signal(syscall.SIGTERM)
		if err := gateway.wait(); err != nil {
			t.Errorf("the gateway ended: %v\n%s", err, gateway.said)
		}
	})

	url := l.url("https")
	const (
		python = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read())"
		node   = "fetch(process.argv[1]).then(r => r.text()).then(console.log)"
		php    = "$text = file_get_contents($argv[1]); echo $text; exit($text === false ? 1 : 0);"
	)
	for client, argv := range map[string][]string{
		"curl":   {"curl", "-sS", url},
		"git":    {"git", "ls-remote", url + "repository"},
		"go":     {fetch, url},
		"node":   {"node", "-e", node, url},
		"php":    {"php", "-r", php, url},
		"python": {"python3", "-c", python, url},
		"ruby":   {"ruby", "-ropen-uri", "-e", "puts URI.open(ARGV[0]).read", url},
		"wget":   {"wget", "-qO-", url},
	} {
		t.Run(client, func(t *testing.T) {
			use := `. ./env.sh; "$@"`
			if client == "wget" {
				use = `"$@" --config=wgetrc`
			}
			c := program(t, t.TempDir(), "sh", append([]string{"-c", use, "sh"}, argv...)...)
			c.Dir = l.export(client)
			if said := must(t, c); !strings.Contains(said, "hello") {
				t.Errorf("with the export: got %q, want hello", said)
			}
			if said, err := say(t, program(t, t.TempDir(), argv[0], argv[1:]...)); err == nil {
				t.Errorf("without the export: got %q, want a refusal", said)
			}
		})
	}
}

// site has the gateway serve a folder with a page and a repository of git in it.
func (l *lab) site() {
	l.t.Helper()
	for name, text := range map[string]string{
		"gateway.yaml":   "services: [{name: site, type: directory, accept: ['" + l.url("https") + "'], directory: {root: web}}]\n",
		"web/index.html": "hello\n",
	} {
		path := filepath.Join(l.dir, "h", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			l.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			l.t.Fatal(err)
		}
	}
	repository := program(l.t, l.t.TempDir(), "sh", "-euc", `
		git init -q --bare repository && cd repository
		commit=$(git -c user.name=n -c user.email=e commit-tree -m hello "$(git mktree </dev/null)")
		git update-ref refs/heads/hello "$commit"
		git update-server-info`)
	repository.Dir = filepath.Join(l.dir, "h", "web")
	must(l.t, repository)
}
