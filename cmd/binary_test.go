package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// binary builds gwtls as `make build` does, once, and gives its path: for tests in
// which it must be a process of its own.
func binary(t *testing.T) string {
	t.Helper()
	path, err := buildBinary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var binaryDir string

var buildBinary = sync.OnceValues(func() (string, error) {
	var err error
	if binaryDir, err = os.MkdirTemp("", "gwtls-test-bin"); err != nil {
		return "", err
	}
	path := filepath.Join(binaryDir, "gwtls")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "./gwtls")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	return path, build.Run()
})
