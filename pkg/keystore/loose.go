package keystore

import (
	"crypto"
	"crypto/x509"
	"strings"
)

// looseParts are keys and certificates without aliases, as PEM and DER files have them.
type looseParts struct {
	certs []looseCert
	keys  []looseKey
	spent int // iterations
}

type looseCert struct {
	*rawCert
	alias string // as the file says
	entry bool   // the file says that it is trusted, though it may stand in a chain
}

type looseKey struct {
	material *keyMaterial
	spki     []byte // nil where Go does not know the key
	alias    string
}

func (l *looseParts) len() int { return len(l.certs) + len(l.keys) }

func (l *looseParts) cert(raw []byte, alias string) {
	c, _ := readCert(raw)
	l.certs = append(l.certs, looseCert{rawCert: &c, alias: alias})
}

// key takes a key; one that is sealed is opened for its public key.
func (l *looseParts) key(k *keyMaterial, alias string) error {
	if err := l.spend(k.iterations()); err != nil {
		return err
	}
	if err := k.open(); err != nil {
		return err
	}
	if !isPrivateKeyInfo(k.plain) {
		return badFormat("%w", errNotOpen)
	}
	if err := l.spend(parseCost(k.plain)); err != nil {
		return err
	}
	l.keys = append(l.keys, looseKey{k, publicOf(k.plain), alias})
	return nil
}

// spend keeps the work that a file asks for in bounds.
func (l *looseParts) spend(iterations int) error {
	if l.spent += iterations; l.spent > maxFileWork {
		return badFormat("it asks for more than %d iterations", maxFileWork)
	}
	return nil
}

// parseCost is what it costs to parse an open key, in iterations: RSA takes the third
// power of its size.
func parseCost(der []byte) int {
	n := min(len(der), 1<<16)
	return 500 + n*n/1000*n/1000
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

// into makes entries: keys with their chains first, then the certificates that are left.
func (l *looseParts) into(s *Store) {
	pool := newChainPool()
	leaves := map[string]*rawCert{}
	for _, c := range l.certs {
		pool.add(c.rawCert)
		if leaves[string(c.spki)] == nil {
			leaves[string(c.spki)] = c.rawCert
		}
	}
	aliases := aliasSet{}
	for _, k := range l.keys {
		e := &Entry{Alias: k.alias, Kind: PrivateKey, key: k.material}
		leaf := leaves[string(k.spki)]
		if k.spki == nil && len(l.keys) == 1 && len(l.certs) > 0 {
			leaf = l.certs[0].rawCert
		}
		if leaf != nil {
			e.chain = pool.chain(leaf)
		}
		s.addLoose(e, aliases)
	}
	taken := l.used()
	for _, c := range l.certs {
		if taken[string(c.raw)] && !c.entry {
			continue
		}
		taken[string(c.raw)] = true
		s.addLoose(&Entry{Alias: c.alias, Kind: TrustedCert, chain: [][]byte{c.raw}}, aliases)
	}
}

func (l *looseParts) used() map[string]bool {
	var certs []*rawCert
	for _, c := range l.certs {
		certs = append(certs, c.rawCert)
	}
	return usedCerts(certs)
}

// addLoose adds an entry that may have no alias yet.
func (s *Store) addLoose(e *Entry, aliases aliasSet) {
	if e.Alias == "" && len(e.chain) > 0 {
		e.Alias = nameOf(e.chain[0])
	}
	s.add(e, aliases)
}

// nameOf is the alias that a certificate suggests: its first DNS name, else its common name.
func nameOf(raw []byte) string {
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		return ""
	}
	if len(c.DNSNames) > 0 {
		return strings.ToLower(c.DNSNames[0])
	}
	return strings.ToLower(c.Subject.CommonName)
}
