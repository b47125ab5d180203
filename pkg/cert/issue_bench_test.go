package cert_test

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

// What a CA issues costs its signature, and little more: compare the two.
func BenchmarkIssue(b *testing.B) {
	key, err := cert.P256.Generate()
	if err != nil {
		b.Fatal(err)
	}
	n, err := cert.ParseNames([]string{"gw.example.com", "10.1.2.3"})
	if err != nil {
		b.Fatal(err)
	}
	ca, err := cert.NewRoot(cert.RootRequest{For: "gw.example.com", Permit: cert.ConstraintsFor(n), Now: noon}, key)
	if err != nil {
		b.Fatal(err)
	}
	r := cert.Request{Names: n, Now: noon}
	b.Run("sign", func(b *testing.B) {
		sum := sha256.Sum256([]byte("x"))
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if _, err := key.Sign(rand.Reader, sum[:], nil); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("issue", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if _, err := ca.IssueDER(r, key.Public()); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
