package trust_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// A variable that points to nothing is passed over in silence by most programs.
func TestEveryEnvironmentPointsToFilesThatAreThere(t *testing.T) {
	b := shapes(t)["several"]
	for _, c := range trust.Clients() {
		dir := write(t, c.Name, b)
		text, err := os.ReadFile(filepath.Join(dir, "env.sh"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(strings.TrimPrefix(line, "export "), "=")
			if !strings.HasPrefix(value, `"$PWD/`) {
				continue
			}
			path := run(t, dir, "sh", "-euc", `. ./env.sh && printf %s "$`+name+`"`)
			if _, err := os.Stat(path); err != nil || !filepath.IsAbs(path) {
				t.Errorf("%s: %s is %q: %v", c.Name, name, path, err)
			}
		}
	}
}
