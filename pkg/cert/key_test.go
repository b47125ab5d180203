package cert_test

import (
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

func TestKeyTypesGenerateWhatTheyAreNamed(t *testing.T) {
	for _, kt := range cert.KeyTypes {
		parsed, err := cert.ParseKeyType(string(kt))
		if err != nil {
			t.Fatal(err)
		}
		key, err := parsed.Generate()
		if err != nil {
			t.Fatal(err)
		}
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
