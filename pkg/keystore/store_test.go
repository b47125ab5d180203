package keystore_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/gwtls/gwtls/pkg/keystore"
)

func TestFormatsAreSeenFromTheBytes(t *testing.T) {
	for file, want := range map[string]keystore.Format{
		"keytool.p12": keystore.PKCS12, "nss.p12": keystore.PKCS12, "bc.p12": keystore.PKCS12,
		"keytool.jks": keystore.JKS, "keytool.jceks": keystore.JCEKS, "certs.pem": keystore.PEM,
		"cert.der": keystore.DER, "key-rsa.der": keystore.DER, "key-sealed.der": keystore.DER,
		"gnutls.p7b": keystore.PKCS7, "streamed.p7b": keystore.PKCS7, "manifest.txt": "",
		"bc.bks": "", "bc.uber": "", "bc.bcfks": "",
	} {
		if got := keystore.Sniff(readFile(t, file)); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
	for _, data := range []string{"", "0", "\x30", "\x30\x80", "\x30\x84\xff\xff\xff\xff", "\xfe\xed", "sesame"} {
		if got := keystore.Sniff([]byte(data)); got != "" {
			t.Errorf("%q is taken for %q", data, got)
		}
	}
}

func TestAPasswordIsNeededWhereTheBytesNeedOne(t *testing.T) {
	for file, want := range map[string]bool{
		"keytool.p12": true, "openssl-nomac.p12": true, "keytool-open.p12": false, "go-passwordless.p12": false,
		"keytool.jks": false, "keytool.jceks": false, "certs.pem": false, "plain-ec.pem": false,
		"sealed-aes256.pem": true, "traditional-aes128.pem": true, "key-sealed.der": true, "key-rsa.der": false,
		"gnutls.p7b": false,
	} {
		data := readFile(t, file)
		if got := keystore.NeedsPassword(data); got != want {
			t.Errorf("%s: %v, want %v", file, got, want)
		}
		if file == "openssl-nomac.p12" {
			continue // any password lists it; its key needs the right one
		}
		_, _, err := keystore.Decode(data, keystore.Passwords{})
		if want != errors.Is(err, keystore.ErrPasswordNeeded) {
			t.Errorf("%s without a password: %v", file, err)
		}
		if !want {
			continue
		}
		_, _, err = keystore.Decode(data, keystore.Passwords{Store: []byte("sesame")})
		if !errors.Is(err, keystore.ErrPassword) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s with a wrong password: %v", file, err)
		}
	}
}

func TestFormatsOfBouncyCastleAreRefusedByName(t *testing.T) {
	for file, name := range map[string]string{"bc.bks": "BKS", "bc.uber": "UBER", "bc.bcfks": "BCFKS"} {
		_, _, err := keystore.Decode(readFile(t, file), changeit)
		if !errors.Is(err, keystore.ErrBouncyCastle) || !errors.Is(err, keystore.ErrFormat) || !strings.Contains(err.Error(), "-srcstoretype "+name+" ") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestACertificateOfAnotherKeyIsRefused(t *testing.T) {
	leaf, _ := issue(t, "a.example.com", nil, nil)
	if _, err := keystore.NewPrivateKey("a", newKey(t), []*x509.Certificate{leaf}, day); err == nil {
		t.Error("an entry of a key and a certificate of another one")
	}
	if _, err := keystore.EncodeIdentity(keystore.Modern, newKey(t), []*x509.Certificate{leaf}, []byte("x"), nil); err == nil {
		t.Error("a bundle of a key and a certificate of another one")
	}
}

// stream repeats itself, as the salts of an export must.
func stream() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }

func TestBundlesAreForTheirClientsAndRepeatThemselves(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	leaf, key := issue(t, "a.example.com", root, rootKey)
	anchor := keystore.NewTrusted("Anchor", root, day)
	for _, p := range []keystore.Profile{keystore.Modern, keystore.Legacy} {
		identity, err := keystore.EncodeIdentity(p, key, []*x509.Certificate{leaf, root}, []byte("changeit"), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, chainLeaf, cas, err := pkcs12.DecodeChain(identity, "changeit")
		if err != nil || !chainLeaf.Equal(leaf) || len(cas) != 1 || !key.Public().(interface {
			Equal(crypto.PublicKey) bool
		}).Equal(got.(crypto.Signer).Public()) {
			t.Errorf("%s: what was written is not what was given: %v", p, err)
		}
		trust, err := keystore.EncodeTrust(p, []*keystore.Entry{anchor}, []byte("changeit"), stream())
		if err != nil {
			t.Fatal(err)
		}
		again, err := keystore.EncodeTrust(p, []*keystore.Entry{anchor}, []byte("changeit"), stream())
		if err != nil || !bytes.Equal(trust, again) {
			t.Errorf("%s: the same anchors made other bytes, %v", p, err)
		}
		s, _, err := keystore.Decode(trust, changeit)
		if err != nil || s.Get("anchor") == nil {
			t.Errorf("%s: no anchor in the bundle, %v", p, err)
		}
	}
}

func TestStoresRepeatThemselvesWhereTheirRandomnessDoes(t *testing.T) {
	root, _ := issue(t, "root ca", nil, nil)
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS, keystore.PEM} {
		var files [][]byte
		for range 2 {
			s := keystore.New()
			s.Rand = stream()
			s.Put(keystore.NewTrusted("root", root, day))
			data, err := s.Encode(f, changeit)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, data)
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Errorf("%s: %x and %x", f, sha256.Sum256(files[0]), sha256.Sum256(files[1]))
		}
	}
}

func TestPEMKeepsAliasesAndEntries(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	s := keystore.New()
	for _, alias := range []string{"a.example.com", "another name"} {
		leaf, key := issue(t, "a.example.com", root, rootKey)
		e, err := keystore.NewPrivateKey(alias, key, []*x509.Certificate{leaf, root}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		s.Put(e)
	}
	s.Put(keystore.NewTrusted("anchor", root, time.Time{}))
	want := digest(t, s)
	for _, p := range []keystore.Passwords{{}, changeit} {
		data, err := s.Encode(keystore.PEM, p)
		if err != nil {
			t.Fatal(err)
		}
		if plain := bytes.Contains(data, []byte("BEGIN PRIVATE KEY")); plain != (p.Store == nil) {
			t.Errorf("with password %q keys are plain: %v", p.Store, plain)
		}
		back, _, err := keystore.Decode(data, p)
		if err != nil {
			t.Fatal(err)
		}
		if got := digest(t, back); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestKeysOpenFromManyGoroutines(t *testing.T) {
	s := readStore(t, "keytool-legacy.p12", changeit)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := s.OpenKeys(); err != nil {
				t.Error(err)
			}
			for _, e := range s.Entries() {
				if _, err := e.Chain(); err != nil {
					t.Error(err)
				}
				if e.Kind == keystore.PrivateKey && e.Alias != "dsa" {
					if _, err := e.PrivateKey(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
}

func TestVerifySaysWhatIsWrong(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	a, aKey := issue(t, "a.example.com", root, rootKey)
	b, _ := issue(t, "b.example.com", root, rootKey)
	other, _ := issue(t, "root ca", nil, nil)
	sealed := keystore.SealForTest(pkcs8(t, aKey), changeit.Store)
	made := func(pieces ...keystore.Piece) []byte { return keystore.MakePKCS12(changeit.Store, pieces) }
	key := keystore.Piece{Key: sealed, Name: "a", LocalID: "1"}
	for code, test := range map[string]struct {
		data []byte
		p    keystore.Passwords
		at   time.Time
	}{
		"key-mismatch":            {made(key, keystore.Piece{Cert: b.Raw, LocalID: "1"}, keystore.Piece{Cert: root.Raw}), changeit, day},
		"key-without-certificate": {made(key), changeit, day},
		"expired":                 {made(key, keystore.Piece{Cert: a.Raw, LocalID: "1"}), changeit, day.AddDate(30, 0, 0)},
		"not-yet-valid":           {made(key, keystore.Piece{Cert: a.Raw, LocalID: "1"}), changeit, day.AddDate(-1, 0, 0)},
		"chain-broken":            {made(key, keystore.Piece{Cert: withoutAuthority(t, aKey, root, rootKey).Raw, LocalID: "1"}, keystore.Piece{Cert: other.Raw}), changeit, day},
		"trust-mark-missing":      {made(keystore.Piece{Cert: root.Raw, Name: "root"}), changeit, day},
		"certificate-unreadable":  {made(keystore.Piece{Cert: negativeSerial(t, root), Name: "root", Trusted: true}), changeit, day},
		"key-not-opened":          {readFile(t, "java-own-password.p12"), changeit, day},
		"key-password-differs":    {readFile(t, "java-own-password.p12"), keystore.Passwords{Store: changeit.Store, Key: []byte("secret-key")}, day},
		"integrity-unverified":    {readFile(t, "openssl-nomac.p12"), changeit, day},
		"java-cannot-read":        {readFile(t, "openssl-AES-192-CBC.p12"), changeit, day},
		"store-password-java":     {readFile(t, "openssl-unicode-password.p12"), keystore.Passwords{Store: []byte("pässwörd€")}, day},
		"alias-case":              {readFile(t, "java-mixed-case.jks"), changeit, day},
		"alias-duplicate":         {readFile(t, "gnutls-two-keys.p12"), changeit, day},
		"key-kind":                {readFile(t, "openssl-ed448.p12"), changeit, day},
		"store-empty":             {readFile(t, "java-empty.p12"), changeit, day},
	} {
		s, _, err := keystore.Decode(test.data, test.p)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		var codes []string
		for _, f := range s.Verify(test.at) {
			codes = append(codes, f.Code)
			if f.Severity == "" || f.What == "" {
				t.Errorf("%s: a finding that says nothing: %+v", code, f)
			}
		}
		if !slices.Contains(codes, code) {
			t.Errorf("%s is not found, but %q", code, codes)
		}
	}
	for _, file := range []string{"keytool-legacy.p12", "openssl-ec.p12", "bc.p12", "nss.p12", "windows.p12"} {
		at := time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)
		for _, f := range readStore(t, file, changeit).Verify(at) {
			if f.Severity == "error" {
				t.Errorf("%s: %+v", file, f)
			}
		}
	}
}

// withoutAuthority is a leaf that does not say which of two roots of one name signed it.
func withoutAuthority(t testing.TB, key crypto.Signer, ca *x509.Certificate, caKey crypto.Signer) *x509.Certificate {
	t.Helper()
	parent := *ca
	parent.SubjectKeyId = nil
	leaf, _ := issueFor(t, "a.example.com", key, &parent, caKey)
	return leaf
}
