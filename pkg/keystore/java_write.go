package keystore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// encodeJava writes the container. Entries that are as they were read are written as the
// bytes that were read, so that an unchanged store is an unchanged file.
func (s *Store) encodeJava(f Format, p Passwords, rnd io.Reader) ([]byte, error) {
	if p.Store == nil {
		return nil, fmt.Errorf("%s: %w", f, ErrPasswordNeeded)
	}
	w := javaWriter{format: f, version: 2, p: p, rnd: rnd}
	magic := uint32(jksMagic)
	if f == JCEKS {
		magic = jceksMagic
	}
	var tail []byte
	if s.from != nil && s.from.format == f {
		w.version, w.same, tail = s.from.version, true, s.from.tail
	}
	w.u4(magic)
	w.u4(w.version)
	w.u4(uint32(len(s.entries)))
	for _, e := range s.entries {
		if err := w.entry(e); err != nil {
			return nil, fmt.Errorf("%s: entry %q: %w", f, e.Alias, err)
		}
	}
	w.out = append(w.out, javaDigest(p.Store, w.out)...)
	return append(w.out, tail...), nil
}

type javaWriter struct {
	format  Format
	version uint32
	same    bool // the store was read from a file of this format
	p       Passwords
	rnd     io.Reader
	out     []byte
}

func (w *javaWriter) u4(n uint32) { w.out = binary.BigEndian.AppendUint32(w.out, n) }

func (w *javaWriter) entry(e *Entry) error {
	var sealed []byte
	var err error
	if e.key != nil {
		if sealed, err = e.key.sealedFor(w.format, w.p, w.rnd); err != nil {
			return err
		}
	}
	if w.same && e.asRead() && bytes.Equal(sealed, e.origin.sealed) {
		w.out = append(w.out, e.origin.java...)
		return nil
	}
	w.u4(map[Kind]uint32{PrivateKey: javaKey, TrustedCert: javaCert, SecretKey: javaSecret}[e.Kind])
	if w.out, err = appendUTF(w.out, e.Alias); err != nil {
		return err
	}
	w.out = binary.BigEndian.AppendUint64(w.out, uint64(javaTime(e.Created)))
	switch e.Kind {
	case TrustedCert:
		return w.certificate(e.chain[0])
	case SecretKey:
		w.out = append(w.out, sealed...)
		return nil
	}
	w.u4(uint32(len(sealed)))
	w.out = append(w.out, sealed...)
	w.u4(uint32(len(e.chain)))
	for _, raw := range e.chain {
		if err := w.certificate(raw); err != nil {
			return err
		}
	}
	return nil
}

func (w *javaWriter) certificate(raw []byte) (err error) {
	if w.version == 2 {
		if w.out, err = appendUTF(w.out, "X.509"); err != nil {
			return err
		}
	}
	w.u4(uint32(len(raw)))
	w.out = append(w.out, raw...)
	return nil
}

// asRead says whether the entry is as its JKS or JCEKS file had it, but for its key.
func (e *Entry) asRead() bool {
	return e.origin.java != nil && e.Alias == e.origin.alias && e.Created.Equal(e.origin.created)
}

// javaTime is milliseconds since 1970; 0 stands for a date that is not known.
func javaTime(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
