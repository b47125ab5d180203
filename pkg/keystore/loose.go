package keystore

import (
	"crypto"
	"crypto/x509"
	"strings"
)

// looseParts are keys and certificates without aliases, as PEM and DER files have them.
type looseParts struct {
	certs []*rawCert
	names map[*rawCert]string
	keys  []looseKey
}

type looseKey struct {
	material *keyMaterial
	spki     []byte // nil where Go does not know the key
	name     string
}

func (l *looseParts) cert(raw []byte, name string) {
	c, _ := readCert(raw)
	if name != "" {
		if l.names == nil {
			l.names = map[*rawCert]string{}
		}
		l.names[&c] = name
	}
	l.certs = append(l.certs, &c)
}

func (l *looseParts) key(plain []byte, name string) error {
	return l.sealedKey(&keyMaterial{plain: plain}, name)
}

func (l *looseParts) sealedKey(k *keyMaterial, name string) error {
	if !isPrivateKeyInfo(k.plain) {
		return badFormat("%w", errNotOpen)
	}
	l.keys = append(l.keys, looseKey{k, publicOf(k.plain), name})
	return nil
}

func (l *looseParts) legacyKey(key any, err error) error {
	if err != nil {
		return badFormat("private key: %w", err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return badFormat("private key: %w", err)
	}
	return l.key(plain, "")
}

// publicOf is the public key of a PKCS#8 key, in DER; nil where Go does not know its kind.
func publicOf(plain []byte) []byte {
	key, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil
	}
	spki, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return nil
	}
	return spki
}

// into makes entries: keys with their chains first, then what certificates are left.
func (l *looseParts) into(s *Store) {
	pool := newChainPool()
	bySPKI := map[string]*rawCert{}
	for _, c := range l.certs {
		pool.add(c)
		if bySPKI[string(c.spki)] == nil {
			bySPKI[string(c.spki)] = c
		}
	}
	seen, inChain := map[string]bool{}, map[string]bool{}
	for _, k := range l.keys {
		e := &Entry{Alias: k.name, Kind: PrivateKey, key: k.material}
		leaf := bySPKI[string(k.spki)]
		if k.spki == nil {
			leaf = nil
			if len(l.certs) > 0 && len(l.keys) == 1 {
				leaf = l.certs[0]
			}
		}
		if leaf != nil {
			e.chain = pool.chain(leaf)
			for _, raw := range e.chain {
				inChain[string(raw)] = true
			}
			e.Alias = l.alias(leaf, e.Alias)
		}
		if e.Alias == "" {
			e.Alias = nextNumber(seen)
		}
		s.add(e, seen)
	}
	for _, c := range l.certs {
		if inChain[string(c.raw)] {
			continue
		}
		inChain[string(c.raw)] = true
		e := &Entry{Alias: l.alias(c, ""), Kind: TrustedCert, chain: [][]byte{c.raw}}
		if e.Alias == "" {
			e.Alias = nextNumber(seen)
		}
		s.add(e, seen)
	}
}

// alias is the name that a file says, or that the certificate has: its first DNS name,
// its common name.
func (l *looseParts) alias(c *rawCert, said string) string {
	if said != "" {
		return said
	}
	if name := l.names[c]; name != "" {
		return name
	}
	parsed, err := x509.ParseCertificate(c.raw)
	if err != nil {
		return ""
	}
	name := parsed.Subject.CommonName
	if len(parsed.DNSNames) > 0 {
		name = parsed.DNSNames[0]
	}
	return strings.ToLower(name)
}
