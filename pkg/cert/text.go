package cert

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// PlainText undoes what mail programs and editors do to PEM: byte order marks, UTF-16,
// old line ends, indentation and quote marks.
func PlainText(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if bytes.HasPrefix(data, []byte(mark)) {
			data = fromUTF16(data[len(mark):], order)
			break
		}
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return data
	}
	var out []byte
	for line := range bytes.Lines(data) {
		out = append(out, bytes.TrimLeft(line, " \t>")...)
	}
	return out
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
