package keystore_test

import (
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// sized is a store of n keys, each with a certificate of one root.
func sized(b testing.TB, n int, f keystore.Format) []byte {
	b.Helper()
	root, rootKey := issue(b, "root ca", nil, nil)
	leaf, key := issue(b, "host.example.com", root, rootKey)
	first, err := keystore.NewPrivateKey("host0", key, []*x509.Certificate{leaf, root}, day)
	if err != nil {
		b.Fatal(err)
	}
	s := keystore.New()
	s.Put(first)
	data, err := s.Encode(f, changeit)
	if err != nil {
		b.Fatal(err)
	}
	s, _, err = keystore.Decode(data, changeit)
	if err != nil {
		b.Fatal(err)
	}
	for i := 1; i < n; i++ {
		leaf, _ := issueFor(b, fmt.Sprintf("host%d.example.com", i), key, root, rootKey)
		e := s.Get("host0").Clone()
		e.Alias = fmt.Sprintf("host%d", i)
		e.Created = day.Add(time.Duration(i) * time.Second)
		e.SetChain([]*x509.Certificate{leaf, root})
		s.Put(e)
	}
	if data, err = s.Encode(f, changeit); err != nil {
		b.Fatal(err)
	}
	return data
}

// BenchmarkList is what "keystore list" asks of the package: every leaf, no key.
func BenchmarkList(b *testing.B) {
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
		for _, n := range []int{1, 100, 1000, 10000} {
			b.Run(fmt.Sprintf("%s/%d", f, n), func(b *testing.B) {
				data := sized(b, n, f)
				b.ReportAllocs()
				for b.Loop() {
					s, _, err := keystore.Decode(data, changeit)
					if err != nil {
						b.Fatal(err)
					}
					for _, e := range s.Entries() {
						if _, err := e.Leaf(); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// BenchmarkOpenKeys opens all keys of a store.
func BenchmarkOpenKeys(b *testing.B) {
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS} {
		b.Run(fmt.Sprintf("%s/1000", f), func(b *testing.B) {
			data := sized(b, 1000, f)
			for b.Loop() {
				s, _, err := keystore.Decode(data, changeit)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.OpenKeys(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAdd reads a store of 1,000 keys, adds a certificate, and writes it.
func BenchmarkAdd(b *testing.B) {
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
		b.Run(fmt.Sprintf("%s/1000", f), func(b *testing.B) {
			data := sized(b, 1000, f)
			anchor, _ := issue(b, "anchor ca", nil, nil)
			b.ReportAllocs()
			for b.Loop() {
				s, _, err := keystore.Decode(data, changeit)
				if err != nil {
					b.Fatal(err)
				}
				s.Put(keystore.NewTrusted("anchor", anchor, day))
				if _, err := s.Encode(f, changeit); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
