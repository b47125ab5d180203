package keystore

import (
	"encoding/pem"
	"fmt"
	"io"
	"strings"
)

// encodePEM writes each key before its chain, and trusted certificates as they come.
// Keys are sealed where there is a password, else plain.
func (s *Store) encodePEM(p Passwords, rnd io.Reader) ([]byte, error) {
	var out []byte
	inChain := map[string]bool{}
	for _, e := range s.entries {
		for _, raw := range e.chain {
			inChain[string(raw)] = inChain[string(raw)] || e.Kind == PrivateKey
		}
	}
	for _, e := range s.entries {
		if e.Kind == TrustedCert && inChain[string(e.chain[0])] || !e.namedByLeaf() {
			out = append(out, pemName+e.Alias+"\n"...)
		}
		if e.Kind == PrivateKey {
			block, err := e.pemKey(p, rnd)
			if err != nil {
				return nil, fmt.Errorf("pem: key of %q: %w", e.Alias, err)
			}
			out = append(out, pem.EncodeToMemory(block)...)
		}
		out = append(out, pemCertificates(e.chain)...)
	}
	if s.from != nil && s.from.format == PEM {
		for _, block := range s.from.bags {
			out = append(out, block...)
		}
	}
	return out, nil
}

func pemCertificates(chain [][]byte) []byte {
	var out []byte
	for _, raw := range chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})...)
	}
	return out
}

// pemName is how OpenSSL says an alias above a block; readers of PEM pass over it.
const pemName = "friendlyName: "

// namedByLeaf says whether a reader makes the alias of the certificate by itself.
func (e *Entry) namedByLeaf() bool {
	return len(e.chain) > 0 && nameOf(e.chain[0]) == e.Alias || strings.ContainsAny(e.Alias, "\r\n")
}

func (e *Entry) pemKey(p Passwords, rnd io.Reader) (*pem.Block, error) {
	if p.Store == nil && p.Key == nil && e.key.own == nil {
		if err := e.key.open(); err != nil {
			return nil, err
		}
		return &pem.Block{Type: "PRIVATE KEY", Bytes: e.key.plain}, nil
	}
	sealed, err := e.key.sealedFor(PEM, p, rnd)
	if err != nil {
		return nil, err
	}
	return &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: sealed}, nil
}
