package cmd

import (
	"os"
	"path/filepath"
	"testing"
)

// Whatever a CA, or somebody in its place, sends: it is read or refused, in bounded
// time and memory.
func FuzzReply(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("PK\x03\x04\x14\x00\x00\x00"))
	f.Add([]byte("MIIB"))
	f.Add([]byte("\xff\xfe-\x00-\x00"))
	files, _ := filepath.Glob("testdata/reply/*")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &material{operand: "reply"}
		if err := m.addReply(data); err != nil {
			return
		}
		certs, faults := m.certificates()
		if len(certs)+len(faults) > len(data) {
			t.Fatalf("%d certificates of %d bytes", len(certs)+len(faults), len(data))
		}
	})
}
