package home

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
)

// ErrJournal says that the record of an unfinished change cannot be used. What the
// files hold then is for a person to judge.
var ErrJournal = errors.New("the journal of an unfinished change is damaged")

const journalName = own + "journal"

// temporaryName is what os.CreateTemp makes of a prefix of ours.
var temporaryName = regexp.MustCompile(`^\.gwtls\.[0-9a-z]+-[0-9]+$`)

// move is one line of the journal: a finished temporary takes its place, or where
// there is none, the name goes.
type move struct {
	Name      string `json:"name"`
	Temporary string `json:"temporary,omitempty"` // in the folder of the place it will take
	Target    string `json:"target,omitempty"`    // where Name, if a symbolic link, leads to
}

// writeJournal is the promise to carry out the moves.
func (d dir) writeJournal(moves []move) error {
	data, err := json.Marshal(moves)
	if err != nil {
		return err
	}
	temp, err := temporary(d.path, d.prefix(d.path)+"*", data, 0o600, nil)
	if err != nil {
		return err
	}
	for _, folder := range d.folders(moves) { // a journal must not outlive what it speaks of
		err = errors.Join(err, syncDir(folder))
	}
	step("synced the temporaries")
	if err == nil {
		err = os.Rename(temp, d.Path(journalName))
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	step("began the journal")
	return syncDir(d.path)
}

// recover carries out a change that its writer was killed in. The lock is held.
func (d dir) recover() error {
	blob, err := read(d.Path(journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	moves, err := parseJournal(blob.Data)
	for _, m := range moves {
		if m.Temporary == "" {
			continue
		}
		// Where a link has been turned since, the temporary is not to be found, and
		// what it should replace would wrongly pass for the new.
		if now, failed := d.resolve(m.Name); failed != nil || now.Target != m.Target {
			err = errors.Join(err, failed, fmt.Errorf("%s no longer leads where it did", m.Name))
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %w", d.Path(journalName), ErrJournal, err)
	}
	return d.carryOut(moves, true)
}

func parseJournal(data []byte) ([]move, error) {
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	var moves []move
	if err := in.Decode(&moves); err != nil {
		return nil, err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it goes on after its end")
	}
	if len(moves) == 0 {
		return nil, errors.New("it is empty")
	}
	seen := map[string]bool{}
	for _, m := range moves {
		if err := checkName(m.Name); err != nil {
			return nil, err
		}
		if seen[m.Name] {
			return nil, fmt.Errorf("%q is in it twice", m.Name)
		}
		seen[m.Name] = true
		if m.Temporary != "" && !temporaryName.MatchString(m.Temporary) {
			return nil, fmt.Errorf("%q is not the name of a temporary", m.Temporary)
		}
	}
	return moves, nil
}
