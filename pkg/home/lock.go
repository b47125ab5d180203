package home

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const lockName = own + "lock"

// lock keeps all other writers out, those of this process too, until unlock is
// called: the kernel gives each opening of the file a lock of its own, and takes
// it back when the process dies. The file goes away with the lock, and so does a
// directory that was made for it and stayed empty.
func (d dir) lock(ctx context.Context) (unlock func(), err error) {
	path, made := d.Path(lockName), false
	for wait := time.Millisecond; ; wait = min(2*wait, 16*time.Millisecond) {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			made = true
			err = d.make()
			if err == nil {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		if err = flock(f); err == nil && stands(f) {
			return func() { d.unlock(f, made) }, nil
		}
		f.Close()
		if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, &fs.PathError{Op: "lock", Path: path, Err: err}
		}
		// flock(2) cannot wait and heed a context at once.
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the other writer of %s: %w", d.path, context.Cause(ctx))
		case <-time.After(wait):
		}
	}
}

func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// stands says whether the file is still the one at its path: the writer before
// may have removed it between our opening and our locking it.
func stands(f *os.File) bool {
	ours, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(f.Name())
	return err == nil && os.SameFile(ours, there)
}

func (d dir) unlock(f *os.File, made bool) {
	os.Remove(f.Name()) // while locked, so that nobody else's is removed
	if made {
		os.Remove(d.path)
	}
	f.Close()
}

func (d dir) make() error {
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(d.path))
}
