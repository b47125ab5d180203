//go:build ignore

// Fetches a URL with whatever a Go program trusts, and the certificates of a file if one
// is named, and prints what comes.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	roots, err := x509.SystemCertPool()
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 2 {
		pem, err := os.ReadFile(os.Args[2])
		if err != nil || !roots.AppendCertsFromPEM(pem) {
			log.Fatalf("%s: no certificate: %v", os.Args[2], err)
		}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	response, err := client.Get(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(os.Stdout, response.Body)
}
