package trust_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// inOwnMachine runs a shell script as the root of a view of this machine of its own:
// what it mounts is seen by nobody else.
func inOwnMachine(t *testing.T, dir, script string, args ...string) (string, error) {
	t.Helper()
	return output(t, dir, append([]string{"unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", script, "sh"}, args...)...)
}

// Of the systems that are not Debian only the names of folder and command are known;
// the script does with them what the page says, to the letter.
func TestScriptsOfSystemsFillTheFolderAndCallTheCommand(t *testing.T) {
	b := shapes(t)["several"]
	for client, want := range map[string]struct{ folder, extension, update string }{
		"debian": {"/usr/local/share/ca-certificates", ".crt", "update-ca-certificates"},
		"ubuntu": {"/usr/local/share/ca-certificates", ".crt", "update-ca-certificates"},
		"alpine": {"/usr/local/share/ca-certificates", ".crt", "update-ca-certificates"},
		"rhel":   {"/etc/pki/ca-trust/source/anchors", ".pem", "update-ca-trust extract"},
		"arch":   {"/etc/ca-certificates/trust-source/anchors", ".pem", "update-ca-trust"},
		"suse":   {"/etc/pki/trust/anchors", ".pem", "update-ca-certificates"},
	} {
		dir := write(t, client, b)
		program, _, _ := strings.Cut(want.update, " ")
		said, err := inOwnMachine(t, dir, `
			mount -t tmpfs tmpfs /etc
			mount -t tmpfs tmpfs /usr/local
			mkdir /usr/local/bin
			printf '#!/bin/sh\necho called: "${0##*/}" "$@"\n' >/usr/local/bin/"$2"
			chmod +x /usr/local/bin/"$2"
			PATH=/usr/local/bin:$PATH
			sh install.sh
			sh install.sh >/dev/null
			for f in *"$3"; do cmp "$f" "$1/$f"; done
			echo other >"$1/`+b.Anchors[0].Name+`$3"
			if sh install.sh 2>&1; then exit 1; fi
			sh install.sh --remove
			ls "$1"
		`, want.folder, program, want.extension)
		if err != nil {
			t.Errorf("%s: %v\n%s", client, err, said)
			continue
		}
		for _, a := range b.Anchors {
			if !strings.Contains(said, want.folder+"/"+a.Name+want.extension+"\n  SHA-256 "+a.Fingerprint()) {
				t.Errorf("%s: the script does not say what it installs of %s:\n%s", client, a.Name, said)
			}
		}
		if n := strings.Count(said, "called: "+want.update); n != 2 {
			t.Errorf("%s: %s was called %d times, want 2:\n%s", client, want.update, n, said)
		}
		if !strings.Contains(said, "is another certificate") || !strings.HasSuffix(strings.TrimSpace(said), "called: "+want.update) {
			t.Errorf("%s: want a refusal to replace, and an empty folder at last:\n%s", client, said)
		}
	}
}

// The real thing, up to the Java of the distribution, which goes on trusting what
// Debian has removed.
func TestDebianTrustsAfterTheScriptAndNoLongerAfterItsRemoval(t *testing.T) {
	root := newRoot(t, "localhost")
	key, chain := issue(t, root, "localhost")
	b := new(trust.Bundle)
	b.Add("localhost", chain[0], root.Certificate())
	dir, machine, classes := write(t, "debian", b), t.TempDir(), t.TempDir()
	run(t, "testdata", "javac", "-d", classes, "Fetch.java")
	said, err := inOwnMachine(t, dir, `
		url=$2 classes=$3
		mkdir "$1/local"
		cp -rP /etc/ssl/certs "$1/certs"
		mount --bind "$1/certs" /etc/ssl/certs
		mount --bind "$1/local" /usr/local/share/ca-certificates
		mkdir "$1/pending"
		cp -a /var/lib/dpkg "$1/dpkg" 2>/dev/null || : # by whose triggers Java is told; its locks are root's to read
		mount --bind "$1/dpkg" /var/lib/dpkg
		mount --bind "$1/pending" /var/lib/ca-certificates-java
		try() {
			client=$1
			shift
			if "$@" 2>/dev/null | grep -q hello; then echo "= $client: hello"; else echo "= $client: refused"; fi
		}
		fetch() {
			try curl curl -sS "$url"
			try wget wget -qO- "$url"
			try java java -cp "$classes" Fetch "$url"
		}
		fetch
		sh install.sh
		fetch
		sh install.sh --remove
		fetch
	`, machine, serve(t, key, chain, hello), classes)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var got []string
	for line := range strings.Lines(said) {
		if answer, ok := strings.CutPrefix(line, "= "); ok {
			got = append(got, strings.TrimSpace(answer))
		}
	}
	before := []string{"curl: refused", "wget: refused", "java: refused"}
	trusted := []string{"curl: hello", "wget: hello", "java: hello"}
	if want := slices.Concat(before, trusted, before); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q\n%s", got, want, said)
	}
}
