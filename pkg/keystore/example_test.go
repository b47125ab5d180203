package keystore_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// A store of any format is read in one way. Listing a Java store needs no password.
func ExampleDecode() {
	data, err := os.ReadFile("../../testdata/keystores/java-mixed-case.jks")
	if err != nil {
		log.Fatal(err)
	}
	store, format, err := keystore.Decode(data, keystore.Passwords{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(format, store.Warnings())
	for _, e := range store.Entries() {
		leaf, err := e.Leaf()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Alias, e.Kind, leaf.Subject)
	}
	// Output:
	// jks [read without its password: the store's integrity is not verified]
	// Anchor trusted-cert CN=root
	// Gateway private-key CN=ec
}

// Keys stay sealed until they are asked for. One may have a password of its own.
func ExampleEntry_PrivateKey() {
	data, err := os.ReadFile("../../testdata/keystores/keytool.jks")
	if err != nil {
		log.Fatal(err)
	}
	store, _, err := keystore.Decode(data, keystore.Passwords{Store: []byte("changeit")})
	if err != nil {
		log.Fatal(err)
	}
	rsa := store.Get("rsa")
	if _, err := rsa.PrivateKey(); errors.Is(err, keystore.ErrPassword) {
		fmt.Println(err)
		if err := rsa.Unlock([]byte("secret-key")); err != nil {
			log.Fatal(err)
		}
	}
	key, err := rsa.PrivateKey()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%T\n", key)
	// Output:
	// key of "rsa": wrong password
	// *rsa.PrivateKey
}

// A new store, written as PKCS#12 that Java, OpenSSL and the others read.
func ExampleStore_Encode() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	// A key may wait for its certificate.
	entry, err := keystore.NewPrivateKey("gateway", key, nil, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	if err != nil {
		log.Fatal(err)
	}
	store := keystore.New()
	store.Put(entry)
	passwords := keystore.Passwords{Store: []byte("changeit")}
	data, err := store.Encode(keystore.PKCS12, passwords)
	if err != nil {
		log.Fatal(err)
	}
	back, format, err := keystore.Decode(data, passwords)
	if err != nil {
		log.Fatal(err)
	}
	e := back.Get("GATEWAY")
	fmt.Println(format, e.Alias, e.Kind, e.Created.Format(time.DateOnly))
	// Output: pkcs12 gateway private-key 2026-01-02
}

// What another format has no place for is said before anything is written.
func ExampleStore_Losses() {
	data, err := os.ReadFile("../../testdata/keystores/keytool.p12")
	if err != nil {
		log.Fatal(err)
	}
	passwords := keystore.Passwords{Store: []byte("changeit")}
	store, _, err := keystore.Decode(data, passwords)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range store.Losses(keystore.JKS) {
		fmt.Println("lost:", l.What, "of", l.Alias)
	}
	jks, err := store.For(keystore.JKS).Encode(keystore.JKS, passwords)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keystore.Sniff(jks))
	// Output:
	// lost: the secret key of aes
	// jks
}

// Verify says what is wrong, and what Java would do.
func ExampleStore_Verify() {
	data, err := os.ReadFile("../../testdata/keystores/java-mixed-case.jks")
	if err != nil {
		log.Fatal(err)
	}
	store, _, err := keystore.Decode(data, keystore.Passwords{Store: []byte("changeit")})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range store.Verify(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)) {
		fmt.Printf("%s %s: %s\n", f.Severity, f.Where, f.What)
	}
	// Output:
	// error Anchor: keytool does not find an alias with capital letters in jks
	// error Gateway: keytool does not find an alias with capital letters in jks
}

// A bundle for one kind of client. With the same reader of "random" bytes the same
// anchors are the same file.
func ExampleEncodeTrust() {
	data, err := os.ReadFile("../../testdata/keystores/certs.pem")
	if err != nil {
		log.Fatal(err)
	}
	store, _, err := keystore.Decode(data, keystore.Passwords{})
	if err != nil {
		log.Fatal(err)
	}
	bundle, err := keystore.EncodeTrust(keystore.Legacy, store.Entries(), []byte("changeit"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keystore.Sniff(bundle), keystore.NeedsPassword(bundle))
	// Output: pkcs12 true
}
