package keystore

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

// decodePEM reads the blocks of a PEM file: certificates and keys in any order. A key
// takes the certificate that is of it, with its chain; what is left is trusted.
func decodePEM(data []byte, p Passwords) (*Store, error) {
	s := &Store{from: &source{format: PEM, store: p.Store}}
	var loose looseParts
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if len(loose.certs)+len(loose.keys) == maxEntries {
			return nil, badFormat("pem: %w", errTooMany)
		}
		if err := loose.block(block, p); err != nil {
			return nil, fmt.Errorf("pem: %w", err)
		}
	}
	if len(loose.certs)+len(loose.keys) == 0 {
		return nil, badFormat("pem: no certificate and no key in it")
	}
	loose.into(s)
	return s, nil
}

func (l *looseParts) block(block *pem.Block, p Passwords) error {
	name := block.Headers["friendlyName"]
	switch block.Type {
	case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
		l.cert(block.Bytes, name)
	case "PRIVATE KEY":
		return l.key(block.Bytes, name)
	case "RSA PRIVATE KEY":
		return l.legacyKey(x509.ParsePKCS1PrivateKey(block.Bytes))
	case "EC PRIVATE KEY":
		return l.legacyKey(x509.ParseECPrivateKey(block.Bytes))
	case "ENCRYPTED PRIVATE KEY":
		k := &keyMaterial{format: PEM, sealed: block.Bytes, from: p}
		if err := k.open(); err != nil {
			return fmt.Errorf("encrypted key: %w", err)
		}
		return l.sealedKey(k, name)
	}
	return nil
}

func pemNeedsPassword(data []byte) bool {
	return strings.Contains(string(data), "-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
		strings.Contains(string(data), "Proc-Type: 4,ENCRYPTED")
}
