package trust_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestDERIsAFileOfEachCertificateUnderBothExtensions(t *testing.T) {
	for name, b := range shapes(t) {
		dir := write(t, "der", b)
		for _, a := range b.Anchors {
			for _, extension := range []string{".cer", ".crt"} {
				data, err := os.ReadFile(filepath.Join(dir, a.Name+extension))
				if err != nil || !bytes.Equal(data, a.Raw) {
					t.Errorf("%s: %s%s: %v, %d bytes; want the certificate's %d", name, a.Name, extension, err, len(data), len(a.Raw))
				}
			}
		}
	}
}
