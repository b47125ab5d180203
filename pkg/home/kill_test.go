package home_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gwtls/gwtls/pkg/home"
)

// A scenario changes files from one whole to another.
type scenario struct {
	links    bool              // the files are links to another folder
	old, new map[string]string // a name that is missing is a file that is not there
	password string            // must be there wherever the store, its namesake, is new
}

var scenarios = map[string]scenario{
	"new single":         {new: map[string]string{"gateway.yaml": "new"}},
	"replaced single":    {old: map[string]string{"gateway.yaml": "old"}, new: map[string]string{"gateway.yaml": "new"}},
	"new pair":           {new: pair("new"), password: "keystore.pw"},
	"replaced pair":      {old: pair("old"), new: pair("new")},
	"linked pair":        {old: pair("old"), new: pair("new"), links: true},
	"links for a single": {old: pair("old"), new: map[string]string{"gateway.yaml": "new"}, links: true},
	"pair for a single": {old: map[string]string{"ca.p12": "old", "ca.pw": "old"}, new: pair("new"),
		password: "keystore.pw"},
}

func pair(content string) map[string]string {
	return map[string]string{"keystore.p12": content, "keystore.pw": content}
}

func (s scenario) prepare(t *testing.T, dir string) {
	t.Helper()
	elsewhere := t.TempDir()
	for name, content := range s.old {
		path := filepath.Join(dir, name)
		if s.links {
			if err := os.Symlink(filepath.Join(elsewhere, name), path); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (s scenario) change(h home.Home) error {
	return h.Update(context.Background(), func(tx home.Tx) error {
		for name := range s.old {
			tx.Delete(name)
		}
		for name, content := range s.new {
			tx.Write(name, []byte(content), home.Private)
		}
		return nil
	})
}

// stands is what the files of the scenario hold, read as a command would.
func (s scenario) stands(t *testing.T, h home.Home) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, files := range []map[string]string{s.old, s.new} {
		for name := range files {
			blob, err := h.Read(t.Context(), name)
			if err == nil {
				found[name] = string(blob.Data)
			} else if !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
	}
	return found
}

// After SIGKILL at any step of a write, all files are old or all are new, and the
// next write leaves nothing of the killed one behind.
func TestKilledAtEveryStep(t *testing.T) {
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				dir := t.TempDir()
				s.prepare(t, dir)
				step := runKilled(t, "change", dir, name, n)
				if step == "" {
					if n < 4 {
						t.Errorf("only %d steps", n-1)
					}
					return
				}
				s.check(t, dir, step)
			}
		})
	}
}

func (s scenario) check(t *testing.T, dir, step string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "keystore.p12")); s.password != "" && err == nil {
		if _, err := os.Stat(filepath.Join(dir, s.password)); err != nil {
			t.Errorf("killed at %q: to another program, the new store stands without its password", step)
		}
	}
	h := open(t, dir)
	found := s.stands(t, h)
	if !equal(found, s.old) && !equal(found, s.new) {
		t.Errorf("killed at %q: got %v, want all of %v or all of %v", step, found, s.old, s.new)
	}
	if err := s.change(h); err != nil {
		t.Fatalf("killed at %q: the next write: %v", step, err)
	}
	if found := s.stands(t, h); !equal(found, s.new) {
		t.Errorf("killed at %q: after the next write, got %v, want %v", step, found, s.new)
	}
	want := keys(s.new)
	if got := list(t, dir); !slices.Equal(got, want) {
		t.Errorf("killed at %q: after the next write the directory holds %v, want %v", step, got, want)
	}
	for name := range s.old {
		if link, err := os.Readlink(filepath.Join(dir, name)); s.links && s.new[name] != "" {
			if err != nil {
				t.Fatal(err)
			}
			if got := list(t, filepath.Dir(link)); !slices.Equal(got, want) {
				t.Errorf("killed at %q: where the links lead are %v, want %v", step, got, want)
			}
		}
	}
}

// Nor does it matter if the one who finishes the change is killed as well.
func TestKilledWhileFinishing(t *testing.T) {
	for _, role := range []string{"read", "append"} {
		for n := 1; ; n++ {
			dir := t.TempDir()
			s := scenarios["replaced pair"]
			s.prepare(t, dir)
			begin(t, dir, "replaced pair")
			step := runKilled(t, role, dir, "keystore.p12", n)
			if found := s.stands(t, open(t, dir)); !equal(found, s.new) {
				t.Errorf("killed at %q: got %v, want %v, as the journal was begun", step, found, s.new)
			}
			if step == "" {
				break
			}
		}
	}
}

// begin has a writer killed that has just promised its change in the journal.
func begin(t *testing.T, dir, scenario string) {
	t.Helper()
	trial := t.TempDir()
	for n := 1; ; n++ {
		for _, e := range list(t, trial) {
			os.Remove(filepath.Join(trial, e))
		}
		scenarios[scenario].prepare(t, trial)
		if step := runKilled(t, "change", trial, scenario, n); step == "began the journal" {
			runKilled(t, "change", dir, scenario, n)
			return
		} else if step == "" {
			t.Fatal("no step begins the journal")
		}
	}
}
