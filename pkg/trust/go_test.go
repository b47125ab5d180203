package trust_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestGoTrustsInEachWayOfThePage(t *testing.T) {
	fetch := filepath.Join(t.TempDir(), "fetch")
	build := exec.Command("go", "build", "-o", fetch, "testdata/fetch.go")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal(err)
	}
	wantTrust(t, "go", "hello", hello, []string{fetch, "URL"},
		sourced(fetch, "URL"),
		[]string{fetch, "URL", "NAME.pem"})
}
