package cmd_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gwtls/gwtls/"

// rooms is the picture of docs/architecture.md: which of our packages a room may
// import, and which outside modules live there.
var rooms = map[string]struct{ ours, outside []string }{
	"cmd/gwtls":    {ours: []string{"cmd"}},
	"cmd":          {ours: []string{"pkg/cert", "pkg/keystore", "pkg/home", "pkg/secret", "pkg/trust", "pkg/config", "pkg/identity", "proxy", "templates"}, outside: []string{"github.com/spf13/cobra"}},
	"pkg/cert":     {outside: []string{"golang.org/x/net/idna", "golang.org/x/net/publicsuffix"}},
	"pkg/keystore": {ours: []string{"pkg/cert"}, outside: []string{"software.sslmate.com/src/go-pkcs12"}},
	"pkg/home":     {outside: []string{"github.com/fsnotify/fsnotify"}},
	"pkg/secret":   {outside: []string{"github.com/manifoldco/promptui", "golang.org/x/term"}},
	"pkg/trust":    {ours: []string{"pkg/keystore", "pkg/cert", "templates"}, outside: []string{"rsc.io/qr"}},
	"pkg/config":   {ours: []string{"pkg/keystore", "pkg/cert", "pkg/secret"}, outside: []string{"go.yaml.in/yaml/v3"}},
	"pkg/identity": {ours: []string{"pkg/keystore", "pkg/cert", "pkg/home"}},
	"proxy":        {outside: []string{"github.com/gorilla/websocket", "golang.org/x/sys", "golang.org/x/net"}},
	"templates":    {},
}

func TestRoomsImportOnlyWhatTheArchitectureSays(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(pkg.ImportPath, module)
		if strings.HasPrefix(name, "testdata/") || len(pkg.Imports) == 0 {
			continue
		}
		room, ok := rooms[name]
		if !ok {
			t.Errorf("package %s is no room of the architecture", name)
			continue
		}
		for _, path := range pkg.Imports {
			ours, isOurs := strings.CutPrefix(path, module)
			switch first, _, _ := strings.Cut(path, "/"); {
			case isOurs && !slices.Contains(room.ours, ours):
				t.Errorf("%s imports %s, an arrow that is not in the architecture", name, ours)
			case !isOurs && strings.Contains(first, ".") && !slices.ContainsFunc(room.outside, func(m string) bool {
				return path == m || strings.HasPrefix(path, m+"/")
			}):
				t.Errorf("%s imports %s, which does not live in that room", name, path)
			}
		}
	}
}
