package trust_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestNSSScriptFillsTheDatabaseAndEmptiesItAgain(t *testing.T) {
	b := shapes(t)["several"]
	dir := write(t, "nss", b)
	db := filepath.Join(t.TempDir(), "a profile")
	for range 2 { // the second run finds the database and the certificates
		said := run(t, dir, "sh", "install.sh", db)
		for _, a := range b.Anchors {
			if !strings.Contains(said, a.Fingerprint()) {
				t.Errorf("install.sh does not show the fingerprint of %s:\n%s", a.Name, said)
			}
		}
		listed := run(t, dir, "certutil", "-L", "-d", "sql:"+db)
		for _, a := range b.Anchors {
			flags := "C,,"
			if a.Single {
				flags = "CP,,"
			}
			if line := regexp.QuoteMeta(a.Nickname()) + ` +` + flags; len(regexp.MustCompile(line).FindAllString(listed, -1)) != 1 {
				t.Errorf("want one line %s in\n%s", line, listed)
			}
			if got := run(t, dir, "certutil", "-L", "-d", "sql:"+db, "-n", a.Nickname(), "-a"); strings.ReplaceAll(got, "\r", "") != string(a.PEM()) {
				t.Errorf("%s is not what was exported:\n%s", a.Nickname(), got)
			}
		}
	}
	for range 2 {
		run(t, dir, "sh", "install.sh", "--remove", "sql:"+db)
		listed := run(t, dir, "certutil", "-L", "-d", "sql:"+db)
		for _, a := range b.Anchors {
			if strings.Contains(listed, a.Nickname()) {
				t.Errorf("%s is there after --remove:\n%s", a.Nickname(), listed)
			}
		}
	}
}

// The database of Chromium is the old one where that exists.
func TestNSSScriptFindsTheDatabaseOfChromium(t *testing.T) {
	dir := write(t, "nss", shapes(t)["one root"])
	for name, test := range map[string]struct{ make, want string }{
		"a new user":  {".", ".local/share/pki/nssdb"},
		"an old user": {".pki/nssdb", ".pki/nssdb"},
	} {
		home := t.TempDir()
		if err := os.MkdirAll(filepath.Join(home, test.make), 0o700); err != nil {
			t.Fatal(err)
		}
		c := command(t, "sh", filepath.Join(dir, "install.sh"))
		c.Env = append(c.Env, "HOME="+home)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		if _, err := os.Stat(filepath.Join(home, test.want, "cert9.db")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNSSScriptNamesTheMissingProgram(t *testing.T) {
	dir := write(t, "nss", shapes(t)["one root"])
	bin := t.TempDir()
	for _, tool := range []string{"sh", "dirname"} {
		c := command(t, tool)
		if err := os.Symlink(c.Path, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	c := command(t, "sh", "install.sh")
	c.Dir, c.Env = dir, []string{"PATH=" + bin, "HOME=" + t.TempDir()}
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "libnss3-tools") {
		t.Errorf("got %v, %q; want the name of the package", err, out)
	}
}
