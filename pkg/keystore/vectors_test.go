package keystore_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// RFC 2268 section 5.
func TestRC2Vectors(t *testing.T) {
	for _, v := range []struct {
		bits               int
		key, plain, cipher string
	}{
		{63, "0000000000000000", "0000000000000000", "ebb773f993278eff"},
		{64, "ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"},
		{64, "3000000000000000", "1000000000000001", "30649edf9be7d2c2"},
		{64, "88", "0000000000000000", "61a8a244adacccf0"},
		{64, "88bca90e90875a", "0000000000000000", "6ccf4308974c267f"},
		{64, "88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "1a807d272bbe5db1"},
		{128, "88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"},
	} {
		c := keystore.RC2ForTest(unhex(t, v.key), v.bits)
		got := make([]byte, 8)
		c.Encrypt(got, unhex(t, v.plain))
		if !bytes.Equal(got, unhex(t, v.cipher)) {
			t.Errorf("key %s of %d bits: %x, want %s", v.key, v.bits, got, v.cipher)
		}
		c.Decrypt(got, got)
		if !bytes.Equal(got, unhex(t, v.plain)) {
			t.Errorf("key %s of %d bits, back: %x, want %s", v.key, v.bits, got, v.plain)
		}
	}
}

// RFC 7914 section 12.
func TestScryptVectors(t *testing.T) {
	for _, v := range []struct {
		password, salt string
		n, r, p        int
		want           string
	}{
		{"", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442" +
			"fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
		{"password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162" +
			"2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
		{"pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2" +
			"d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
	} {
		got, err := keystore.ScryptForTest([]byte(v.password), []byte(v.salt), v.n, v.r, v.p, 64)
		if err != nil || hex.EncodeToString(got) != v.want {
			t.Errorf("%q: %x, %v", v.password, got, err)
		}
	}
}

func TestBERBecomesDER(t *testing.T) {
	for ber, want := range map[string]string{
		"3003020105":                          "3003020105",              // already so
		"3003020105ffff":                      "3003020105",              // and something behind it
		"30800201050000":                      "3003020105",              // of indefinite length
		"308030800201050000a0800000" + "0000": "300730030201" + "05a000", // within another
		"248004010104020203" + "0000":         "0403010203",              // an octet string in parts
		"2480240604010104010204010300" + "00": "0403010203",              // in parts of parts
		"30810401050304":                      "",                        // a primitive that ends early
		"308002010500":                        "",                        // no end
		"0480":                                "",                        // a primitive of no length
		"24030201ff":                          "",                        // parts that are no octet strings
	} {
		got, err := keystore.ToDERForTest(unhex(t, ber))
		if (err == nil) != (want != "") || hex.EncodeToString(got) != want && want != "" {
			t.Errorf("%s: %x, %v; want %s", ber, got, err, want)
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
