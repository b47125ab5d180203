package keystore_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// The numbers are those of the traps in the notes on formats.

func TestTrap1PasswordsThatJavaDoesNotTakeAreNamed(t *testing.T) {
	for _, test := range []struct {
		format   keystore.Format
		password string
		fine     bool
	}{
		{keystore.PKCS12, "changeit", true},
		{keystore.PKCS12, "pässwörd", false},
		{keystore.PKCS12, "tab\tulator", false},
		{keystore.PKCS12, "short", false},
		{keystore.JKS, "pässwörd€", true},
		{keystore.JKS, "key🔑key🔑", false},
		{keystore.JCEKS, "pässwörd", false},
		{keystore.PEM, "pässwörd", true},
	} {
		if got := keystore.PasswordTrouble(test.format, []byte(test.password)); (got == "") != test.fine {
			t.Errorf("%s with %q: %q", test.format, test.password, got)
		}
		if strings.Contains(keystore.PasswordTrouble(test.format, []byte(test.password)), test.password) {
			t.Errorf("%s: the password is quoted", test.format)
		}
	}
}

func TestTrap2AliasesAreLowerCaseWithoutRegardToCaseAndInOrder(t *testing.T) {
	s := readStore(t, "java-mixed-case.jks", changeit)
	if s.Get("GATEWAY") == nil || s.Get("gateway").Alias != "Gateway" {
		t.Errorf("Gateway is not found without regard to case, or has lost its bytes")
	}
	root, _ := issue(t, "root ca", nil, nil)
	for _, alias := range []string{"Zulu", "ALPHA", "Mike"} {
		s.Put(keystore.NewTrusted(alias, root, day))
	}
	if err := s.Rename("anchor", "Berth"); err != nil {
		t.Fatal(err)
	}
	before := aliases(s)
	for _, want := range []string{`"Gateway"`, `"berth"`, `"zulu", "alpha", "mike"`} {
		if !strings.Contains(before, want) {
			t.Errorf("aliases %s, want %s in them", before, want)
		}
	}
	s = s.For(keystore.PKCS12) // which has keys before certificates
	before = `"gateway", "berth", "zulu", "alpha", "mike"`
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
		if s = reread(t, s, f); aliases(s) != before {
			t.Errorf("%s: order %s, want %s", f, aliases(s), before)
		}
	}
	twins := readStore(t, "gnutls-two-keys.p12", changeit)
	if got := aliases(twins); got != `"pair", "pair-2"` {
		t.Errorf("of two equal aliases: %s", got)
	}
	if w := strings.Join(twins.Warnings(), "\n"); !strings.Contains(w, `two entries are named "pair"`) {
		t.Errorf("warnings %q do not say it", w)
	}
}

func TestTrap3KeysAndLeavesPairByLocalKeyIDThenAliasThenPublicKey(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	a, aKey := issue(t, "a.example.com", root, rootKey)
	b, bKey := issue(t, "b.example.com", root, rootKey)
	pw := []byte("changeit")
	key := func(k crypto.Signer) []byte { return keystore.SealForTest(pkcs8(t, k), pw) }
	for name, pieces := range map[string][]keystore.Piece{
		"by localKeyId, against the alias": {
			{Key: key(aKey), Name: "a", LocalID: "1"}, {Key: key(bKey), Name: "b", LocalID: "2"},
			{Cert: b.Raw, Name: "a", LocalID: "2"}, {Cert: a.Raw, Name: "b", LocalID: "1"},
		},
		"by alias": {
			{Key: key(aKey), Name: "a"}, {Key: key(bKey), Name: "b"}, {Cert: b.Raw, Name: "B"}, {Cert: a.Raw, Name: "a"},
		},
		"by public key, after a trusted certificate": {
			{Cert: root.Raw, Name: "anchor", Trusted: true}, {Cert: root.Raw}, {Cert: b.Raw}, {Cert: a.Raw},
			{Key: key(aKey), Name: "a"}, {Key: key(bKey), Name: "b"},
		},
	} {
		s, _, err := keystore.Decode(keystore.MakePKCS12(pw, pieces), changeit)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for alias, want := range map[string]*x509.Certificate{"a": a, "b": b} {
			e := s.Get(alias)
			if e == nil || len(e.RawChain()) == 0 || !bytes.Equal(e.RawChain()[0], want.Raw) {
				t.Errorf("%s: %q has not its leaf", name, alias)
			}
		}
	}
}

func TestTrap4TheIssuerIsChosenByKeyIdentifierAndThenBySignature(t *testing.T) {
	one, oneKey := issue(t, "twin ca", nil, nil)
	two, twoKey := issue(t, "twin ca", nil, nil)
	pw := []byte("changeit")
	for _, signer := range []struct {
		ca  *x509.Certificate
		key crypto.Signer
	}{{one, oneKey}, {two, twoKey}} {
		leaf, key := issue(t, "leaf.example.com", signer.ca, signer.key)
		bare, bareKey := withoutKeyIDs(t, "bare.example.com", signer.ca, signer.key)
		data := keystore.MakePKCS12(pw, []keystore.Piece{
			{Key: keystore.SealForTest(pkcs8(t, key), pw), Name: "leaf", LocalID: "1"}, {Cert: leaf.Raw, LocalID: "1"},
			{Key: keystore.SealForTest(pkcs8(t, bareKey), pw), Name: "bare", LocalID: "2"}, {Cert: bare.Raw, LocalID: "2"},
			{Cert: one.Raw}, {Cert: two.Raw},
		})
		s, _, err := keystore.Decode(data, changeit)
		if err != nil {
			t.Fatal(err)
		}
		for _, alias := range []string{"leaf", "bare"} {
			chain := s.Get(alias).RawChain()
			if len(chain) != 2 || !bytes.Equal(chain[1], signer.ca.Raw) {
				t.Errorf("%s: a chain of %d with another issuer of the same name", alias, len(chain))
			}
		}
	}
	// Two that sign each other make no endless chain.
	key := newKey(t)
	x := crossSigned(t, "x ca", "y ca", key)
	y := crossSigned(t, "y ca", "x ca", key)
	s, _, err := keystore.Decode(keystore.MakePKCS12(pw, []keystore.Piece{
		{Key: keystore.SealForTest(pkcs8(t, key), pw), Name: "x", LocalID: "1"}, {Cert: x.Raw, LocalID: "1"}, {Cert: y.Raw},
	}), changeit)
	if err != nil || len(s.Get("x").RawChain()) != 2 {
		t.Errorf("certificates that sign each other: %v", err)
	}
}

func TestTrap5WhatGoCannotParseIsListedAndSurvives(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	leaf, key := issue(t, "negative.example.com", root, rootKey)
	raw := negativeSerial(t, leaf)
	pw := []byte("changeit")
	s, _, err := keystore.Decode(keystore.MakePKCS12(pw, []keystore.Piece{
		{Key: keystore.SealForTest(pkcs8(t, key), pw), Name: "negative", LocalID: "1"}, {Cert: raw, LocalID: "1"}, {Cert: root.Raw},
	}), changeit)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ed448", "pss", "k1", "dsa"} {
		s.Put(readStore(t, "openssl-"+name+".p12", changeit).Get(name).Clone())
	}
	s.Put(readStore(t, "keytool.p12", changeit).Get("aes").Clone())
	want := digest(t, s)
	if !strings.Contains(want, "negative private-key 2") {
		t.Errorf("the entry with a negative serial number is not whole:\n%s", want)
	}
	if _, err := s.Get("negative").Chain(); err == nil {
		t.Error("Go parses a negative serial number; the test proves nothing")
	}
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JCEKS, keystore.PKCS12} {
		s = reread(t, s, f)
		if got := digest(t, s); got != want {
			t.Errorf("after %s:\n%s\nwant\n%s", f, got, want)
		}
	}
}

func TestTrap6OnlyTheKeyWithAnotherPasswordNeedsIt(t *testing.T) {
	for _, file := range []string{"keytool.jks", "keytool.jceks", "java-own-password.p12"} {
		s := readStore(t, file, changeit)
		for _, e := range s.Entries() {
			if e.Kind != keystore.PrivateKey || e.Alias == "dsa" {
				continue
			}
			_, err := e.PrivateKey()
			if own := e.Alias == "rsa"; own != errors.Is(err, keystore.ErrPassword) {
				t.Errorf("%s: %q: %v", file, e.Alias, err)
			}
		}
		if err := s.Get("rsa").Unlock([]byte("wrong")); !errors.Is(err, keystore.ErrPassword) {
			t.Errorf("%s: unlocked with a wrong password: %v", file, err)
		}
		if err := s.Get("rsa").Unlock([]byte("secret-key")); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if own, err := s.Get("rsa").OwnPassword(); err != nil || !own {
			t.Errorf("%s: the key's own password is not seen: %v", file, err)
		}
		// Another store password leaves the key its own.
		next := keystore.Passwords{Store: []byte("another")}
		data, err := s.Encode(keystore.Sniff(readFile(t, file)), next)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		s, _, err = keystore.Decode(data, next)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if _, err := s.Get("rsa").PrivateKey(); !errors.Is(err, keystore.ErrPassword) {
			t.Errorf("%s: after a change of the store's password the key opens with it: %v", file, err)
		}
		if _, err := s.Get("ec").PrivateKey(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestTrap7WhatIsNotVerifiedIsSaid(t *testing.T) {
	for file, p := range map[string]keystore.Passwords{
		"openssl-nomac.p12":    changeit,
		"keytool-open.p12":     {},
		"go-passwordless.p12":  {Store: []byte("any password")},
		"keytool.jks":          {},
		"keytool.jceks":        {},
		"java-mixed-case.jks":  {},
		"keytool-unicode.jks":  {},
		"openssl-NONE.p12":     changeit, // verified: nothing to say
		"keytool-unicode.p12":  changeit,
		"keytool-open.p12 all": {Store: []byte("any password")},
	} {
		name, _, _ := strings.Cut(file, " ")
		s, _, err := keystore.Decode(readFile(t, name), p)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		said := strings.Contains(strings.Join(s.Warnings(), " "), "integrity is not verified")
		if verified := name == "openssl-NONE.p12" || name == "keytool-unicode.p12"; said == verified {
			t.Errorf("%s: warnings %q", file, s.Warnings())
		}
	}
}

func TestTrap8BoundsAreCheckedBeforeTheWork(t *testing.T) {
	long := bytes.Repeat([]byte{0x30, 0x80}, 100)
	for name, data := range map[string][]byte{
		"many safes of 5,000,000 iterations": keystore.MakeEncryptedSafes(8, 5_000_000),
		"nesting":                            long,
		"65 MiB":                             make([]byte, 65<<20),
		"JKS of 2^32-1 entries":              []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\xff\xff\xff\xff"),
		"JKS with a key of 4 GiB":            []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x01\x00\x01aABCDEFGH\xff\xff\xff\xff"),
		"JKS with 2^31 certificates":         []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x01\x00\x01aABCDEFGH\x00\x00\x00\x00\x80\x00\x00\x00"),
	} {
		start := time.Now()
		_, _, err := keystore.Decode(data, changeit)
		if !errors.Is(err, keystore.ErrFormat) && !errors.Is(err, keystore.ErrPassword) {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 60*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
	s, _, err := keystore.Decode(keystore.MakePKCS12(nil, []keystore.Piece{{Key: keystore.WithIterations(5_000_001), Name: "a"}}), changeit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("a").PrivateKey(); !errors.Is(err, keystore.ErrFormat) {
		t.Errorf("a key of 5,000,001 iterations: %v", err)
	}
	var many []keystore.Piece
	for i := range 300 {
		many = append(many, keystore.Piece{Key: keystore.WithIterations(5_000_000), Name: fmt.Sprint(i)})
	}
	if s, _, err = keystore.Decode(keystore.MakePKCS12(nil, many), changeit); err != nil {
		t.Fatal(err)
	}
	if err := s.OpenKeys(); !errors.Is(err, keystore.ErrFormat) {
		t.Errorf("300 keys of 5,000,000 iterations: %v", err)
	}
}

func TestTrap9ListingOpensNoKey(t *testing.T) {
	// No password opens these, and each would take seconds.
	var pieces []keystore.Piece
	root, rootKey := issue(t, "root ca", nil, nil)
	for i := range 50 {
		leaf, _ := issue(t, fmt.Sprintf("host%d.example.com", i), root, rootKey)
		id := fmt.Sprint(i)
		pieces = append(pieces, keystore.Piece{Key: keystore.WithIterations(4_000_000), Name: "host" + id, LocalID: id},
			keystore.Piece{Cert: leaf.Raw, LocalID: id})
	}
	s, _, err := keystore.Decode(keystore.MakePKCS12([]byte("changeit"), pieces), changeit)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Entries() {
		if leaf, err := e.Leaf(); err != nil || leaf == nil {
			t.Errorf("%q: %v", e.Alias, err)
		}
	}
	// Nor are they opened to write them again.
	if _, err := s.Encode(keystore.PKCS12, changeit); err != nil {
		t.Error(err)
	}
}

func TestTrap10OddButLegalStores(t *testing.T) {
	root, rootKey := issue(t, "root ca", nil, nil)
	_, key := issue(t, "a.example.com", root, rootKey)
	alone, err := keystore.NewPrivateKey("alone", key, nil, day)
	if err != nil {
		t.Fatal(err)
	}
	keyOnly, certOnly := keystore.New(), keystore.New()
	keyOnly.Put(alone)
	certOnly.Put(keystore.NewTrusted("anchor", root, day))
	for name, s := range map[string]*keystore.Store{"empty": keystore.New(), "a key alone": keyOnly, "a certificate alone": certOnly} {
		for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
			for _, password := range []string{"changeit", ""} {
				p := keystore.Passwords{Store: []byte(password)}
				data, err := s.Encode(f, p)
				if err != nil {
					t.Fatalf("%s as %s: %v", name, f, err)
				}
				back, _, err := keystore.Decode(data, p)
				if err != nil {
					t.Errorf("%s as %s: %v", name, f, err)
					continue
				}
				if got, want := digest(t, back), digest(t, s); got != want {
					t.Errorf("%s as %s: %s, want %s", name, f, got, want)
				}
				_, _, err = keystore.Decode(data, keystore.Passwords{})
				if listable := f != keystore.PKCS12; listable != (err == nil) {
					t.Errorf("%s as %s without a password: %v", name, f, err)
				}
				if f == keystore.PKCS12 && !errors.Is(err, keystore.ErrPasswordNeeded) {
					t.Errorf("%s: an empty password is taken for none: %v", name, err)
				}
			}
		}
	}
	// Programs write an empty password in two ways.
	if _, _, err := keystore.Decode(readFile(t, "openssl-empty-password.p12"), keystore.Passwords{Store: []byte{}}); err != nil {
		t.Error(err)
	}
}
