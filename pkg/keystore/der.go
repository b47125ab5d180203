package keystore

import (
	"encoding/binary"
	"errors"
)

// Tags of ASN.1 as they stand in these files.
const (
	tagInteger     = 0x02
	tagOctets      = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagUTF8        = 0x0c
	tagBMP         = 0x1e
	tagGeneralTime = 0x18
	tagSequence    = 0x30
	tagSet         = 0x31
	constructed    = 0x20
	contextPrim    = 0x80
	contextConstr  = 0xa0
	tagOctetsSplit = tagOctets | constructed
)

var errDER = errors.New("broken ASN.1")

// element is one value: its first tag byte, its content and all of its bytes.
type element struct {
	tag       byte
	body, raw []byte
}

// derReader walks over the values of definite length in rest. The first fault stays in
// err, which the readers of nested values share, so that it is looked at once, at the end.
type derReader struct {
	rest []byte
	err  *error
}

func readDER(data []byte) *derReader { return &derReader{data, new(error)} }

func (r *derReader) failed() bool { return *r.err != nil }

func (r *derReader) fault() error { return *r.err }

func (r *derReader) fail() {
	r.rest = nil
	if *r.err == nil {
		*r.err = errDER
	}
}

// more says whether there are values left; after a fault there are none.
func (r *derReader) more() bool { return len(r.rest) > 0 && !r.failed() }

// next takes the next value, whatever it is.
func (r *derReader) next() element {
	if r.failed() {
		return element{}
	}
	header, length, ok := derHeader(r.rest)
	if !ok || length < 0 || length > len(r.rest)-header {
		r.fail()
		return element{}
	}
	e := element{r.rest[0], r.rest[header : header+length : header+length], r.rest[: header+length : header+length]}
	r.rest = r.rest[header+length:]
	return e
}

// want takes the next value, which must have the tag, and gives its content.
func (r *derReader) want(tag byte) []byte {
	e := r.next()
	if e.tag != tag && !r.failed() {
		r.fail()
	}
	if r.failed() {
		return nil
	}
	return e.body
}

// at says whether the next value has the tag.
func (r *derReader) at(tag byte) bool { return r.more() && r.rest[0] == tag }

// optional takes the next value if it has the tag.
func (r *derReader) optional(tag byte) ([]byte, bool) {
	if !r.at(tag) {
		return nil, false
	}
	return r.want(tag), true
}

// enter takes the next value, which must have the tag, and reads inside it.
func (r *derReader) enter(tag byte) *derReader { return &derReader{r.want(tag), r.err} }

// oid takes an object identifier as the bytes of its content.
func (r *derReader) oid() oid { return oid(r.want(tagOID)) }

// int takes a number that is not negative and fits in 31 bits: a version or a count.
func (r *derReader) int() int {
	body := r.want(tagInteger)
	if r.failed() {
		return 0
	}
	n := 0
	for _, b := range body {
		if n >= 1<<23 {
			r.fail()
			return 0
		}
		n = n<<8 | int(b)
	}
	if len(body) == 0 || body[0] >= 0x80 {
		r.fail()
	}
	return n
}

// derHeader reads tag and length at the start of data; length is -1 where it is indefinite.
func derHeader(data []byte) (header, length int, ok bool) {
	if len(data) < 2 {
		return 0, 0, false
	}
	i := 1
	if data[0]&0x1f == 0x1f { // a tag number over 30 goes on in base 128
		for i < len(data) && data[i]&0x80 != 0 {
			i++
		}
		i++
	}
	if i >= len(data) {
		return 0, 0, false
	}
	first := data[i]
	i++
	switch {
	case first < 0x80:
		return i, int(first), true
	case first == 0x80:
		return i, -1, true
	}
	n := int(first & 0x7f)
	if n > 8 || n > len(data)-i {
		return 0, 0, false
	}
	for _, b := range data[i : i+n] {
		if length >= 1<<31 {
			return 0, 0, false
		}
		length = length<<8 | int(b)
	}
	return i + n, length, true
}

// der writes a value: tag, length, and the parts as its content.
func der(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := appendHeader(make([]byte, 0, n+6), tag, n)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func appendHeader(out []byte, tag byte, n int) []byte { return appendLength(append(out, tag), n) }

func appendLength(out []byte, n int) []byte {
	if n < 0x80 {
		return append(out, byte(n))
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	i := 0
	for b[i] == 0 {
		i++
	}
	return append(append(out, 0x80|byte(8-i)), b[i:]...)
}

func derInt(n int) []byte {
	var b [9]byte
	binary.BigEndian.PutUint64(b[1:], uint64(n))
	i := 0
	for i < 8 && b[i] == 0 && b[i+1] < 0x80 {
		i++
	}
	return der(tagInteger, b[i:])
}

var derNull = []byte{tagNull, 0}
