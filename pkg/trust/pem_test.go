package trust_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
)

// Firefox, for one, takes nothing but a single block with nothing around it.
func TestPEMIsBareBlocks(t *testing.T) {
	for name, b := range shapes(t) {
		data, err := os.ReadFile(filepath.Join(write(t, "pem", b), b.Name()+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range b.Anchors {
			block, rest := pem.Decode(data)
			if block == nil || !bytes.HasPrefix(data, []byte("-----BEGIN CERTIFICATE-----\n")) || !bytes.Equal(block.Bytes, a.Raw) {
				t.Fatalf("%s: want the block of %s at the beginning of\n%s", name, a.Name, data)
			}
			data = rest
		}
		if len(data) > 0 {
			t.Errorf("%s: %q behind the last block", name, data)
		}
	}
}
