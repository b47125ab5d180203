package trust

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

var _ = register(Client{
	Name: "windows",
	What: "Windows: Edge, Chrome, .NET, and what goes by its store",
	Files: []string{"NAME.cer", "NAME.p7b", "NAME.sst", "install.ps1", "install.cmd", "install-machine.reg",
		"remove.ps1", "remove.cmd", "remove-machine.reg"},
	make: windowsFiles,
})

func windowsFiles(b *Bundle) ([]File, error) {
	p7b, err := b.pkcs7()
	if err != nil {
		return nil, err
	}
	files := append(b.each(".cer", Anchor.DER), File{b.Name() + ".p7b", p7b}, File{b.Name() + ".sst", b.serializedStore()})
	scripts, err := b.texts("windows", "install.ps1", "install.cmd", "remove.ps1", "remove.cmd")
	if err != nil {
		return nil, err
	}
	for _, s := range scripts {
		files = append(files, File{s.Name, crlf(s.Data)})
	}
	for _, name := range []string{"install-machine.reg", "remove-machine.reg"} {
		text, err := b.text("windows-" + name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{name, utf16LE(crlf(text))})
	}
	return files, nil
}

// Properties of a certificate in a store of Windows ([MS-GPEF] 2.2.1.2, wincrypt.h).
const (
	propSHA1         = 3
	propFriendlyName = 11
	propCertificate  = 32
)

// property is an element of a stored certificate: what it is, 1, its length, itself;
// numbers are little-endian.
func property(id uint32, value []byte) []byte {
	var out []byte
	for _, n := range []uint32{id, 1, uint32(len(value))} {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	return append(out, value...)
}

// serializedStore is an SST file: version 0, the word CERT, the certificates without
// further properties, and an element of zeros.
func (b *Bundle) serializedStore() []byte {
	out := append([]byte{0, 0, 0, 0}, "CERT"...)
	for _, a := range b.Anchors {
		out = append(out, property(propCertificate, a.Raw)...)
	}
	return append(out, make([]byte, 12)...)
}

// RegistryBlob is the value under which the registry holds a certificate, as .reg
// files write it; the certificate comes last.
func (a Anchor) RegistryBlob() string {
	name := utf16LEBytes(a.CN() + "\x00")
	blob := append(property(propSHA1, a.sha1()), property(propFriendlyName, name)...)
	blob = append(blob, property(propCertificate, a.Raw)...)
	var out strings.Builder
	for i, c := range blob {
		switch {
		case i == 0:
		case i%24 == 0:
			out.WriteString(",\\\n  ")
		default:
			out.WriteString(",")
		}
		fmt.Fprintf(&out, "%02x", c)
	}
	return out.String()
}

// crlf ends lines as Windows does.
func crlf(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }

// utf16LE is the encoding of .reg files, with its mark.
func utf16LE(text []byte) []byte { return append([]byte{0xff, 0xfe}, utf16LEBytes(string(text))...) }

func utf16LEBytes(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}
