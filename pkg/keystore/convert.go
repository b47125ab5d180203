package keystore

import (
	"fmt"
	"slices"
	"strings"
)

// Loss is what a format has no place for.
type Loss struct {
	Alias string // "" for what belongs to no entry
	What  string
	Minor bool // a date or a name; nothing that cannot be done without
}

// Losses says what of the store cannot go into a format.
func (s *Store) Losses(f Format) []Loss {
	var losses []Loss
	dates := 0
	for i, e := range s.entries {
		if what := e.loss(f, i); what != "" {
			losses = append(losses, Loss{Alias: e.Alias, What: what})
			continue
		}
		if !e.Created.IsZero() {
			dates++
		}
	}
	if s.from != nil && len(s.from.bags) > 0 && s.from.format != f {
		losses = append(losses, Loss{What: fmt.Sprintf("%d parts of other kinds, such as CRLs", len(s.from.bags))})
	}
	switch f {
	case PKCS7, DER:
		losses = append(losses, Loss{What: "the aliases and dates of all entries", Minor: true})
	case PEM:
		if dates > 0 {
			losses = append(losses, Loss{What: fmt.Sprintf("the dates of %d entries", dates), Minor: true})
		}
	}
	return losses
}

// loss is what of the entry, at position i, cannot go into a file of the format.
func (e *Entry) loss(f Format, i int) string {
	switch {
	case e.Kind == SecretKey && f == PKCS12 && !e.secretHasOID():
		return "the secret key: PKCS#12 has no name for its algorithm"
	case e.Kind == PrivateKey && f == DER && i == 0 && len(e.chain) > 1:
		return "the private key, and the chain"
	}
	return e.misfit(f, i)
}

// misfit is loss as far as it is seen without opening a key.
func (e *Entry) misfit(f Format, i int) string {
	switch {
	case e.Kind == TrustedCert && len(e.chain) == 0:
		return "an entry without a certificate"
	case f == DER && i > 0:
		return "a second entry"
	case e.Kind == SecretKey && f != JCEKS && f != PKCS12:
		return "the secret key"
	case e.Kind == PrivateKey && (f == PKCS7 || f == DER):
		return "the private key"
	}
	return ""
}

// secretHasOID gives a key that does not open the benefit of the doubt: Encode will say so.
func (e *Entry) secretHasOID() bool {
	algorithm, _, err := e.Secret()
	if err != nil {
		return true
	}
	_, ok := secretOID(algorithm)
	return ok
}

// For copies the store for a format: all that the format can hold, without what Losses
// says. A private key that has to stay behind leaves its certificates, to trust.
func (s *Store) For(f Format) *Store {
	out := New()
	out.Rand = s.Rand
	if s.from != nil && s.from.format == f {
		out.from = &source{format: f, version: 2, bags: slices.Clone(s.from.bags)}
	}
	aliases := aliasSet{}
	for i, e := range s.entries {
		switch {
		case e.loss(f, i) == "":
			out.add(e.Clone(), aliases)
		case e.Kind == PrivateKey:
			for n, raw := range e.chain {
				if f == DER && (i > 0 || n > 0) {
					break
				}
				alias := e.Alias
				if n > 0 {
					alias = strings.ToLower(nameOf(raw))
				}
				out.add(&Entry{Alias: alias, Kind: TrustedCert, Created: e.Created, chain: [][]byte{raw}}, aliases)
			}
		}
	}
	return out
}
