package trust_test

import (
	"net/http"
	"os"
	"testing"
)

func TestNpmTrustsInEachWayOfThePage(t *testing.T) {
	registry := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"answer":"hello"}`))
	})
	// A cafile in the machine's own settings would win over the variable.
	npm := []string{"npm", "ping", "--registry", "URL", "--fetch-retries=0", "--globalconfig=" + os.DevNull}
	wantTrust(t, "npm", "hello", registry, npm, sourced(npm...), append(npm, "--cafile=NAME.pem"))
}
