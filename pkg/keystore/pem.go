package keystore

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"strings"
)

// decodePEM reads the blocks of a PEM file: certificates and keys in any order. A key
// takes the certificate that is of it, with its chain; what is left is trusted. Blocks of
// other types, such as a CRL, are kept.
func decodePEM(data []byte, p Passwords) (*Store, error) {
	s := &Store{from: &source{format: PEM, store: p.Store}}
	var loose looseParts
	for len(data) > 0 {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		if loose.len()+len(s.from.bags) >= maxEntries {
			return nil, badFormat("pem: %w", errTooMany)
		}
		alias, ours := pemAlias(data[:len(data)-len(rest)])
		before := len(loose.certs)
		known, err := loose.block(block, alias, p)
		if err != nil {
			return nil, fmt.Errorf("pem: %s: %w", strings.ToLower(block.Type), err)
		}
		if !known {
			s.from.bags = append(s.from.bags, pem.EncodeToMemory(block))
		}
		if ours && len(loose.certs) > before {
			loose.certs[before].entry = true
		}
		data = rest
	}
	if loose.len() == 0 {
		return nil, badFormat("pem: no certificate and no key in it")
	}
	loose.into(s)
	return s, nil
}

// pemAlias finds the alias in the text above a block. OpenSSL indents the line; at its
// start it is ours, and says that a certificate is an entry.
func pemAlias(text []byte) (alias string, ours bool) {
	text, _, _ = bytes.Cut(text, []byte("-----BEGIN "))
	i := bytes.LastIndex(text, []byte(pemName))
	if i < 0 {
		return "", false
	}
	line, _, _ := bytes.Cut(text[i+len(pemName):], []byte("\n"))
	return string(bytes.TrimSpace(line)), i == 0 || text[i-1] == '\n'
}

// block takes a block of a type it knows.
func (l *looseParts) block(block *pem.Block, alias string, p Passwords) (known bool, err error) {
	content := block.Bytes
	if block.Headers["DEK-Info"] != "" {
		if content, err = openLegacyPEM(block, p); err != nil {
			return true, err
		}
	}
	switch block.Type {
	case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
		// OpenSSL puts more behind a trusted certificate; toDER cuts it off.
		raw, err := toDER(content)
		if err != nil {
			return true, badFormat("%w", err)
		}
		l.cert(raw, alias)
	case "PKCS7", "CMS":
		certs, err := pkcs7Certificates(content)
		if err != nil {
			return true, err
		}
		for _, raw := range certs {
			l.cert(raw, "")
		}
	case "ENCRYPTED PRIVATE KEY":
		return true, l.key(&keyMaterial{format: PEM, sealed: content, from: p}, alias)
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY":
		plain, err := toPKCS8(block.Type, content)
		if err != nil {
			return true, err
		}
		return true, l.key(&keyMaterial{plain: plain}, alias)
	case "EC PARAMETERS":
		// OpenSSL writes them beside a key that holds them too.
	default:
		return false, nil
	}
	return true, nil
}

func pemNeedsPassword(data []byte) bool {
	return bytes.Contains(data, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----")) ||
		bytes.Contains(data, []byte("\nDEK-Info:"))
}
