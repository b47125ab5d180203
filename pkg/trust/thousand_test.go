package trust_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/trust"
)

// A company's bundle is read back whole.
func TestAThousandAnchorsAreReadBackWhole(t *testing.T) {
	b := thousand(t)
	dir := write(t, "java", b)
	for store, typ := range map[string]string{"truststore.p12": "PKCS12", "truststore.jks": "JKS", "truststore.jceks": "JCEKS"} {
		said := run(t, dir, "keytool", "-list", "-keystore", store, "-storetype", typ, "-storepass", "changeit")
		if n := strings.Count(said, "trustedCertEntry"); n != 1000 {
			t.Errorf("keytool sees %d entries of %s, want 1000", n, store)
		}
	}
	dir = write(t, "openssl", b)
	if said := run(t, dir, "openssl", "storeutl", "-noout", "-certs", b.Name()+".pem"); !strings.Contains(said, "Total found: 1000\n") {
		t.Errorf("openssl sees in the bundle: %s", said)
	}
	hashed, err := filepath.Glob(filepath.Join(dir, "*.[0-9]*"))
	if err != nil || len(hashed) != 1000 {
		t.Errorf("%d files by hash, %v; want 1000", len(hashed), err)
	}
	split := run(t, dir, "sh", "-euc", `
		csplit -sz -f one- "$1" '/BEGIN/' '{*}'
		openssl verify -no-CAfile -CApath . one-999`, "sh", b.Name()+".pem")
	if !strings.Contains(split, "one-999: OK") {
		t.Errorf("the last: %s", split)
	}
}

func BenchmarkExportOfAThousandAnchors(b *testing.B) {
	bundle := thousand(b)
	for _, name := range []string{"java", "pem", "openssl"} {
		client, _ := trust.Find(name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Export(bundle); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func thousand(t testing.TB) *trust.Bundle {
	t.Helper()
	b := new(trust.Bundle)
	for i := range 1000 {
		key, err := cert.P256.Generate()
		if err != nil {
			t.Fatal(err)
		}
		host := fmt.Sprintf("gw%d.example.com", i)
		root, err := cert.NewRoot(cert.RootRequest{For: host, Now: time.Now()}, key)
		if err != nil {
			t.Fatal(err)
		}
		b.AddRoot(host, root.Certificate())
	}
	return b
}
