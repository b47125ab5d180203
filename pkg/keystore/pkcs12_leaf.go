package keystore

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"strings"
)

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
