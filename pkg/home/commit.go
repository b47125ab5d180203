package home

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// commit makes all changes visible. A single one is a rename; of several the
// journal is written first, and its rename is the moment from which on they are
// carried out to the end, if not by us, then by whoever comes next.
func (d dir) commit(changes map[string]change) error {
	moves, err := d.prepare(changes)
	if err == nil && len(moves) > 1 {
		err = d.writeJournal(moves)
	}
	if err != nil {
		return errors.Join(err, d.abandon(moves))
	}
	return d.carryOut(moves, false)
}

// abandon takes back what was prepared, the promise first.
func (d dir) abandon(moves []move) error {
	if err := os.Remove(d.Path(journalName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, m := range moves {
		if m.Temporary != "" {
			os.Remove(d.temporary(m))
		}
	}
	return nil
}

// prepare writes the temporaries of what is not as it shall be already, and tells
// of those it wrote on an error too.
func (d dir) prepare(changes map[string]change) (moves []move, err error) {
	var all []move
	for _, name := range order(changes) {
		m := move{Name: name}
		if !changes[name].delete { // that takes the link, and leaves its target
			if m, err = d.resolve(name); err != nil {
				return nil, err
			}
		}
		all = append(all, m)
	}
	d.clean(d.path)
	for _, folder := range d.folders(all) {
		d.clean(folder)
	}
	for _, m := range all {
		if c := changes[m.Name]; c.delete {
			if _, err := os.Lstat(d.Path(m.Name)); err == nil {
				moves = append(moves, m)
			}
		} else if m.Temporary, err = d.write(d.place(m), c); err != nil {
			return moves, err
		} else if m.Temporary != "" {
			moves = append(moves, m)
		}
	}
	return moves, nil
}

// write makes the temporary that is to replace the file at path; none, if that
// holds the same already.
func (d dir) write(path string, c change) (name string, err error) {
	was, err := os.Stat(path)
	if err == nil {
		blob, err := read(path)
		if err != nil || bytes.Equal(blob.Data, c.data) {
			return "", err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	folder := filepath.Dir(path)
	temp, err := temporary(folder, d.prefix(folder)+"*", c.data, c.mode.perm(), was)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	return filepath.Base(temp), nil
}

// order is that in which readers who know no journal are least misled: a new
// store never stands without the password beside it.
func order(changes map[string]change) []string {
	rank := func(name string) int {
		password := filepath.Ext(name) == ".pw"
		switch {
		case changes[name].delete && password:
			return 3
		case changes[name].delete:
			return 2
		case password:
			return 0
		}
		return 1
	}
	return slices.SortedFunc(maps.Keys(changes), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
	})
}

// carryOut moves all to its place and ends the journal. It may be done again, for
// a writer that was killed at it: what is missing then has been moved before.
func (d dir) carryOut(moves []move, again bool) error {
	for _, m := range moves {
		if err := d.move(m, again); err != nil {
			return err
		}
		step("moved " + m.Name)
	}
	for _, folder := range d.folders(moves) {
		if err := syncDir(folder); err != nil {
			return err
		}
	}
	step("synced the folders")
	if err := os.Remove(d.Path(journalName)); errors.Is(err, fs.ErrNotExist) {
		return nil // a single change has none
	} else if err != nil {
		return err
	}
	step("ended the journal")
	return syncDir(d.path)
}

func (d dir) move(m move, again bool) error {
	if m.Temporary == "" {
		if err := os.Remove(d.Path(m.Name)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	err := os.Rename(d.temporary(m), d.place(m))
	if again && errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(d.place(m))
	}
	return err
}

// resolve tells where a name is in truth, for symbolic links are kept.
func (d dir) resolve(name string) (move, error) {
	info, err := os.Lstat(d.Path(name))
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		return move{Name: name}, nil
	}
	target, _, err := follow(d.Path(name))
	return move{Name: name, Target: target}, err
}

func (d dir) place(m move) string { return cmp.Or(m.Target, d.Path(m.Name)) }

func (d dir) temporary(m move) string {
	return filepath.Join(filepath.Dir(d.place(m)), m.Temporary)
}

// folders are those that moves happen in.
func (d dir) folders(moves []move) []string {
	folders := map[string]bool{}
	for _, m := range moves {
		folders[filepath.Dir(d.place(m))] = true
	}
	return slices.Sorted(maps.Keys(folders))
}

// prefix begins the names of our temporaries. In a folder that a link leads to
// they bear this home's mark, lest two homes that lead there clean up each other's.
func (d dir) prefix(folder string) string {
	if folder == d.path {
		return own + "new-"
	}
	home, _, err := follow(d.path)
	if err != nil {
		home = d.path
	}
	mark := sha256.Sum256([]byte(home))
	return own + hex.EncodeToString(mark[:6]) + "-"
}

// clean removes what killed writers have left. It is only to save space and
// secrets lying about, so that its own failure is none.
func (d dir) clean(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), d.prefix(folder)) {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
