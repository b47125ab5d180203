package keystore

import "strings"

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
