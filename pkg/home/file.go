package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// reached is nil but in the tests, which end the process at each step in turn.
var reached func(step string)

func step(name string) {
	if reached != nil {
		reached(name)
	}
}

func (m Mode) perm() fs.FileMode {
	if m == Public {
		return 0o644
	}
	return 0o600
}

// WriteFile writes a file outside of any home, as a whole or not at all. Unless
// it may replace, a file that stands is left alone: [fs.ErrExist]. A symbolic link
// is kept, and what it leads to replaced. A device or pipe is written to as it is.
func WriteFile(path string, data []byte, mode Mode, replace bool) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return writeThrough(path, data)
	}
	if replace {
		if path, _, err = follow(path); err != nil {
			return err
		}
	}
	temp, err := temporary(filepath.Dir(path), own+"out-*", data, mode.perm(), nil)
	if err != nil {
		return err
	}
	if replace {
		err = os.Rename(temp, path)
	} else {
		err = claim(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	return syncDir(filepath.Dir(path))
}

// MakeDir makes a folder for files of [WriteFile], and those above it.
func MakeDir(path string) error { return os.MkdirAll(path, 0o755) }

func writeThrough(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// claim gives a finished file its name, which nobody may have: a link is refused
// where a rename would replace. Where there are no links (FAT), an empty file
// takes the name first.
func claim(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil {
		return os.Remove(temp)
	}
	if !errors.Is(err, fs.ErrExist) {
		var f *os.File
		if f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			f.Close()
			return os.Rename(temp, path)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return &fs.PathError{Op: "write", Path: path, Err: fs.ErrExist}
	}
	return err
}

// temporary writes a file under a name of its own, down to the disk. Its mode, and
// the owner of the file it is to replace, are set while it is still empty.
func temporary(dir, pattern string, data []byte, perm fs.FileMode, replaced fs.FileInfo) (path string, err error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(f.Name())
		}
	}()
	step("made " + pattern)
	if replaced != nil {
		perm = keepOwner(f, replaced)
	}
	if err := f.Chmod(perm); err != nil && perm&0o004 == 0 { // FAT has no modes, and will do for what all may read
		return "", err
	}
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	step("wrote " + pattern)
	return f.Name(), f.Sync()
}

// keepOwner gives f the owner and group of the file it replaces, as far as we may,
// and tells the permissions to go with that.
func keepOwner(f *os.File, replaced fs.FileInfo) fs.FileMode {
	perm := replaced.Mode().Perm()
	was, ok := replaced.Sys().(*syscall.Stat_t)
	if !ok || f.Chown(int(was.Uid), int(was.Gid)) == nil || f.Chown(-1, int(was.Gid)) == nil {
		return perm
	}
	return perm&0o707 | perm&0o007<<3 // another group may do what everybody may
}

// syncDir makes names in a folder last; some file systems need and know no such thing.
func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
