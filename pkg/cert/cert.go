// Package cert makes, reads, orders, verifies and describes keys, requests and
// certificates. It works on values in memory: it opens no file, asks no clock and
// prints nothing; times come in as arguments.
package cert

import (
	"crypto"
	"crypto/x509"
)

// Bundle is what a server or client needs to say who it is.
type Bundle struct {
	Key   crypto.Signer
	Chain []*x509.Certificate // leaf first, no root
	Roots []*x509.Certificate // what the other side has to trust
}
