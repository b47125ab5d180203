package keystore

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"strconv"
	"strings"
)

// pairing puts keys and certificates of a PKCS#12 file together.
type pairing struct {
	certs   []*rawCert
	pool    *chainPool
	byID    map[string][]*rawCert
	byName  map[string][]*rawCert
	bySum   map[string]*rawCert // filled when a key says its chain
	inChain map[string]bool     // by DER
	left    *work
}

// fill makes entries of the bags, in their order.
func (s *Store) fill(bags []bag, p Passwords, left *work) error {
	m := pairing{pool: newChainPool(), byID: map[string][]*rawCert{}, byName: map[string][]*rawCert{},
		inChain: map[string]bool{}, left: left}
	items := make(map[int]*rawCert)
	for i := range bags {
		if b := &bags[i]; b.kind == oidCertBag {
			if raw, err := b.certificate(); err == nil {
				items[i] = m.add(raw, b)
			}
		}
	}
	keys := make(map[int]*Entry)
	for i := range bags {
		if e := keyEntry(&bags[i], p); e != nil {
			keys[i] = e
		}
	}
	for i := range bags {
		if e := keys[i]; e != nil && e.Kind == PrivateKey {
			if err := m.pair(e, &bags[i]); err != nil {
				return err
			}
		}
	}
	seen := map[string]bool{}
	for i := range bags {
		e := keys[i]
		if item := items[i]; e == nil && item != nil {
			if (item.used || m.inChain[string(item.raw)]) && !bags[i].trusted {
				continue
			}
			e = item.entry()
		}
		if e == nil {
			s.pass(&bags[i])
			continue
		}
		if e.Alias == "" {
			e.Alias = nextNumber(seen)
		}
		e.origin.alias = e.Alias
		s.add(e, seen)
	}
	return nil
}

// pass keeps a bag of a kind that makes no entry.
func (s *Store) pass(b *bag) {
	s.from.bags = append(s.from.bags, b.raw)
	if b.kind == oidSafeContents {
		s.warn("a safe inside a safe is kept as it is; what it holds is not shown")
	}
}

// nextNumber is what Java calls an entry without a name.
func nextNumber(seen map[string]bool) string {
	n := len(seen) + 1
	for seen[strconv.Itoa(n)] {
		n++
	}
	return strconv.Itoa(n)
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
	leaf.used = true
	if e.Alias == "" {
		e.Alias = leaf.bag.name
	}
	e.origin.certAttrs = leaf.bag.other
	e.chain = m.saidChain(leaf, b.chain)
	if e.chain == nil {
		e.chain = m.pool.chain(leaf)
	}
	for _, raw := range e.chain {
		m.inChain[string(raw)] = true
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
	return m.byPublicKey(e)
}

// bestOf chooses among certificates with one localKeyId, which OpenSSL and NSS make of
// the certificate or the key, so that two aliases can share it.
func bestOf(fit []*rawCert, name string) *rawCert {
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

// openCost is what parsing an open key costs, in iterations.
const openCost = 2000

// byPublicKey has to open the key. One that does not open, or that Go does not know,
// takes the certificate that is left, if it is one.
func (m *pairing) byPublicKey(e *Entry) (*rawCert, error) {
	var open []*rawCert
	for _, c := range m.certs {
		if !c.used && !c.bag.trusted {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	if err := m.left.spend(e.key.iterations() + len(open) + openCost); err != nil {
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
	var chain [][]byte
	for _, sum := range sums {
		c := m.bySum[string(sum)]
		if c == nil {
			return nil
		}
		chain = append(chain, c.raw)
	}
	if !bytes.Equal(chain[0], leaf.raw) {
		return nil
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
