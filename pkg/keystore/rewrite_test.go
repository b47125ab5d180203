package keystore_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/gwtls/gwtls/pkg/keystore"
)

func TestAnUnchangedJavaStoreIsWrittenAsTheSameBytes(t *testing.T) {
	for _, want := range manifest(t) {
		if want.format != keystore.JKS && want.format != keystore.JCEKS {
			continue
		}
		data := want.read(t)
		s, f, err := keystore.Decode(data, want.passwords)
		if err != nil {
			t.Fatalf("%s: %v", want.file, err)
		}
		if err := s.OpenKeys(); err != nil {
			t.Errorf("%s: %v", want.file, err)
		}
		again, err := s.Encode(f, want.passwords)
		if err != nil {
			t.Fatalf("%s: %v", want.file, err)
		}
		if !bytes.Equal(again, data) {
			t.Errorf("%s: other bytes", want.file)
		}
	}
}

// versionOne rewrites a JKS store as the first JDKs wrote it: certificates without a type.
func versionOne(t testing.TB, data, password []byte) []byte {
	t.Helper()
	body := bytes.Clone(data[:len(data)-sha1.Size])
	binary.BigEndian.PutUint32(body[4:], 1)
	body = bytes.ReplaceAll(body, []byte("\x00\x05X.509"), nil)
	var text []byte
	for _, b := range password {
		text = append(text, 0, b)
	}
	sum := sha1.Sum(append(append(text, "Mighty Aphrodite"...), body...))
	return append(body, sum[:]...)
}

func TestJKSOfVersion1IsReadAndStaysSo(t *testing.T) {
	data := versionOne(t, readFile(t, "java-mixed-case.jks"), changeit.Store)
	s, f, err := keystore.Decode(data, changeit)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Encode(f, changeit); err != nil || !bytes.Equal(again, data) {
		t.Errorf("other bytes, %v", err)
	}
	want := digest(t, readStore(t, "java-mixed-case.jks", changeit))
	if got := digest(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	root, _ := issue(t, "root ca", nil, nil)
	s.Put(keystore.NewTrusted("new", root, day))
	if s = reread(t, s, keystore.JKS); len(s.Entries()) != 3 {
		t.Errorf("%d entries, want 3", len(s.Entries()))
	}
}

func TestWhatFollowsAJavaStoreIsKept(t *testing.T) {
	data := append(readFile(t, "keytool.jks"), "more"...)
	s, f, err := keystore.Decode(data, changeit)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Encode(f, changeit); err != nil || !bytes.Equal(again, data) {
		t.Errorf("other bytes, %v", err)
	}
}

func TestAddingAnEntryEncryptsNoOtherKeyAgain(t *testing.T) {
	for _, file := range []string{"keytool.p12", "keytool.jks", "keytool.jceks", "nss.p12", "bc.p12", "openssl-legacy.p12"} {
		s := readStore(t, file, changeit)
		_, f, _ := keystore.Decode(readFile(t, file), changeit)
		before := map[string][]byte{}
		for _, e := range s.Entries() {
			if e.Kind != keystore.TrustedCert {
				before[e.Alias] = e.SealedForTest()
			}
		}
		leaf, key := issue(t, "new.example.com", nil, nil)
		e, err := keystore.NewPrivateKey("new", key, []*x509.Certificate{leaf}, day)
		if err != nil {
			t.Fatal(err)
		}
		s.Put(e)
		s = reread(t, s, f)
		if _, err := s.Get("new").PrivateKey(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for alias, sealed := range before {
			if !bytes.Equal(s.Get(alias).SealedForTest(), sealed) {
				t.Errorf("%s: the key of %q was encrypted again", file, alias)
			}
		}
	}
}

func TestANewPasswordEncryptsAgain(t *testing.T) {
	for _, file := range []string{"keytool-legacy.p12", "keytool.jks", "keytool.jceks", "sealed-aes256.pem"} {
		p := keystore.Passwords{Store: changeit.Store, Key: []byte("secret-key")}
		s := readStore(t, file, p)
		want := digest(t, s)
		next := keystore.Passwords{Store: []byte("another"), Key: []byte("secret-key")}
		data, err := s.Encode(keystore.Sniff(readFile(t, file)), keystore.Passwords{Store: next.Store})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if _, _, err := keystore.Decode(data, changeit); !errors.Is(err, keystore.ErrPassword) {
			t.Errorf("%s: the old password: %v", file, err)
		}
		s, _, err = keystore.Decode(data, next)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if got := digest(t, s); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}

func TestAKeyGetsAPasswordOfItsOwnAndLosesIt(t *testing.T) {
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
		s := readStore(t, "openssl-ec.p12", changeit).For(f)
		if err := s.Get("ec").SetKeyPassword([]byte("its own")); err != nil {
			t.Fatal(err)
		}
		s = reread(t, s, f)
		if _, err := s.Get("ec").PrivateKey(); !errors.Is(err, keystore.ErrPassword) {
			t.Errorf("%s: opened by the store's password: %v", f, err)
		}
		if err := s.Get("ec").Unlock([]byte("its own")); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if err := s.Get("ec").SetKeyPassword(nil); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if _, err := reread(t, s, f).Get("ec").PrivateKey(); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestConvertIsACircle(t *testing.T) {
	s := readStore(t, "keytool.p12", changeit)
	root, rootKey := issue(t, "root ca", nil, nil)
	leaf, key := issue(t, "a.example.com", root, rootKey)
	for _, alias := range []string{"one", "two"} { // two aliases with one certificate
		e, err := keystore.NewPrivateKey(alias, key, []*x509.Certificate{leaf}, day)
		if err != nil {
			t.Fatal(err)
		}
		s.Put(e)
	}
	// Not in the chain of the two above, though it is their issuer.
	s.Put(keystore.NewTrusted("zürich 日本 🔑", root, day))
	s.Delete("aes") // JKS holds no secret keys
	want := digest(t, s)
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS, keystore.PKCS12} {
		if len(s.Losses(f)) > 0 {
			t.Errorf("%s loses %v", f, s.Losses(f))
		}
		s = reread(t, s.For(f), f)
		if got := digest(t, s); got != want {
			t.Errorf("after %s: got\n%s\nwant\n%s", f, got, want)
		}
	}
}

func TestPartsOfOtherKindsArePassedThrough(t *testing.T) {
	crl, nested := keystore.BagForTest(false), keystore.BagForTest(true)
	root, _ := issue(t, "root ca", nil, nil)
	data := keystore.MakePKCS12(changeit.Store, []keystore.Piece{{Raw: crl}},
		[]keystore.Piece{{Cert: root.Raw, Name: "root", Trusted: true}}, []keystore.Piece{{Raw: nested}})
	s, _, err := keystore.Decode(data, changeit)
	if err != nil {
		t.Fatal(err)
	}
	if got := aliases(s); got != `"root"` {
		t.Errorf("entries %s", got)
	}
	if losses := s.Losses(keystore.JKS); len(losses) != 1 {
		t.Errorf("losses %v", losses)
	}
	for range 2 {
		out, err := s.Encode(keystore.PKCS12, changeit)
		if err != nil {
			t.Fatal(err)
		}
		if s, _, err = keystore.Decode(out, changeit); err != nil {
			t.Fatal(err)
		}
	}
	if losses := s.Losses(keystore.JKS); len(losses) != 1 || !strings.Contains(losses[0].What, "2 parts") {
		t.Errorf("after two rewrites: %v", losses)
	}
}

func TestLossesAreWhatAFormatCannotHold(t *testing.T) {
	s := readStore(t, "keytool.jceks", keystore.Passwords{Store: changeit.Store, Key: []byte("secret-key")})
	for f, want := range map[keystore.Format]int{keystore.JCEKS: 0, keystore.PKCS12: 0, keystore.JKS: 3, keystore.PEM: 3, keystore.PKCS7: 8, keystore.DER: 9} {
		got := 0
		for _, l := range s.Losses(f) {
			if !l.Minor {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: %d losses, want %d: %v", f, got, want, s.Losses(f))
		}
		if _, err := s.Encode(f, changeit); f != keystore.DER && (want == 0) != (err == nil) {
			t.Errorf("%s: written whole: %v", f, err)
		}
		if f == keystore.DER {
			continue
		}
		if _, err := s.For(f).Encode(f, changeit); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestGoPKCS12ReadsWhatWeWrite(t *testing.T) {
	for _, file := range []string{"openssl-ec.p12", "openssl-rsa.p12"} {
		s := readStore(t, file, changeit)
		data, err := s.For(keystore.PKCS12).Encode(keystore.PKCS12, changeit)
		if err != nil {
			t.Fatal(err)
		}
		key, leaf, cas, err := pkcs12.DecodeChain(data, "changeit")
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		want, err := s.Entries()[0].Chain()
		if err != nil {
			t.Fatal(err)
		}
		if !leaf.Equal(want[0]) || len(cas) != 2 || key == nil {
			t.Errorf("%s: leaf %v and %d others", file, leaf.Subject, len(cas))
		}
	}
	root, _ := issue(t, "root ca", nil, nil)
	s := keystore.New()
	s.Put(keystore.NewTrusted("root", root, day))
	data, err := s.Encode(keystore.PKCS12, changeit)
	if err != nil {
		t.Fatal(err)
	}
	if certs, err := pkcs12.DecodeTrustStore(data, "changeit"); err != nil || len(certs) != 1 {
		t.Errorf("a truststore: %d certificates, %v", len(certs), err)
	}
}
