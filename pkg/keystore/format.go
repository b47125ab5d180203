package keystore

import (
	"crypto/rand"
	"fmt"
	"io"
)

// Decode reads a store of any format that [Sniff] knows. Keys stay sealed; the store's
// password is verified where the format can do so. Without one, JKS and JCEKS can be
// listed, and [Store.Warnings] says that nothing was verified.
func Decode(data []byte, p Passwords) (*Store, Format, error) {
	if len(data) > maxFile {
		return nil, "", badFormat("%d bytes; at most %d are read", len(data), maxFile)
	}
	format := Sniff(data)
	var s *Store
	var err error
	switch format {
	case PKCS12:
		s, err = decodePKCS12(data, p)
	case JKS, JCEKS:
		s, err = decodeJava(data, format, p)
	case PEM:
		s, err = decodePEM(data, p)
	case PKCS7:
		s, err = decodePKCS7(data)
	case DER:
		s, err = decodeDER(data, p)
	default:
		err = refuse(data)
	}
	if err != nil {
		return nil, format, err
	}
	return s, format, nil
}

// Encode writes the store in a format. An entry that the format has no place for is an
// error that is ErrKind; [Store.For] leaves such entries out. Keys whose password stays are written as the bytes
// that were read; others are sealed with their own password, with p.Key, or with p.Store.
func (s *Store) Encode(f Format, p Passwords) ([]byte, error) {
	rnd := io.Reader(rand.Reader)
	if s.Rand != nil {
		rnd = s.Rand
	}
	size := 0
	for i, e := range s.entries {
		for _, raw := range e.chain {
			size += len(raw)
		}
		if what := e.misfit(f, i); what != "" {
			return nil, fmt.Errorf("%s: entry %q: %w: there is no place for %s", f, e.Alias, ErrKind, what)
		}
	}
	// PKCS#12 has certificates that chains share once, the others once a chain.
	if f != PKCS12 && size > maxFile || size > 8*maxFile {
		return nil, badFormat("%d bytes of certificates; a file of %d is not read again", size, maxFile)
	}
	switch f {
	case PKCS12:
		return s.encodePKCS12(p, rnd)
	case JKS, JCEKS:
		return s.encodeJava(f, p, rnd)
	case PEM:
		return s.encodePEM(p, rnd)
	case PKCS7:
		return s.encodePKCS7(), nil
	case DER:
		if len(s.entries) == 0 {
			return nil, fmt.Errorf("der: %w: the file holds one certificate", ErrKind)
		}
		return s.entries[0].chain[0], nil
	}
	return nil, fmt.Errorf("%w: stores of type %q are not written", ErrKind, f)
}
