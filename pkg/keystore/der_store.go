package keystore

import "fmt"

// decodeDER reads a file that is one certificate or one key, in DER.
func decodeDER(data []byte, p Passwords) (*Store, error) {
	s := &Store{from: &source{format: DER, store: p.Store}}
	raw, err := toDER(data)
	if err != nil {
		return nil, badFormat("der: %w", err)
	}
	var loose looseParts
	switch {
	case isPrivateKeyInfo(raw):
		err = loose.key(&keyMaterial{plain: raw}, "")
	case isEncryptedKeyInfo(raw):
		err = loose.key(&keyMaterial{format: DER, sealed: raw, from: p}, "")
	default:
		if kind := legacyKind(raw); kind != "" {
			var plain []byte
			if plain, err = toPKCS8(kind, raw); err == nil {
				err = loose.key(&keyMaterial{plain: plain}, "")
			}
			break
		}
		if _, ok := readCert(raw); !ok {
			return nil, badFormat("der: neither a certificate nor a private key")
		}
		loose.cert(raw, "")
	}
	if err != nil {
		return nil, fmt.Errorf("der: %w", err)
	}
	loose.into(s)
	return s, nil
}

func isEncryptedKeyInfo(raw []byte) bool {
	r := readDER(raw)
	seq := r.enter(tagSequence)
	seq.algorithm()
	seq.want(tagOctets)
	return !r.failed() && !seq.more()
}

// legacyKind tells the structures of RSA and EC keys apart by what follows the version;
// "" is neither.
func legacyKind(raw []byte) string {
	seq := readDER(raw).enter(tagSequence)
	version := seq.want(tagInteger)
	switch {
	case len(version) == 1 && seq.at(tagOctets):
		return "EC PRIVATE KEY"
	case len(version) == 1 && seq.at(tagInteger):
		return "RSA PRIVATE KEY"
	}
	return ""
}
