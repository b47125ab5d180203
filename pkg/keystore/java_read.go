package keystore

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// The container of JKS and JCEKS: numbers highest byte first, aliases in modified UTF-8,
// and a digest keyed with the password at the end. Java writes no other description of it
// than its source; FORMATS in the design notes was made by experiment.

const (
	jksMagic   = 0xfeedfeed
	jceksMagic = 0xcececece

	javaKey    = 1
	javaCert   = 2
	javaSecret = 3 // JCEKS only
)

var errCut = errors.New("it ends early")

// javaDigest is the trailer: a SHA-1 over password, a phrase, and all that stands before.
func javaDigest(password, content []byte) []byte {
	h := sha1.New()
	h.Write(bmp(password))
	h.Write([]byte("Mighty Aphrodite"))
	h.Write(content)
	return h.Sum(nil)
}

func decodeJava(data []byte, f Format, p Passwords) (*Store, error) {
	r := &javaReader{data: data}
	r.u4() // magic, which Sniff has seen
	s := &Store{from: &source{format: f, store: p.Store, version: r.u4()}}
	if v := s.from.version; r.err == nil && v != 1 && v != 2 {
		return nil, badFormat("%s: version %d", f, v)
	}
	count := r.u4()
	if count > maxEntries {
		return nil, badFormat("%s: %w", f, errTooMany)
	}
	aliases := aliasSet{}
	for range count {
		e := r.entry(s.from.version, f, p)
		if r.err != nil {
			return nil, badFormat("%s: entry %d: %w", f, len(s.entries)+1, r.err)
		}
		s.add(e, aliases)
	}
	content := data[:r.pos]
	digest := r.take(sha1.Size)
	if r.err != nil {
		return nil, badFormat("%s: %w", f, r.err)
	}
	s.from.tail = data[r.pos:]
	if p.Store == nil {
		s.from.unverified = true
		s.warn("read without its password: the store's integrity is not verified")
	} else if !hmac.Equal(digest, javaDigest(p.Store, content)) {
		return nil, fmt.Errorf("%s: %w, or the file was altered", f, ErrPassword)
	}
	return s, nil
}

// javaReader reads the container. The first fault stays in err.
type javaReader struct {
	data  []byte
	pos   int
	certs int // read so far
	err   error
}

func (r *javaReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// take gives the next n bytes; none after a fault.
func (r *javaReader) take(n int) []byte {
	if r.err == nil && (n < 0 || n > len(r.data)-r.pos) {
		r.err = errCut
	}
	if r.err != nil {
		return nil
	}
	r.pos += n
	return r.data[r.pos-n : r.pos : r.pos]
}

func (r *javaReader) u1() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *javaReader) u2() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *javaReader) u4() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *javaReader) u8() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// block is bytes after a length of four bytes.
func (r *javaReader) block() []byte { return r.take(int(r.u4())) }

// utf is text after a length of two bytes.
func (r *javaReader) utf() string {
	text, err := fromModifiedUTF8(r.take(int(r.u2())))
	if err != nil {
		r.fail(err)
	}
	return text
}

func (r *javaReader) entry(version uint32, f Format, p Passwords) *Entry {
	start := r.pos
	tag := r.u4()
	e := &Entry{Alias: r.utf()}
	if ms := int64(r.u8()); ms != 0 {
		e.Created = time.UnixMilli(ms).UTC()
	}
	switch {
	case tag == javaKey:
		e.Kind = PrivateKey
		e.key = &keyMaterial{format: f, sealed: r.block(), from: p}
		n := r.u4()
		if r.certs += int(n); r.certs > maxEntries {
			r.fail(fmt.Errorf("more than %d certificates", maxEntries))
		}
		for i := uint32(0); i < n && r.err == nil; i++ {
			e.chain = append(e.chain, r.certificate(version))
		}
	case tag == javaCert:
		e.Kind = TrustedCert
		e.chain = [][]byte{r.certificate(version)}
	case tag == javaSecret && f == JCEKS:
		e.Kind = SecretKey
		e.key = &keyMaterial{format: f, sealed: r.javaObject(), from: p, isSecret: true}
	default:
		r.fail(fmt.Errorf("unknown kind %d", tag))
	}
	if r.err == nil {
		e.origin = origin{alias: e.Alias, created: e.Created, java: r.data[start:r.pos:r.pos]}
		if e.key != nil {
			e.origin.sealed = e.key.sealed
		}
	}
	return e
}

func (r *javaReader) certificate(version uint32) []byte {
	if version == 2 {
		if kind := r.utf(); r.err == nil && kind != "X.509" && kind != "X509" {
			r.fail(fmt.Errorf("a certificate of type %q", kind))
		}
	}
	return r.block()
}

// javaObject takes the bytes of a serialized object, whose end only its grammar tells.
func (r *javaReader) javaObject() []byte {
	if r.err != nil {
		return nil
	}
	_, n, err := parseJavaStream(r.data[r.pos:])
	if err != nil {
		r.fail(err)
		return nil
	}
	return r.take(n)
}
