package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
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

// Ten megabytes of what is slow to read for others take no time here.
func TestReplyOfTenMegabytesIsReadAtOnce(t *testing.T) {
	for name, unit := range map[string]string{
		"begins":  "-----BEGIN CERTIFICATE-----\n",
		"ends":    "-----BEGIN A-----\n-----END B-----\n",
		"colons":  "-----BEGIN CERTIFICATE-----\na: b\n\n",
		"base64":  "MIIB",
		"nesting": "\x30\x80",
		"sets":    "\x30\x84\x00\x9f\xff\xff",
	} {
		data := bytes.Repeat([]byte(unit), maxMaterial/len(unit))
		start := time.Now()
		m := &material{operand: "reply"}
		err := m.addReply(data)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: %v (%v)", name, took, err)
		}
	}
}
