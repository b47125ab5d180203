package home_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/home"
)

// A journal that cannot be believed stops reading and writing, names itself, and
// changes nothing.
func TestDamagedJournal(t *testing.T) {
	for name, journal := range map[string]string{
		"empty":             "",
		"no journal":        "\x00\x00\x00\x00",
		"cut off":           `[{"name":"keystore.pw","temporary":".gwtls.new-1"},{"na`,
		"no moves":          `[]`,
		"goes on":           `[{"name":"keystore.p12"}] {}`,
		"unknown field":     `[{"name":"keystore.p12","to":"x"}]`,
		"another folder":    `[{"name":"../keystore.p12"}]`,
		"same name twice":   `[{"name":"keystore.p12"},{"name":"keystore.p12"}]`,
		"foreign temporary": `[{"name":"keystore.p12","temporary":"keystore.pw"}]`,
		"path to temporary": `[{"name":"keystore.p12","temporary":"../.gwtls.new-1"}]`,
		"no link":           `[{"name":"keystore.p12","temporary":".gwtls.new-1","target":"/etc/passwd"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			scenarios["replaced pair"].prepare(t, dir)
			path := filepath.Join(dir, home.JournalName)
			if err := os.WriteFile(path, []byte(journal), 0o600); err != nil {
				t.Fatal(err)
			}
			h := open(t, dir)
			_, readErr := h.Read(t.Context(), "keystore.p12")
			updateErr := h.Update(t.Context(), func(home.Tx) error { t.Error("Update ran"); return nil })
			for _, err := range []error{readErr, updateErr} {
				if !errors.Is(err, home.ErrJournal) || !strings.Contains(err.Error(), path) {
					t.Errorf("got %v, want ErrJournal and the path", err)
				}
			}
			os.Remove(path)
			if got := scenarios["replaced pair"].stands(t, h); !equal(got, pair("old")) {
				t.Errorf("the files are %v, want them as they were", got)
			}
		})
	}
}

// What is missing is not taken for moved, when nothing has come to its place.
func TestJournalWhoseTemporaryIsGone(t *testing.T) {
	dir := t.TempDir()
	begin(t, dir, "new pair")
	temporaries, _ := filepath.Glob(filepath.Join(dir, ".gwtls.new-*"))
	for _, path := range temporaries {
		os.Remove(path)
	}
	if _, err := open(t, dir).Read(t.Context(), "keystore.p12"); err == nil || len(temporaries) != 2 {
		t.Errorf("%d temporaries removed, and no error", len(temporaries))
	}
}

func TestLinkTurnedDuringAnUnfinishedChange(t *testing.T) {
	dir := t.TempDir()
	scenarios["linked pair"].prepare(t, dir)
	begin(t, dir, "linked pair")
	if err := os.Remove(filepath.Join(dir, "keystore.p12")); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(t.TempDir(), "keystore.p12"), filepath.Join(dir, "keystore.p12"))
	_, err := open(t, dir).Read(t.Context(), "keystore.pw")
	if !errors.Is(err, home.ErrJournal) || !strings.Contains(err.Error(), "keystore.p12 no longer leads") {
		t.Errorf("got %v", err)
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte(`[{"name":"keystore.pw","temporary":".gwtls.new-1"},{"name":"old.p12"}]`))
	f.Add([]byte(`[{"name":"k","temporary":".gwtls.0123456789ab-1","target":"/srv/k"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		moves, err := home.ParseJournal(data)
		if err != nil {
			return
		}
		for _, m := range moves {
			if strings.ContainsAny(m.Name+m.Temporary, `/\`) || m.Name == m.Temporary {
				t.Errorf("took %+v", m)
			}
		}
		again, err := json.Marshal(moves)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := home.ParseJournal(again); err != nil || !reflect.DeepEqual(moves, back) {
			t.Errorf("%q became %q: %v", data, again, err)
		}
	})
}
