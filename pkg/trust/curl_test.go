package trust_test

import (
	"crypto/x509"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

func TestCurlConnectsInEachWayOfThePage(t *testing.T) {
	root := newRoot(t, "localhost")
	key, chain := issue(t, root, "localhost")
	selfKey, self := single(t, "localhost")
	b := new(trust.Bundle)
	b.Add("localhost", chain[0], root.Certificate())
	b.Add("self", self, self)
	dir := write(t, "curl", b)
	for name, url := range map[string]string{
		"private root": serve(t, key, chain),
		"self-signed":  serve(t, selfKey, []*x509.Certificate{self}),
	} {
		for _, way := range [][]string{
			{"curl", "-sS", "--cacert", "localhost.pem", url},
			{"sh", "-c", `. ./env.sh && curl -sS "$1"`, "sh", url},
		} {
			if said, err := output(t, dir, way...); err != nil || said != "hello" {
				t.Errorf("%s, %q: %v, %q; want hello", name, way, err, said)
			}
		}
		if said, err := output(t, dir, "curl", "-sS", url); err == nil {
			t.Errorf("%s without the export: %q, want a refusal", name, said)
		}
	}
}
