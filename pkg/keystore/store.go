package keystore

import (
	"fmt"
	"io"
	"strings"
)

// Store is a list of entries by alias. It is not safe for changes by several
// goroutines at once; opening keys of its entries is.
type Store struct {
	// Rand gives the salts and vectors of Encode; nil means crypto/rand. A reader that
	// repeats itself makes the file repeat itself, which only a file without secrets may.
	Rand io.Reader

	entries  []*Entry
	warnings []string
	from     *source // nil for a store that was not read from a file
}

// source is what a Store remembers of the file it came from.
type source struct {
	format     Format
	store      []byte   // the password the file was read with
	version    uint32   // JKS and JCEKS: 1 or 2
	tail       []byte   // JKS and JCEKS: what follows the digest
	bags       [][]byte // PKCS#12 and PEM: parts of other kinds, to be written again
	unverified bool     // nothing vouches for its content
	notJava    []string // what keeps Java 17 from reading it
	renamed    []string // aliases that two entries had
}

// New makes an empty store.
func New() *Store { return &Store{} }

// Entries in the order of the file.
func (s *Store) Entries() []*Entry { return s.entries }

// Get finds an entry by alias, without regard to case; nil where there is none.
func (s *Store) Get(alias string) *Entry {
	if i := s.index(alias); i >= 0 {
		return s.entries[i]
	}
	return nil
}

// Put adds an entry, in the place of one with the same alias where there is one.
func (s *Store) Put(e *Entry) {
	if i := s.index(e.Alias); i >= 0 {
		s.entries[i] = e
		return
	}
	s.entries = append(s.entries, e)
}

// Delete removes an entry and says whether there was one.
func (s *Store) Delete(alias string) bool {
	i := s.index(alias)
	if i < 0 {
		return false
	}
	s.entries = append(s.entries[:i:i], s.entries[i+1:]...)
	return true
}

// Rename gives an entry another alias, in lower case as Java wants it.
func (s *Store) Rename(old, alias string) error {
	e := s.Get(old)
	if e == nil {
		return fmt.Errorf("no entry %q", old)
	}
	if other := s.Get(alias); other != nil && other != e {
		return fmt.Errorf("there is an entry %q already", other.Alias)
	}
	e.Alias = strings.ToLower(alias)
	return nil
}

// Warnings are remarks on the file that was read: what could not be verified, and
// what was changed to make it usable.
func (s *Store) Warnings() []string { return s.warnings }

func (s *Store) warn(format string, args ...any) {
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

func (s *Store) index(alias string) int {
	for i, e := range s.entries {
		if strings.EqualFold(e.Alias, alias) {
			return i
		}
	}
	return -1
}
