package trust_test

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestPHPTrustsInEachWayOfThePage(t *testing.T) {
	for _, way := range []struct{ name, setting string }{{"stream", "openssl.cafile"}, {"curl", "curl.cainfo"}} {
		fetch := []string{phpScript(t), way.name, "URL"}
		wantTrust(t, "php", "hello", hello, slices.Concat([]string{"php"}, fetch),
			slices.Concat([]string{"sh", "-c", `. ./env.sh && php "$@"`, "sh"}, fetch), // its php is not the program
			slices.Concat([]string{"php", "-d", way.setting + "=NAME.pem"}, fetch),
			slices.Concat([]string{"php"}, fetch, []string{"NAME.pem"}))
	}
}

// Why env.sh does more than to set the variable.
func TestPHPOverlooksTheVariableWhereItTakesCurl(t *testing.T) {
	fetch := func(way string) []string {
		return []string{"env", "SSL_CERT_FILE=NAME.pem", "php", phpScript(t), way, "URL"}
	}
	wantTrust(t, "php", "hello", hello, fetch("curl"), fetch("stream"))
}

func phpScript(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("testdata/fetch.php")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
