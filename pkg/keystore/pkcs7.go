package keystore

import "fmt"

// decodePKCS7 reads the certificates of a SignedData, RFC 5652 section 5.1, whose
// signers, if there are any, are not looked at.
func decodePKCS7(data []byte) (*Store, error) {
	certs, err := pkcs7Certificates(data)
	if err != nil {
		return nil, fmt.Errorf("pkcs7: %w", err)
	}
	s := &Store{from: &source{format: PKCS7}}
	aliases := aliasSet{}
	for _, raw := range certs {
		s.addLoose(&Entry{Kind: TrustedCert, chain: [][]byte{raw}}, aliases)
	}
	return s, nil
}

func pkcs7Certificates(data []byte) ([][]byte, error) {
	data, err := toDER(data)
	if err != nil {
		return nil, badFormat("%w", err)
	}
	r := readDER(data)
	info := r.enter(tagSequence)
	if kind := info.oid(); kind != oidSignedData && !r.failed() {
		return nil, badFormat("content %v holds no certificates", kind)
	}
	signed := info.enter(contextConstr).enter(tagSequence)
	signed.int()             // version
	signed.want(tagSet)      // digest algorithms
	signed.want(tagSequence) // content
	var certs [][]byte
	if signed.at(contextConstr) {
		for set := signed.enter(contextConstr); set.more(); {
			if len(certs) == maxEntries {
				return nil, badFormat("%w", errTooMany)
			}
			// Other kinds of certificates than X.509 have tags of their own.
			if e := set.next(); e.tag == tagSequence {
				certs = append(certs, e.raw)
			}
		}
	}
	if r.failed() {
		return nil, badFormat("%w", r.fault())
	}
	return certs, nil
}

// encodePKCS7 writes the certificates of all entries, each once, without signers.
func (s *Store) encodePKCS7() []byte {
	var certs []byte
	seen := map[string]bool{}
	for _, e := range s.entries {
		for _, raw := range e.chain {
			if !seen[string(raw)] {
				seen[string(raw)] = true
				certs = append(certs, raw...)
			}
		}
	}
	signed := der(tagSequence, derInt(1), der(tagSet), der(tagSequence, oidData.der()),
		der(contextConstr, certs), der(tagSet))
	return der(tagSequence, oidSignedData.der(), der(contextConstr, signed))
}
