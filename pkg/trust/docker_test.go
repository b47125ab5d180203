package trust_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Docker itself is not run: the folder is named as it wants it, and found again to be removed.
func TestDockerScriptFillsTheFolderOfTheRegistry(t *testing.T) {
	b := shapes(t)["several"]
	dir, certs := write(t, "docker", b), t.TempDir()
	for registry, args := range map[string][]string{"gw.example.com": nil, "gw.example.com:5000": {"gw.example.com:5000"}} {
		script := func(flags ...string) {
			c := command(t, "sh", append(append([]string{filepath.Join(dir, "install.sh")}, flags...), args...)...)
			c.Env = append(c.Env, "DOCKER_CERTS="+certs)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", registry, err, out)
			}
		}
		script()
		got, err := os.ReadFile(filepath.Join(certs, registry, "ca.crt"))
		if err != nil || string(got) != string(b.PEM()) {
			t.Errorf("%s: %v, %d bytes; want the bundle's %d", registry, err, len(got), len(b.PEM()))
		}
		script("--remove")
		if _, err := os.Stat(filepath.Join(certs, registry)); err == nil {
			t.Errorf("%s is there after --remove", registry)
		}
	}
}
