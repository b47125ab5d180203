package trust_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

func TestJavaReadsEachTruststore(t *testing.T) {
	b := shapes(t)["several"]
	dir := write(t, "java", b)
	for store, typ := range map[string]string{"truststore.p12": "PKCS12", "truststore.jks": "JKS", "truststore.jceks": "JCEKS"} {
		said := run(t, dir, "keytool", "-list", "-v", "-keystore", store, "-storetype", typ, "-storepass", "changeit")
		for _, a := range b.Anchors {
			if !strings.Contains(said, "Alias name: "+a.Name+"\n") || !strings.Contains(said, "SHA256: "+a.Fingerprint()) {
				t.Errorf("%s: no %s with its fingerprint in\n%s", store, a.Name, said)
			}
		}
		if n := strings.Count(said, "Entry type: trustedCertEntry"); n != len(b.Anchors) {
			t.Errorf("%s: %d trusted entries, want %d:\n%s", store, n, len(b.Anchors), said)
		}
	}
}

// Each way of the page, walked by a Java program; and without any of them it refuses.
func TestJavaConnectsInEachWayOfThePage(t *testing.T) {
	root := newRoot(t, "localhost")
	key, chain := issue(t, root, "localhost")
	url := serve(t, key, chain, hello)
	classes := t.TempDir()
	run(t, "testdata", "javac", "-d", classes, "Fetch.java")

	odd := `it's "odd" \ #1`
	plain, guarded := new(trust.Bundle), &trust.Bundle{Password: []byte(odd)}
	plain.Add("localhost", chain[0], root.Certificate())
	guarded.Add("localhost", chain[0], root.Certificate())
	dir, guardedDir := write(t, "java", plain), write(t, "java", guarded)
	run(t, dir, "sh", "merge.sh")
	merged := run(t, dir, "keytool", "-list", "-keystore", "cacerts", "-storepass", "changeit")
	if n := strings.Count(merged, "trustedCertEntry"); n < 50 || !strings.Contains(merged, "localhost,") {
		t.Errorf("merge.sh made a cacerts of %d entries, want Java's own and localhost:\n%s", n, merged)
	}
	run(t, guardedDir, "sh", "merge.sh")

	fetch := []string{"java", "-cp", classes, "Fetch", url}
	with := func(options ...string) []string { return append(append([]string{"java"}, options...), fetch[1:]...) }
	for name, test := range map[string]struct {
		dir  string
		argv []string
	}{
		"java.args":                  {dir, with("@java.args")},
		"java.args, odd password":    {guardedDir, with("@java.args")},
		"merged.args":                {dir, with("@merged.args")},
		"merged.args, odd password":  {guardedDir, with("@merged.args")},
		"env.sh":                     {dir, sourced(fetch...)},
		"env.sh, odd password":       {guardedDir, sourced(fetch...)},
		"truststore.jks":             {dir, with("-Djavax.net.ssl.trustStore=truststore.jks", "-Djavax.net.ssl.trustStoreType=JKS")},
		"truststore.jceks":           {dir, with("-Djavax.net.ssl.trustStore=truststore.jceks", "-Djavax.net.ssl.trustStoreType=JCEKS")},
		"truststore.jks, odd passwd": {guardedDir, with("-Djavax.net.ssl.trustStore=truststore.jks", "-Djavax.net.ssl.trustStorePassword="+odd)},
	} {
		if said, err := output(t, test.dir, test.argv...); err != nil || !strings.Contains(said, "hello") {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
	if said, err := output(t, dir, fetch...); err == nil || !strings.Contains(said, "PKIX path building failed") {
		t.Errorf("without the export: %v, want a refusal\n%s", err, said)
	}
}

func TestMergeNamesTheFolderThatIsNoJava(t *testing.T) {
	dir := write(t, "java", shapes(t)["one root"])
	said, err := output(t, dir, "sh", "merge.sh", "nowhere")
	if err == nil || !strings.Contains(said, "error: no Java at 'nowhere'") {
		t.Errorf("got %v, %q", err, said)
	}
	if _, err := os.Stat(filepath.Join(dir, "cacerts")); err == nil {
		t.Error("a cacerts was made of nothing")
	}
}
