package home_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gwtls/gwtls/pkg/home"
)

func TestWriteFileReplacesOnlyWhenAsked(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "gw.csr")
	if err := home.WriteFile(path, []byte("one"), home.Public, false); err != nil {
		t.Fatal(err)
	}
	err := home.WriteFile(path, []byte("two"), home.Public, false)
	if want := "write " + path + ": file already exists"; !errors.Is(err, fs.ErrExist) || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
	expect(t, path, "one", 0o644)
	if err := home.WriteFile(path, []byte("three"), home.Private, true); err != nil {
		t.Fatal(err)
	}
	expect(t, path, "three", 0o600) // as told: a key may come where a certificate was
	if got := list(t, dir); !slices.Equal(got, []string{"gw.csr"}) {
		t.Errorf("the folder holds %v", got)
	}
}

func expect(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content || perm(t, path) != mode {
		t.Errorf("%s holds %q, mode %v, want %q, %v; %v", path, got, perm(t, path), content, mode, err)
	}
}

func TestWriteFileHasOneWinner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gw.key")
	var wins atomic.Int32
	var writers sync.WaitGroup
	for range 20 {
		writers.Go(func() {
			err := home.WriteFile(path, []byte("key"), home.Private, false)
			if err == nil {
				wins.Add(1)
			} else if !errors.Is(err, fs.ErrExist) {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d writers made the file", wins.Load())
	}
}

func TestWriteFileAndLinks(t *testing.T) {
	dir := t.TempDir()
	target, path := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	link(t, "target", path)
	if err := home.WriteFile(path, []byte("one"), home.Public, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("through a link that leads nowhere, unasked: got %v", err)
	}
	for _, content := range []string{"one", "two"} {
		if err := home.WriteFile(path, []byte(content), home.Public, true); err != nil {
			t.Fatal(err)
		}
		expect(t, target, content, 0o644)
	}
	if got, err := os.Readlink(path); got != "target" {
		t.Errorf("the link leads to %q, %v", got, err)
	}
}

func TestWriteFileToWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := home.WriteFile(dir, nil, home.Public, true); err == nil {
		t.Error("a folder was written to")
	}
	if err := home.WriteFile(filepath.Join(dir, "no", "folder"), nil, home.Public, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no folder: got %v", err)
	}
	for _, replace := range []bool{false, true} {
		if err := home.WriteFile(os.DevNull, []byte("x"), home.Private, replace); err != nil {
			t.Error(err)
		}
	}
	if mode := stat(t, os.DevNull).Mode(); mode.Type() != fs.ModeDevice|fs.ModeCharDevice {
		t.Fatalf("%s has become %v", os.DevNull, mode)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		f, err := os.Open(pipe)
		if err != nil {
			t.Error(err)
		}
		defer f.Close()
		data, _ := io.ReadAll(f)
		read <- string(data)
	}()
	if err := home.WriteFile(pipe, []byte("certificate"), home.Public, false); err != nil {
		t.Error(err)
	}
	if got := <-read; got != "certificate" {
		t.Errorf("the pipe gave %q", got)
	}
}

func TestMakeDir(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust", "java")
	for range 2 {
		if err := home.MakeDir(path); err != nil {
			t.Error(err)
		}
	}
}
