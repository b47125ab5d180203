package trust_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// docs/clients.md has a row for each client, with its other names and its files, and for
// nothing else.
func TestEveryClientHasItsRowInTheTableOfProof(t *testing.T) {
	rows := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*) \\|$").FindAllStringSubmatch(text(t, "../../docs", "clients.md"), -1) {
		cells := strings.Split(row[1], " | ")
		if len(cells) != 5 {
			t.Fatalf("a row has %d cells, want 5: %s", len(cells), row[0])
		}
		name := inCode(cells[0])[0]
		if rows[name] != nil {
			t.Errorf("%s has two rows", name)
		}
		rows[name] = cells
	}
	for _, c := range trust.Clients() {
		cells := rows[c.Name]
		if cells == nil {
			t.Errorf("%s has no row", c.Name)
			continue
		}
		delete(rows, c.Name)
		if got := inCode(cells[0])[1:]; !slices.Equal(got, c.Also) {
			t.Errorf("%s is also called %q there, want %q", c.Name, got, c.Also)
		}
		if got := inCode(cells[1]); !slices.Equal(got, c.Files) {
			t.Errorf("%s has the files %q there, want %q", c.Name, got, c.Files)
		}
	}
	for name := range rows {
		t.Errorf("there is a row for %s, which is no client", name)
	}
}

func TestTheTableOfProofNamesTestsThatAreThere(t *testing.T) {
	var sources string
	for _, dir := range []string{".", "../../cmd"} {
		files, err := filepath.Glob(dir + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources += string(source)
		}
	}
	for _, word := range inCode(text(t, "../../docs", "clients.md")) {
		if strings.HasPrefix(word, "Test") && !strings.Contains(sources, "\nfunc "+word+"(t *testing.T) {") {
			t.Errorf("there is no test %s", word)
		}
	}
}

// inCode gives the words that stand in backquotes.
func inCode(text string) []string {
	var words []string
	for _, match := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(text, -1) {
		words = append(words, match[1])
	}
	return words
}
