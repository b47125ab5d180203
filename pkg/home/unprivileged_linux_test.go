package home_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"github.com/gwtls/gwtls/pkg/home"
)

// asNobody runs f with the rights of an ordinary user, whom permissions bind; the
// superuser's are taken from one thread, which ends with its goroutine.
func asNobody(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Getuid() == 0 {
			syscall.Setfsgid(65534)
			syscall.Setfsuid(65534)
		}
		f()
	}()
	<-done
}

// A mounted secret is read, by Update too, and a write to it says why it cannot be.
func TestReadOnlyDirectory(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir)
	write(t, h, "keystore.p12", "store", home.Public)
	for path, mode := range map[string]fs.FileMode{filepath.Dir(dir): 0o755, dir: 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(dir, 0o755)
	asNobody(func() {
		if blob, err := h.Read(t.Context(), "keystore.p12"); string(blob.Data) != "store" {
			t.Errorf("Read gave %q, %v", blob.Data, err)
		}
		update := func(write bool) error {
			return h.Update(t.Context(), func(tx home.Tx) error {
				if blob, err := tx.Read("keystore.p12"); string(blob.Data) != "store" {
					t.Errorf("Update read %q, %v", blob.Data, err)
				}
				if write {
					tx.Write("keystore.p12", []byte("new"), home.Private)
				}
				return nil
			})
		}
		if err := update(false); err != nil {
			t.Errorf("an Update that only reads: %v", err)
		}
		if err := update(true); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("an Update that writes: got %v", err)
		}
	})
	if got := list(t, dir); !slices.Equal(got, []string{"keystore.p12"}) {
		t.Errorf("the directory holds %v", got)
	}
}

func TestAWriteThatIsRefusedHalfwayChangesNothing(t *testing.T) {
	dir, closed := t.TempDir(), t.TempDir()
	link(t, filepath.Join(closed, "keystore.p12"), filepath.Join(dir, "keystore.p12"))
	for path, mode := range map[string]fs.FileMode{filepath.Dir(dir): 0o755, dir: 0o777, closed: 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	h := open(t, dir)
	asNobody(func() {
		if err := scenarios["new pair"].change(h); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("got %v", err)
		}
	})
	if got := list(t, dir); !slices.Equal(got, []string{"keystore.p12"}) {
		t.Errorf("the directory holds %v", got)
	}
}

func TestReplacedFileKeepsItsOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("only the superuser can give a file away; what follows is of one owner")
	}
	dir := t.TempDir()
	h := open(t, dir)
	write(t, h, "keystore.p12", "old", home.Private)
	path := h.Path("keystore.p12")
	if os.Getuid() == 0 {
		if err := os.Chown(path, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	before := stat(t, path).Sys().(*syscall.Stat_t)
	write(t, h, "keystore.p12", "new", home.Private)
	after := stat(t, path).Sys().(*syscall.Stat_t)
	if after.Uid != before.Uid || after.Gid != before.Gid || after.Mode != before.Mode {
		t.Errorf("got owner %d:%d, mode %o, want %d:%d, %o", after.Uid, after.Gid, after.Mode, before.Uid, before.Gid, before.Mode)
	}
}

// Where the group cannot be kept, ours does not gain what it had no right to.
func TestReplacedFileOfAGroupThatIsNotOurs(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir)
	write(t, h, "keystore.p12", "old", home.Private)
	for path, mode := range map[string]fs.FileMode{filepath.Dir(dir): 0o755, dir: 0o777, h.Path("keystore.p12"): 0o664} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	asNobody(func() { write(t, h, "keystore.p12", "new", home.Private) })
	want := fs.FileMode(0o644)
	if os.Getuid() != 0 {
		want = 0o664 // the same user, and so the same group
	}
	if got := perm(t, h.Path("keystore.p12")); got != want {
		t.Errorf("got mode %v, want %v", got, want)
	}
}
