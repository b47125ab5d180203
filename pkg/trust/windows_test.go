package trust_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/gwtls/gwtls/pkg/trust"
)

// element is one of a stored certificate: {id, 1, length, data}.
type element struct {
	id   uint32
	data []byte
}

func elements(t *testing.T, b []byte) (out []element) {
	t.Helper()
	for len(b) > 0 {
		if len(b) < 12 || binary.LittleEndian.Uint32(b[8:]) > uint32(len(b)-12) {
			t.Fatalf("an element is cut short: %x", b)
		}
		id, one, n := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
		if id != 0 && one != 1 {
			t.Errorf("element %d has encoding %d, want 1", id, one)
		}
		out = append(out, element{id, b[12 : 12+n]})
		b = b[12+n:]
	}
	return out
}

// Windows is not run here: its registry files are UTF-16 with a mark and CRLF, and the
// blobs hold thumbprint, name and certificate, in this order.
func TestRegistryFilesAreAsWindowsWantsThem(t *testing.T) {
	for name, b := range shapes(t) {
		dir := write(t, "windows", b)
		text := readUTF16(t, filepath.Join(dir, "install-machine.reg"))
		if !strings.HasPrefix(text, "Windows Registry Editor Version 5.00\r\n\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
			t.Errorf("%s: want the header and CRLF throughout:\n%q", name, text)
		}
		keys := regexp.MustCompile(`\[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\([0-9A-F]{40})\]\r\n"Blob"=hex:((?:[0-9a-f]{2},?(?:\\\r\n  )?)+)\r\n`).FindAllStringSubmatch(text, -1)
		if len(keys) != len(b.Anchors) {
			t.Fatalf("%s: %d keys, want %d:\n%s", name, len(keys), len(b.Anchors), text)
		}
		for i, a := range b.Anchors {
			blob, err := hex.DecodeString(strings.NewReplacer(",", "", "\\\r\n  ", "").Replace(keys[i][2]))
			if err != nil {
				t.Fatal(err)
			}
			got := elements(t, blob)
			if len(got) != 3 || got[0].id != 3 || got[1].id != 11 || got[2].id != 32 {
				t.Fatalf("%s: elements %v, want 3, 11 and 32", name, got)
			}
			if keys[i][1] != a.SHA1() || strings.ToUpper(hex.EncodeToString(got[0].data)) != a.SHA1() {
				t.Errorf("%s: key %s and thumbprint %x, want %s", name, keys[i][1], got[0].data, a.SHA1())
			}
			if friendly := decodeUTF16(t, got[1].data); friendly != a.CN()+"\x00" {
				t.Errorf("%s: friendly name %q, want %q and a NUL", name, friendly, a.CN())
			}
			if !bytes.Equal(got[2].data, a.Raw) {
				t.Errorf("%s: the certificate of %s is not in its blob", name, a.Name)
			}
			if removal := readUTF16(t, filepath.Join(dir, "remove-machine.reg")); !strings.Contains(removal, `[-HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\ROOT\Certificates\`+a.SHA1()+"]\r\n") {
				t.Errorf("%s: %s is not removed:\n%s", name, a.Name, removal)
			}
		}
	}
}

func TestSerializedStoreHoldsEachCertificateAlone(t *testing.T) {
	b := shapes(t)["several"]
	data, err := os.ReadFile(filepath.Join(write(t, "windows", b), b.Name()+".sst"))
	if err != nil {
		t.Fatal(err)
	}
	rest, ok := bytes.CutPrefix(data, []byte("\x00\x00\x00\x00CERT"))
	if !ok {
		t.Fatalf("no header: %x", data[:8])
	}
	got := elements(t, rest)
	if len(got) != len(b.Anchors)+1 || got[len(got)-1].id != 0 {
		t.Fatalf("%d elements, want %d and an end", len(got), len(b.Anchors))
	}
	for i, a := range b.Anchors {
		if got[i].id != 32 || !bytes.Equal(got[i].data, a.Raw) {
			t.Errorf("element %d is not %s", i, a.Name)
		}
	}
}

func TestScriptsOfWindowsAreASCIIWithCRLFAndNameEveryCertificate(t *testing.T) {
	b := shapes(t)["several"]
	dir := write(t, "windows", b)
	for script, names := range map[string]func(trust.Anchor) string{
		"install.ps1": func(a trust.Anchor) string { return "'" + a.Name + ".cer'" },
		"install.cmd": func(a trust.Anchor) string { return `"%~dp0` + a.Name + `.cer"` },
		"remove.ps1":  trust.Anchor.SHA1,
		"remove.cmd":  trust.Anchor.SHA1,
	} {
		text, err := os.ReadFile(filepath.Join(dir, script))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(text, []byte("\n")) != bytes.Count(text, []byte("\r\n")) || bytes.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
			t.Errorf("%s: want ASCII and CRLF:\n%q", script, text)
		}
		for _, a := range b.Anchors {
			if !strings.Contains(string(text), names(a)) {
				t.Errorf("%s: no %s in\n%s", script, names(a), text)
			}
		}
	}
}

func readUTF16(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rest, ok := bytes.CutPrefix(data, []byte{0xff, 0xfe})
	if !ok {
		t.Fatalf("%s: no mark of UTF-16LE", path)
	}
	return decodeUTF16(t, rest)
}

func decodeUTF16(t *testing.T, data []byte) string {
	t.Helper()
	if len(data)%2 != 0 {
		t.Fatalf("half a unit of UTF-16: %x", data)
	}
	var units []uint16
	for ; len(data) > 0; data = data[2:] {
		units = append(units, binary.LittleEndian.Uint16(data))
	}
	return string(utf16.Decode(units))
}
