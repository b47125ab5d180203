package cert_test

import (
	"crypto"
	"sync"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

// madeKeys are one of each type, for tests that only need some: RSA keys take long.
var madeKeys = sync.OnceValues(func() (map[cert.KeyType]crypto.Signer, error) {
	keys := map[cert.KeyType]crypto.Signer{}
	for _, kt := range cert.KeyTypes {
		key, err := kt.Generate()
		if err != nil {
			return nil, err
		}
		keys[kt] = key
	}
	return keys, nil
})

func keyOf(t *testing.T, kt cert.KeyType) crypto.Signer {
	t.Helper()
	keys, err := madeKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys[kt]
}

func TestKeyTypesGenerateWhatTheyAreNamed(t *testing.T) {
	for _, kt := range cert.KeyTypes {
		parsed, err := cert.ParseKeyType(string(kt))
		if err != nil {
			t.Fatal(err)
		}
		key := keyOf(t, parsed)
		if got := cert.KeyOf(key.Public()); got.Type != string(kt) || got.Bits < 256 {
			t.Errorf("%s: made a key described as %+v", kt, got)
		}
	}
	for _, bad := range []string{"", "p224", "rsa1024", "dsa", "rsa"} {
		if _, err := cert.ParseKeyType(bad); err == nil {
			t.Errorf("%q was taken as a key type", bad)
		}
	}
}
