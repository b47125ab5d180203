package keystore

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"strings"
)

// pairing puts keys and certificates of a PKCS#12 file together.
type pairing struct {
	certs  []*rawCert
	pool   *chainPool
	byID   map[string][]*rawCert
	byName map[string][]*rawCert
	bySum  map[string]*rawCert // filled when a key says its chain
	left   *work
}

// fill makes entries of the bags, in their order.
func (s *Store) fill(bags []bag, p Passwords, left *work) error {
	m := pairing{pool: newChainPool(), byID: map[string][]*rawCert{}, byName: map[string][]*rawCert{}, left: left}
	keys, certs := make([]*Entry, len(bags)), make([]*rawCert, len(bags))
	for i := range bags {
		if b := &bags[i]; b.kind != oidCertBag {
			keys[i] = keyEntry(b, p)
		} else if raw, err := b.certificate(); err == nil {
			certs[i] = m.add(raw, b)
		}
	}
	for i, e := range keys {
		if e != nil && e.Kind == PrivateKey {
			if err := m.pair(e, &bags[i]); err != nil {
				return err
			}
		}
	}
	inChain := usedCerts(m.certs)
	aliases := aliasSet{}
	for i := range bags {
		e, c := keys[i], certs[i]
		switch {
		case e == nil && c == nil:
			s.pass(&bags[i])
			continue
		case e == nil && !bags[i].trusted && inChain[string(c.raw)]:
			continue
		case e == nil:
			e = c.entry()
		}
		s.add(e, aliases)
		e.origin.alias = e.Alias
	}
	return nil
}

// usedCerts are the certificates that stand in a chain, by their bytes: a file may have
// one of them several times.
func usedCerts(certs []*rawCert) map[string]bool {
	used := map[string]bool{}
	for _, c := range certs {
		if c.used {
			used[string(c.raw)] = true
		}
	}
	return used
}

// pass keeps a bag of a kind that makes no entry.
func (s *Store) pass(b *bag) {
	s.from.bags = append(s.from.bags, b.raw)
	if b.kind == oidSafeContents {
		s.warn("a safe inside a safe is kept as it is; what it holds is not shown")
	}
}

// keyEntry makes an entry of a key bag or a secret bag; nil if it is neither.
func keyEntry(b *bag, p Passwords) *Entry {
	e := &Entry{Alias: b.name, Created: b.created, Kind: PrivateKey,
		origin: origin{created: b.created, localID: b.localID, keyAttrs: b.other}}
	switch b.kind {
	case oidShroudedKeyBag:
		e.key = &keyMaterial{format: PKCS12, sealed: b.value, from: p}
	case oidKeyBag:
		if !isPrivateKeyInfo(b.value) {
			return nil
		}
		e.key = &keyMaterial{plain: b.value}
	case oidSecretBag:
		sealed := secretBagKey(b.value)
		if sealed == nil {
			return nil
		}
		e.Kind = SecretKey
		e.key = &keyMaterial{format: PKCS12, sealed: sealed, from: p, isSecret: true}
	default:
		return nil
	}
	return e
}

func (m *pairing) add(raw []byte, b *bag) *rawCert {
	c, _ := readCert(raw)
	item := &c
	item.bag = b
	m.certs = append(m.certs, item)
	m.pool.add(item)
	if b.localID != nil {
		m.byID[string(b.localID)] = append(m.byID[string(b.localID)], item)
	}
	if b.name != "" && !b.trusted {
		name := strings.ToLower(b.name)
		m.byName[name] = append(m.byName[name], item)
	}
	return item
}

// entry makes an entry of a certificate that belongs to no key.
func (c *rawCert) entry() *Entry {
	return &Entry{Alias: c.bag.name, Kind: TrustedCert, Created: c.bag.created, chain: [][]byte{c.raw},
		origin: origin{created: c.bag.created, localID: c.bag.localID, certAttrs: c.bag.other, unmarked: !c.bag.trusted}}
}

// pair finds the leaf of a key, and its chain.
func (m *pairing) pair(e *Entry, b *bag) error {
	leaf, err := m.leaf(e, b)
	if leaf == nil || err != nil {
		return err
	}
	if e.Alias == "" {
		e.Alias = leaf.bag.name
	}
	e.origin.certAttrs = leaf.bag.other
	if e.chain = m.saidChain(leaf, b.chain); e.chain == nil {
		e.chain = m.pool.chain(leaf)
	}
	return nil
}

// leaf pairs by localKeyId, then by alias, then by public key.
func (m *pairing) leaf(e *Entry, b *bag) (*rawCert, error) {
	if b.localID != nil {
		if fit := m.byID[string(b.localID)]; len(fit) > 0 {
			return bestOf(fit, b.name), nil
		}
	}
	if fit := m.byName[strings.ToLower(b.name)]; b.name != "" && len(fit) == 1 {
		return fit[0], nil
	}
	return m.byPublicKey(e, b)
}

// bestOf chooses among certificates with one localKeyId, which OpenSSL and NSS make of
// the certificate or the key, so that two aliases can share it.
func bestOf(fit []*rawCert, name string) *rawCert {
	fit = fit[:min(len(fit), maxNamesakes)]
	for _, c := range fit {
		if strings.EqualFold(c.bag.name, name) {
			return c
		}
	}
	for _, c := range fit {
		if !c.used {
			return c
		}
	}
	return fit[0]
}

// byPublicKey has to open the key. One that does not open, or that Go does not know,
// takes the certificate that is left, if it is one.
func (m *pairing) byPublicKey(e *Entry, b *bag) (*rawCert, error) {
	var open []*rawCert
	for _, c := range m.certs {
		if !c.used && !c.bag.trusted {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	if err := m.left.spend(e.key.iterations() + len(open) + parseCost(b.value)); err != nil {
		return nil, err
	}
	if key, err := e.PrivateKey(); err == nil {
		spki, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			return nil, nil
		}
		for _, c := range open {
			if bytes.Equal(c.spki, spki) {
				return c, nil
			}
		}
		return nil, nil
	}
	var ends []*rawCert
	for _, c := range open {
		if !c.ca {
			ends = append(ends, c)
		}
	}
	if len(ends) == 1 {
		return ends[0], nil
	}
	return nil, nil
}

// saidChain follows the attribute that we write where a chain is not what its
// certificates alone would make.
func (m *pairing) saidChain(leaf *rawCert, sums [][]byte) [][]byte {
	if len(sums) == 0 || len(sums) > maxChain {
		return nil
	}
	m.sum()
	var said []*rawCert
	for _, sum := range sums {
		c := m.bySum[string(sum)]
		if c == nil {
			return nil
		}
		said = append(said, c)
	}
	if !bytes.Equal(said[0].raw, leaf.raw) {
		return nil
	}
	leaf.used = true
	var chain [][]byte
	for _, c := range said {
		c.used = true
		chain = append(chain, c.raw)
	}
	return chain
}

func (m *pairing) sum() {
	if m.bySum != nil {
		return
	}
	m.bySum = make(map[string]*rawCert, len(m.certs))
	for _, c := range m.certs {
		sum := sha256.Sum256(c.raw)
		m.bySum[string(sum[:])] = c
	}
}
