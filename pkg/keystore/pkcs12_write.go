package keystore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// encodePKCS12 writes three safes: shrouded keys in the clear, certificates encrypted,
// secret keys in the clear; and a MAC over all of them.
func (s *Store) encodePKCS12(p Passwords, rnd io.Reader) ([]byte, error) {
	if p.Store == nil {
		return nil, fmt.Errorf("pkcs12: %w", ErrPasswordNeeded)
	}
	w := pkcs12Writer{p: p, rnd: rnd, pool: newChainPool(), ids: map[string]bool{},
		known: map[string]bool{}, shared: map[string]bool{}}
	if err := w.bags(s); err != nil {
		return nil, fmt.Errorf("pkcs12: %w", err)
	}
	var infos []byte
	if len(w.keys) > 0 {
		infos = append(infos, dataInfo(der(tagSequence, w.keys))...)
	}
	if len(w.certs) > 0 {
		alg, data, err := encryptPBES2(der(tagSequence, w.certs), p.Store, rnd)
		if err != nil {
			return nil, fmt.Errorf("pkcs12: %w", err)
		}
		content := der(tagSequence, oidData.der(), alg, der(contextPrim, data))
		infos = append(infos, der(tagSequence, oidEncryptedData.der(),
			der(contextConstr, der(tagSequence, derInt(0), content)))...)
	}
	if len(w.secrets) > 0 {
		infos = append(infos, dataInfo(der(tagSequence, w.secrets))...)
	}
	content := der(tagSequence, infos)
	mac, err := newMac(content, p.Store, rnd)
	if err != nil {
		return nil, fmt.Errorf("pkcs12: %w", err)
	}
	return der(tagSequence, derInt(3), dataInfo(content), mac), nil
}

func dataInfo(content []byte) []byte {
	return der(tagSequence, oidData.der(), der(contextConstr, der(tagOctets, content)))
}

type pkcs12Writer struct {
	p                    Passwords
	rnd                  io.Reader
	pool                 *chainPool
	ids                  map[string]bool // localKeyIds taken
	known                map[string]bool // certificates in pool, by DER
	shared               map[string]bool // certificates that have a bag, by DER
	keys, certs, secrets []byte
}

// bags writes all entries: leaves and trusted certificates first, then each CA
// certificate that no entry has written, once.
func (w *pkcs12Writer) bags(s *Store) error {
	for _, e := range s.entries {
		for _, raw := range e.chain {
			w.know(raw)
		}
	}
	for _, e := range s.entries {
		if err := w.entry(e); err != nil {
			return err
		}
	}
	for _, e := range s.entries {
		for _, raw := range e.chain {
			if !w.shared[string(raw)] {
				w.shared[string(raw)] = true
				w.certs = append(w.certs, newCertBag(raw, attributes{})...)
			}
		}
	}
	if s.from != nil && s.from.format == PKCS12 {
		for _, b := range s.from.bags {
			w.certs = append(w.certs, b...)
		}
	}
	return nil
}

// know adds a certificate to those from which a reader will build chains.
func (w *pkcs12Writer) know(raw []byte) {
	if !w.known[string(raw)] {
		w.known[string(raw)] = true
		c, _ := readCert(raw)
		w.pool.add(&c)
	}
}

func (w *pkcs12Writer) entry(e *Entry) error {
	if e.Kind == TrustedCert {
		w.shared[string(e.chain[0])] = true
		w.certs = append(w.certs, newCertBag(e.chain[0], attributes{name: e.Alias, localID: e.origin.localID,
			trusted: !e.origin.unmarked, created: e.Created, other: e.origin.certAttrs})...)
		return nil
	}
	sealed, err := e.key.sealedFor(PKCS12, w.p, w.rnd)
	if err != nil {
		return fmt.Errorf("key of %q: %w", e.Alias, err)
	}
	a := attributes{name: e.Alias, localID: w.localID(e), other: e.origin.keyAttrs}
	// A date that the localKeyId says needs no attribute of its own.
	id := attributes{localID: a.localID}
	if id.timeOfLocalID(); !id.created.Equal(e.Created) {
		a.created = e.Created
	}
	if e.Kind == SecretKey {
		w.secrets = append(w.secrets, newSecretBag(sealed, a)...)
		return nil
	}
	a.chain = w.sayChain(e)
	w.keys = append(w.keys, newBag(oidShroudedKeyBag, sealed, a)...)
	if len(e.chain) > 0 {
		w.shared[string(e.chain[0])] = true
		w.certs = append(w.certs, newCertBag(e.chain[0],
			attributes{name: e.Alias, localID: a.localID, other: e.origin.certAttrs})...)
	}
	return nil
}

// localID pairs a key with its leaf: what the file had; or the date as Java writes it, a
// few milliseconds later where another entry has that one; or a number where there is no date.
func (w *pkcs12Writer) localID(e *Entry) []byte {
	if id := e.origin.localID; id != nil && !w.ids[string(id)] {
		w.ids[string(id)] = true
		return id
	}
	prefix, n := "Entry ", int64(len(w.ids)+1)
	if ms := e.Created.UnixMilli(); !e.Created.IsZero() && ms > 0 {
		prefix, n = "Time ", ms
	}
	for {
		id := prefix + strconv.FormatInt(n, 10)
		if !w.ids[id] {
			w.ids[id] = true
			return []byte(id)
		}
		n++
	}
}

// sayChain gives the chain of an entry, as hashes, where a reader would build another.
func (w *pkcs12Writer) sayChain(e *Entry) (sums [][]byte) {
	if len(e.chain) == 0 {
		return nil
	}
	leaf, _ := readCert(e.chain[0])
	if slices.EqualFunc(w.pool.chain(&leaf), e.chain, bytes.Equal) {
		return nil
	}
	for _, raw := range e.chain {
		sum := sha256.Sum256(raw)
		sums = append(sums, sum[:])
	}
	return sums
}
