package keystore

import "errors"

// maxBERNodes bounds the memory for a file that is not DER. NSS and Bouncy Castle,
// which write such files, need one node for every thousand bytes.
const maxBERNodes = 1 << 20

// maxBER bounds what is copied of such a file, layer by layer.
const maxBER = 16 << 20

var (
	errNesting  = errors.New("ASN.1 nested too deeply")
	errBERParts = errors.New("ASN.1 of too many parts")
	errBERSize  = errors.New("more than 16 MiB that are not DER")
)

// toDER gives the first value in data with definite lengths and with octet strings in
// one piece, which is how NSS and Bouncy Castle do not write them. Data that is so already
// is returned as it is; what follows the value is cut off.
func toDER(data []byte) ([]byte, error) {
	look := berMeter{}
	used, _, err := look.value(data, 0)
	if err != nil || !look.found {
		return data[:used], err
	}
	if used > maxBER {
		return nil, errBERSize
	}
	meter := berMeter{keep: true}
	if _, _, err := meter.value(data, 0); err != nil {
		return nil, err
	}
	w := berWriter{out: make([]byte, 0, used), sizes: meter.sizes}
	w.value(data, false)
	return w.out, nil
}

// berMeter finds the length that the content of each constructed value will have, in the
// order in which they start. Without keep it only looks whether there is anything to do.
type berMeter struct {
	keep, found bool
	sizes       []int
}

// value measures the value at the start of data: bytes taken, and bytes its content will have.
func (b *berMeter) value(data []byte, depth int) (used, size int, err error) {
	header, length, ok := derHeader(data)
	if !ok || length > len(data)-header {
		return 0, 0, errDER
	}
	tag := data[0]
	if tag&constructed == 0 {
		if length < 0 {
			return 0, 0, errDER
		}
		return header + length, length, nil
	}
	if depth == maxDepth {
		return 0, 0, errNesting
	}
	slot := len(b.sizes)
	if b.keep {
		if slot == maxBERNodes {
			return 0, 0, errBERParts
		}
		b.sizes = append(b.sizes, 0)
	}
	b.found = b.found || length < 0 || tag == tagOctetsSplit
	used = header
	for {
		if end, n := atEnd(data, header, length, used); end {
			used += n
			break
		}
		part := data[used:]
		if length >= 0 {
			part = data[used : header+length]
		}
		if tag == tagOctetsSplit && (len(part) == 0 || part[0]&^constructed != tagOctets) {
			return 0, 0, errDER
		}
		n, content, err := b.value(part, depth+1)
		if err != nil {
			return 0, 0, err
		}
		used += n
		size += content
		if tag != tagOctetsSplit {
			size += headerSize(part, content)
		}
	}
	if b.keep {
		b.sizes[slot] = size
	}
	return used, size, nil
}

// berWriter writes what berMeter has measured, and trusts it.
type berWriter struct {
	out   []byte
	sizes []int
}

// value writes the value at the start of data, or its content alone, and says how many
// bytes of data it took.
func (w *berWriter) value(data []byte, bare bool) (used int) {
	header, length, _ := derHeader(data)
	tag := data[0]
	if tag&constructed == 0 {
		w.header(data, length, bare)
		w.out = append(w.out, data[header:header+length]...)
		return header + length
	}
	size := w.sizes[0]
	w.sizes = w.sizes[1:]
	w.header(data, size, bare)
	used = header
	for {
		if end, n := atEnd(data, header, length, used); end {
			return used + n
		}
		used += w.value(data[used:], tag == tagOctetsSplit)
	}
}

func (w *berWriter) header(data []byte, size int, bare bool) {
	if bare {
		return
	}
	tag := data[:tagSize(data)]
	first := tag[0]
	if first == tagOctetsSplit {
		first = tagOctets
	}
	w.out = append(append(w.out, first), tag[1:]...)
	w.out = appendLength(w.out, size)
}

// atEnd says whether a constructed value of this header and length ends where used bytes
// of it are read, and how long its end is.
func atEnd(data []byte, header, length, used int) (end bool, n int) {
	if length >= 0 {
		return used >= header+length, 0
	}
	rest := data[used:]
	return len(rest) >= 2 && rest[0] == 0 && rest[1] == 0, 2
}

func headerSize(data []byte, size int) int {
	return tagSize(data) + len(appendLength(make([]byte, 0, 9), size))
}

// tagSize is how many bytes the tag at the start of data takes; derHeader has found it whole.
func tagSize(data []byte) int {
	n := 1
	if data[0]&0x1f == 0x1f {
		for data[n]&0x80 != 0 {
			n++
		}
		n++
	}
	return n
}
