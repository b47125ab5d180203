package home

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// own begins the names of a home's own files: its lock, journal and temporaries.
const own = ".gwtls."

// maxLength bounds every read: a store of 10,000 entries has some 30 MiB.
const maxLength = 64 << 20

// attempts bounds how often an Update runs anew because a program that knows no
// lock of ours, such as keytool, changed what it had read.
const attempts = 10

// Open gives the home at a location: a directory, made when first written to.
func Open(location string) (Home, error) {
	if location == "" || strings.Contains(location, "://") {
		return nil, ErrLocation
	}
	return dir{filepath.Clean(location)}, nil
}

// dir is a home in a directory, shared with other processes.
type dir struct{ path string }

func (d dir) Path(name string) string { return filepath.Join(d.path, name) }

// Read takes no lock: each file is replaced as a whole.
func (d dir) Read(ctx context.Context, name string) (Blob, error) {
	if err := checkName(name); err != nil {
		return Blob{}, err
	}
	if err := d.settle(ctx); err != nil {
		return Blob{}, err
	}
	return read(d.Path(name))
}

// settle waits for a writer of several files to end its change, or ends it for one
// who was killed.
func (d dir) settle(ctx context.Context) error {
	if _, err := os.Lstat(d.Path(journalName)); err != nil {
		return nil // there is none, as nearly always; or reading will tell
	}
	unlock, err := d.lock(ctx)
	if err != nil {
		return fmt.Errorf("finish the change begun in %s: %w", d.path, err)
	}
	defer unlock()
	return d.recover()
}

func (d dir) Update(ctx context.Context, f func(Tx) error) error {
	for range attempts {
		if err := d.update(ctx, f); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%s: %w", d.path, ErrConflict)
}

func (d dir) update(ctx context.Context, f func(Tx) error) error {
	unlock, locked := d.lock(ctx)
	switch {
	case locked == nil:
		defer unlock()
		if err := d.recover(); err != nil {
			return err
		}
	case !readOnly(locked):
		return locked
	}
	tx := &tx{dir: d, seen: map[string]string{}, changes: map[string]change{}}
	if err := f(tx); err != nil {
		return err
	}
	if tx.err != nil || len(tx.changes) == 0 {
		return tx.err
	}
	if locked != nil {
		return locked // a mounted secret, say: good to read, but not to write
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := tx.unchanged(); err != nil {
		return err
	}
	return d.commit(tx.changes)
}

func readOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

var errName = errors.New("cannot be the name of a file in a home")

// checkName refuses what is not a plain file name, or is a name of our own files.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") || strings.HasPrefix(name, own) {
		return &fs.PathError{Op: "open", Path: name, Err: errName}
	}
	return nil
}

// change is what shall become of one name.
type change struct {
	data   []byte
	mode   Mode
	delete bool
}

// tx gathers the changes of one Update, made under the lock.
type tx struct {
	dir     dir
	seen    map[string]string // revisions read, "" for a file that was not there
	changes map[string]change
	err     error // the first misuse, as Write and Delete return nothing
}

func (t *tx) Read(name string) (Blob, error) {
	if err := checkName(name); err != nil {
		return Blob{}, err
	}
	if c, ok := t.changes[name]; ok {
		if c.delete {
			return Blob{}, &fs.PathError{Op: "read", Path: t.dir.Path(name), Err: fs.ErrNotExist}
		}
		return newBlob(bytes.Clone(c.data)), nil
	}
	blob, err := read(t.dir.Path(name))
	if _, again := t.seen[name]; !again && (err == nil || errors.Is(err, fs.ErrNotExist)) {
		t.seen[name] = blob.Revision
	}
	return blob, err
}

func (t *tx) Write(name string, data []byte, mode Mode) {
	t.change(name, change{data: bytes.Clone(data), mode: mode})
}

func (t *tx) Delete(name string) { t.change(name, change{delete: true}) }

func (t *tx) change(name string, c change) {
	if err := checkName(name); err != nil && t.err == nil {
		t.err = err
	}
	t.changes[name] = c
}

// unchanged is ErrConflict where a file is no longer what the Update has read.
func (t *tx) unchanged() error {
	for _, name := range slices.Sorted(maps.Keys(t.seen)) {
		blob, err := read(t.dir.Path(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if blob.Revision != t.seen[name] {
			return ErrConflict
		}
	}
	return nil
}

func newBlob(data []byte) Blob {
	sum := sha256.Sum256(data)
	return Blob{data, hex.EncodeToString(sum[:])}
}

// read gives a whole regular file.
func read(path string) (Blob, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Blob{}, err
	}
	if !info.Mode().IsRegular() { // a pipe could keep us waiting
		return Blob{}, fmt.Errorf("read %s: not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return Blob{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxLength+1))
	if err != nil {
		return Blob{}, err
	}
	if len(data) > maxLength {
		return Blob{}, fmt.Errorf("read %s: too long, over %d MiB", path, maxLength>>20)
	}
	return newBlob(data), nil
}
