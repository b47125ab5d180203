//go:build ignore

// Make writes what go-pkcs12 makes of the keys of make.sh: go run make.go KEYS OUT.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"os"
	"path/filepath"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

func main() {
	keys, out := os.Args[1], os.Args[2]
	pair, err := tls.LoadX509KeyPair(filepath.Join(keys, "ec.chain"), filepath.Join(keys, "ec.key"))
	if err != nil {
		log.Fatal(err)
	}
	var chain []*x509.Certificate
	for _, raw := range pair.Certificate {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			log.Fatal(err)
		}
		chain = append(chain, c)
	}
	for name, enc := range map[string]*pkcs12.Encoder{
		"modern2023": pkcs12.Modern2023, "modern2026": pkcs12.Modern2026,
		"legacydes": pkcs12.LegacyDES, "legacyrc2": pkcs12.LegacyRC2, "passwordless": pkcs12.Passwordless,
	} {
		password := "changeit"
		if name == "passwordless" {
			password = ""
		}
		data, err := enc.Encode(pair.PrivateKey, chain[0], chain[1:], password)
		save(out, "go-"+name+".p12", data, err)
		trust, err := enc.EncodeTrustStoreEntries([]pkcs12.TrustStoreEntry{{Cert: chain[2], FriendlyName: "anchor"}}, password)
		save(out, "go-"+name+"-trust.p12", trust, err)
		if password == "" {
			password = "-"
		}
		fmt.Printf("file go-%s.p12 pkcs12 %s -\n  private-key 1 - ec ec,inter,root\n", name, password)
		fmt.Printf("file go-%s-trust.p12 pkcs12 %s -\n  trusted-cert anchor - - root\n", name, password)
	}
}

func save(out, name string, data []byte, err error) {
	if err == nil {
		err = os.WriteFile(filepath.Join(out, name), data, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}
