package config

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/gwtls/gwtls/pkg/secret"
)

// Secret is where a password is, in the words of the command line's SRC. It is
// never the password.
type Secret string

// parse does not repeat the text: it may be the password, put in the wrong place.
func (s *Secret) parse(text string) error {
	if _, err := secret.Parse(text); err != nil {
		return errors.New("a password is not written here, but where it is: file:PATH, env:NAME, fd:N, stdin or prompt")
	}
	*s = Secret(text)
	return nil
}

// parse takes the short form of a store, its path alone.
func (s *Store) parse(text string) error {
	if text == "" {
		return errors.New("a store's path is empty")
	}
	*s = Store{File: text}
	return nil
}

// relativeTo makes the paths of a store relative to the folder of the file.
func (s *Store) relativeTo(dir string) {
	s.File = relative(dir, s.File)
	if path, ok := strings.CutPrefix(string(s.Password), "file:"); ok {
		s.Password = Secret("file:" + relative(dir, path))
	}
}

func relative(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
