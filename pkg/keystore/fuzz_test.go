package keystore_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// seedFuzz adds the stores of others in the formats.
func seedFuzz(f *testing.F, formats ...keystore.Format) {
	for _, s := range seedStores(f, formats...) {
		f.Add(s.data)
	}
}

// checkRoundTrip: what is read, and can be written, is read again as the same entries.
func checkRoundTrip(t *testing.T, data []byte, f keystore.Format) {
	if keystore.Sniff(data) != f {
		return
	}
	s, _, err := keystore.Decode(data, keystore.Passwords{})
	if err != nil {
		return
	}
	for _, e := range s.Entries() {
		e.Chain()
	}
	out, err := s.Encode(f, changeit)
	if err != nil {
		return
	}
	back, format, err := keystore.Decode(out, changeit)
	if err != nil || format != f {
		t.Fatalf("what was written is not read again: %s, %v", format, err)
	}
	if len(back.Entries()) != len(s.Entries()) {
		t.Fatalf("%d entries became %d: %s, %s", len(s.Entries()), len(back.Entries()), aliases(s), aliases(back))
	}
	for _, e := range s.Entries() {
		b := back.Get(e.Alias)
		if b == nil {
			t.Fatalf("%q is lost; there are %s", e.Alias, aliases(back))
		}
		if b.Kind != e.Kind || !slices.EqualFunc(b.RawChain(), e.RawChain(), bytes.Equal) {
			t.Fatalf("%q: %s with %d certificates became %s with %d", e.Alias, e.Kind, len(e.RawChain()), b.Kind, len(b.RawChain()))
		}
	}
}

func FuzzPKCS12(f *testing.F) {
	seedFuzz(f, keystore.PKCS12)
	f.Fuzz(func(t *testing.T, data []byte) { checkRoundTrip(t, data, keystore.PKCS12) })
}

func FuzzJKS(f *testing.F) {
	seedFuzz(f, keystore.JKS)
	f.Fuzz(func(t *testing.T, data []byte) { checkRoundTrip(t, data, keystore.JKS) })
}

func FuzzJCEKS(f *testing.F) {
	seedFuzz(f, keystore.JCEKS)
	f.Fuzz(func(t *testing.T, data []byte) { checkRoundTrip(t, data, keystore.JCEKS) })
}

func FuzzPEM(f *testing.F) {
	seedFuzz(f, keystore.PEM)
	f.Fuzz(func(t *testing.T, data []byte) { checkRoundTrip(t, data, keystore.PEM) })
}

func FuzzPKCS7(f *testing.F) {
	seedFuzz(f, keystore.PKCS7)
	f.Fuzz(func(t *testing.T, data []byte) { checkRoundTrip(t, data, keystore.PKCS7) })
}

func FuzzDER(f *testing.F) {
	seedFuzz(f, keystore.DER)
	f.Fuzz(func(t *testing.T, data []byte) { checkRoundTrip(t, data, keystore.DER) })
}

// FuzzBER: what becomes DER is DER, and stays the same.
func FuzzBER(f *testing.F) {
	seedFuzz(f, keystore.PKCS12, keystore.PKCS7, keystore.DER)
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := keystore.ToDERForTest(data)
		if err != nil {
			return
		}
		again, err := keystore.ToDERForTest(out)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("%x becomes %x becomes %x, %v", data, out, again, err)
		}
	})
}

// FuzzJavaStream: the end of an object is inside the data.
func FuzzJavaStream(f *testing.F) {
	for _, e := range readStore(f, "keytool.jceks", changeit).Entries() {
		if e.Kind == keystore.SecretKey {
			f.Add(e.SealedForTest())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, n, err := keystore.ParseJavaForTest(data); err == nil && (n <= 0 || n > len(data)) {
			t.Fatalf("an object of %d bytes in %d", n, len(data))
		}
	})
}
