package trust_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

func TestOpenSSLVerifiesByBundleFolderAndEnvironment(t *testing.T) {
	// Two roots of one name share a hash: the second is HASH.1.
	before, now := company(t, "Company Root  X", nil), company(t, "company root x", nil)
	_, old := issue(t, before, "old.example.com")
	_, chain := issue(t, now, "gw.example.com")
	_, self := single(t, "self.example.com")
	b := new(trust.Bundle)
	b.Add("old.example.com", old[0], before.Certificate())
	b.Add("gw.example.com", chain[0], now.Certificate())
	b.Add("self.example.com", self, self)
	dir := write(t, "openssl", b)
	hash, err := trust.SubjectHash(now.Certificate().RawSubject)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{hash + ".0", hash + ".1"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	for name, leaf := range map[string]*x509.Certificate{"old": old[0], "gw": chain[0], "self": self} {
		file := filepath.Join(t.TempDir(), "leaf.pem")
		if err := os.WriteFile(file, trust.Anchor{Certificate: leaf}.PEM(), 0o644); err != nil {
			t.Fatal(err)
		}
		host := name + ".example.com"
		for _, way := range [][]string{
			{"openssl", "verify", "-CAfile", "old.example.com.pem", "-verify_hostname", host, file},
			{"openssl", "verify", "-no-CAfile", "-CApath", ".", "-verify_hostname", host, file},
			{"sh", "-c", `. ./env.sh && openssl verify "$1"`, "sh", file},
		} {
			if said, err := output(t, dir, way...); err != nil || !strings.Contains(said, ": OK") {
				t.Errorf("%s, %q: %v\n%s", name, way, err, said)
			}
		}
		if said, err := output(t, dir, "openssl", "verify", file); err == nil {
			t.Errorf("%s without the export: want a refusal\n%s", name, said)
		}
	}
}
