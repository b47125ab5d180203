package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// identity is one self-signed leaf and its key in PEM; by the serial the client
// tells which one a gateway serves.
type identity struct {
	cert, key []byte
	serial    int64
}

// identities are what the gateways are given: second replaces first in a reload.
type identities struct {
	first, second, rsa identity
}

func newIdentities() (*identities, error) {
	var ids identities
	for i, into := range []*identity{&ids.first, &ids.second, &ids.rsa} {
		var key crypto.Signer
		var err error
		if into == &ids.rsa {
			key, err = rsa.GenerateKey(rand.Reader, 2048)
		} else {
			key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		}
		if err != nil {
			return nil, err
		}
		if *into, err = newIdentity(key, int64(1001+i)); err != nil {
			return nil, err
		}
	}
	return &ids, nil
}

func newIdentity(key crypto.Signer, serial int64) (identity, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: "localhost"},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(48 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return identity{}, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return identity{}, err
	}
	return identity{
		cert:   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
		serial: serial,
	}, nil
}

// install puts the identity where a gateway reads it, each file replaced at once. All
// is public here: the keys live for this run and gateways drop their privileges.
func (id identity) install(dir string) error {
	for name, b := range map[string][]byte{
		"cert.pem": id.cert, "key.pem": id.key, "combined.pem": slices.Concat(id.key, id.cert),
	} {
		fresh := filepath.Join(dir, "."+name)
		if err := os.WriteFile(fresh, b, 0o644); err != nil {
			return err
		}
		if err := os.Rename(fresh, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("install %s: %w", name, err)
		}
	}
	return nil
}
