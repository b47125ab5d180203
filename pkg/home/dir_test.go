package home_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/home"
)

func open(t *testing.T, location string) home.Home {
	t.Helper()
	h, err := home.Open(location)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func keys(m map[string]string) []string  { return slices.Sorted(maps.Keys(m)) }
func equal(a, b map[string]string) bool  { return maps.Equal(a, b) }
func perm(t *testing.T, path string) any { return stat(t, path).Mode().Perm() }

func stat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func write(t *testing.T, h home.Home, name, content string, mode home.Mode) {
	t.Helper()
	err := h.Update(t.Context(), func(tx home.Tx) error {
		tx.Write(name, []byte(content), mode)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFirstWriteMakesTheDirectoryForItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config", "gwtls")
	h := open(t, dir)
	if _, err := h.Read(t.Context(), "keystore.p12"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read before the first write: got %v, want 'does not exist'", err)
	}
	refused := errors.New("refused")
	if err := h.Update(t.Context(), func(home.Tx) error { return refused }); err != refused {
		t.Errorf("got %v, want %v", err, refused)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an Update that wrote nothing left its directory: %v", err)
	}
	write(t, h, "keystore.p12", "a", home.Private)
	write(t, h, "gateway.yaml", "b", home.Public)
	for path, want := range map[string]fs.FileMode{"": 0o700, "keystore.p12": 0o600, "gateway.yaml": 0o644} {
		if got := perm(t, filepath.Join(dir, path)); got != want {
			t.Errorf("%q has mode %v, want %v", path, got, want)
		}
	}
}

func TestUpdateReadsItsOwnWritesAndNothingIsSeenBeforeItsEnd(t *testing.T) {
	h := open(t, t.TempDir())
	write(t, h, "b", "old", home.Private)
	old, _ := h.Read(t.Context(), "b")
	err := h.Update(t.Context(), func(tx home.Tx) error {
		data := []byte("new")
		tx.Write("a", data, home.Private)
		data[0] = 'X' // the caller's again
		tx.Delete("b")
		if blob, err := tx.Read("a"); string(blob.Data) != "new" {
			t.Errorf("within: got %q, %v", blob.Data, err)
		}
		if _, err := tx.Read("b"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("within, deleted: got %v", err)
		}
		if blob, err := h.Read(t.Context(), "b"); blob.Revision != old.Revision || err != nil {
			t.Errorf("from without: got %q, %v", blob.Data, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if blob, err := h.Read(t.Context(), "a"); string(blob.Data) != "new" || blob.Revision == old.Revision {
		t.Errorf("after: got %q, %v", blob.Data, err)
	}
	if got := list(t, h.Path("")); !slices.Equal(got, []string{"a"}) {
		t.Errorf("after: the directory holds %v", got)
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	h := open(t, t.TempDir())
	for _, name := range []string{"", ".", "..", "../x", "a/b", `a\b`, "/etc/passwd", "a\x00", home.JournalName, ".gwtls.lock"} {
		if _, err := h.Read(t.Context(), name); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Read(%q): got %v", name, err)
		}
		for _, f := range []func(home.Tx){
			func(tx home.Tx) { tx.Write(name, nil, home.Public) },
			func(tx home.Tx) { tx.Delete(name) },
		} {
			if err := h.Update(t.Context(), func(tx home.Tx) error { f(tx); return nil }); err == nil {
				t.Errorf("Update of %q: no error", name)
			}
		}
	}
	write(t, h, ".keystore", "Java's own default name", home.Private)
}

func TestReadIsBounded(t *testing.T) {
	h := open(t, t.TempDir())
	write(t, h, "keystore.p12", "", home.Private)
	if err := os.Truncate(h.Path("keystore.p12"), home.MaxLength+1); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Read(t.Context(), "keystore.p12"); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v, want 'too long'", err)
	}
	if err := os.Mkdir(h.Path("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Read(t.Context(), "folder"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: got %v", err)
	}
}

func TestLinksAreKept(t *testing.T) {
	for _, dangling := range []bool{false, true} {
		dir, elsewhere := t.TempDir(), t.TempDir()
		target := filepath.Join(elsewhere, "real.p12")
		// A link to a link, through a folder that is one as well.
		link(t, elsewhere, filepath.Join(dir, "store"))
		link(t, "store/real.p12", filepath.Join(dir, "one"))
		link(t, "one", filepath.Join(dir, "keystore.p12"))
		if !dangling {
			if err := os.WriteFile(target, []byte("old"), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		h := open(t, dir)
		write(t, h, "keystore.p12", "new", home.Private)
		if got, err := os.Readlink(h.Path("keystore.p12")); got != "one" {
			t.Errorf("the link leads to %q, %v", got, err)
		}
		if got, err := os.ReadFile(target); string(got) != "new" {
			t.Errorf("its target holds %q, %v", got, err)
		}
		if want := map[bool]fs.FileMode{false: 0o640, true: 0o600}[dangling]; perm(t, target) != want {
			t.Errorf("its target has mode %v, want %v", perm(t, target), want)
		}
		if got := list(t, elsewhere); !slices.Equal(got, []string{"real.p12"}) {
			t.Errorf("beside the target are %v", got)
		}
	}
	for _, target := range []string{"keystore.p12", "nowhere/keystore.p12"} {
		dir := t.TempDir()
		link(t, target, filepath.Join(dir, "keystore.p12"))
		err := open(t, dir).Update(t.Context(), func(tx home.Tx) error { tx.Write("keystore.p12", nil, home.Private); return nil })
		if err == nil {
			t.Errorf("a link to %q was written to", target)
		}
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestAnExistingFileKeepsItsPermissions(t *testing.T) {
	h := open(t, t.TempDir())
	write(t, h, "keystore.p12", "old", home.Private)
	if err := os.Chmod(h.Path("keystore.p12"), 0o440); err != nil {
		t.Fatal(err)
	}
	write(t, h, "keystore.p12", "new", home.Private)
	if got := perm(t, h.Path("keystore.p12")); got != fs.FileMode(0o440) {
		t.Errorf("got mode %v, want 0440", got)
	}
}

func TestSameContentIsNotWrittenAgain(t *testing.T) {
	h := open(t, t.TempDir())
	write(t, h, "keystore.pw", "same", home.Private)
	before := stat(t, h.Path("keystore.pw"))
	write(t, h, "keystore.pw", "same", home.Private)
	if !os.SameFile(before, stat(t, h.Path("keystore.pw"))) {
		t.Error("another file has taken its place")
	}
}

// A program that knows no lock of ours, keytool for instance, is not overwritten.
func TestForeignChangeMakesUpdateRunAgain(t *testing.T) {
	h := open(t, t.TempDir())
	write(t, h, "keystore.p12", "0", home.Private)
	foreign := func(content string) {
		if err := os.WriteFile(h.Path("keystore.p12"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runs := 0
	add := func(tx home.Tx) error {
		runs++
		blob, err := tx.Read("keystore.p12")
		if runs == 1 {
			foreign("0 foreign")
		}
		tx.Write("keystore.p12", append(blob.Data, " ours"...), home.Private)
		return err
	}
	if err := h.Update(t.Context(), add); err != nil {
		t.Fatal(err)
	}
	if blob, _ := h.Read(t.Context(), "keystore.p12"); string(blob.Data) != "0 foreign ours" || runs != 2 {
		t.Errorf("after %d runs: %q", runs, blob.Data)
	}
	err := h.Update(t.Context(), func(tx home.Tx) error {
		tx.Read("keystore.p12")
		runs++
		foreign(fmt.Sprint(runs))
		tx.Write("other", nil, home.Private)
		return nil
	})
	if !errors.Is(err, home.ErrConflict) || !strings.Contains(err.Error(), h.Path("")) {
		t.Errorf("got %v, want ErrConflict and the path", err)
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	h := open(t, dir)
	var writers sync.WaitGroup
	for i := range 20 {
		cmd := child(t, "append", dir, fmt.Sprintf("process %d:", i))
		writers.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	for i := range 20 {
		writers.Go(func() {
			if err := appendLines(h, fmt.Sprintf("goroutine %d:", i), 5); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	blob, err := h.Read(t.Context(), "lines")
	if got := bytes.Count(blob.Data, []byte("\n")); err != nil || got != 200 {
		t.Errorf("%d lines, want 200; %v", got, err)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"lines"}) {
		t.Errorf("the directory holds %v", got)
	}
}

func TestFirstRunsAtOnceMakeOneRoot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var runs sync.WaitGroup
	found := make([]string, 10)
	for i := range found {
		cmd := child(t, "first", dir, fmt.Sprint("root of process ", i))
		runs.Go(func() {
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			found[i] = string(out)
		})
	}
	runs.Wait()
	if roots := slices.Compact(slices.Sorted(slices.Values(found))); len(roots) != 1 {
		t.Errorf("got %q", roots)
	}
}

func TestWaitingForAnotherWriterEndsWithTheContext(t *testing.T) {
	h := open(t, t.TempDir())
	held, done := make(chan struct{}), make(chan struct{})
	var other sync.WaitGroup
	other.Go(func() {
		if err := h.Update(t.Context(), func(home.Tx) error { close(held); <-done; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := h.Update(ctx, func(home.Tx) error { t.Error("got in"); return nil })
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), h.Path("")) {
		t.Errorf("got %v, want the deadline and the path", err)
	}
	close(done)
	other.Wait()
}

func TestACancelledUpdateWritesNothing(t *testing.T) {
	h := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	err := h.Update(ctx, func(tx home.Tx) error {
		tx.Write("keystore.p12", nil, home.Private)
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || len(list(t, h.Path(""))) != 0 {
		t.Errorf("got %v, and %v", err, list(t, h.Path("")))
	}
}

func TestOpenTakesADirectoryOnly(t *testing.T) {
	for _, location := range []string{"", "etcd://localhost:2379/gwtls", "https://example.com"} {
		if _, err := home.Open(location); !errors.Is(err, home.ErrLocation) {
			t.Errorf("Open(%q): %v, want ErrLocation", location, err)
		}
	}
}

func TestRealIsOneForAllSpellings(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	link(t, "folder", filepath.Join(dir, "link"))
	t.Chdir(dir)
	for _, location := range []string{"new/home", "./link/../new//home/", "folder/../new/x/../home", dir + "/link/../new/home"} {
		got, err := home.Real(location)
		if want, _ := home.Real(filepath.Join(dir, "new", "home")); got != want || err != nil {
			t.Errorf("%s leads to %s, %v, want %s", location, got, err, want)
		}
	}
	link(t, t.TempDir(), filepath.Join(dir, "away"))
	if got, _ := home.Real("away/../x"); filepath.Dir(got) == dir {
		t.Errorf("away/../x leads to %s, as if the link were a folder", got)
	}
}
