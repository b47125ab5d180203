package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ErrLiteral refuses what names no source of a password, for it may be the
// password itself; so the text is not repeated.
var ErrLiteral = errors.New("a password is taken from file:PATH, env:NAME, fd:N, stdin or prompt, not from the command line")

// ErrNoTerminal says that there is nobody to ask.
var ErrNoTerminal = errors.New("no terminal to ask for the password on")

// ErrUnset says that the environment variable that was named holds nothing.
var ErrUnset = errors.New("not set, or empty")

// ErrTooLong says that what was named holds more than a password.
var ErrTooLong = errors.New("too long for a password")

// maxLength bounds what a source may hold: far above any password, and far below
// what a wrong path or an endless device would give.
const maxLength = 64 << 10

type kind string

const (
	fromFile   kind = "file"
	fromEnv    kind = "env"
	fromFD     kind = "fd"
	fromStdin  kind = "stdin"
	fromPrompt kind = "prompt"
)

// Source says where a password is to be had. The zero Source names none.
type Source struct {
	kind kind
	name string
}

// Parse reads file:PATH, env:NAME, fd:N, stdin or prompt; all else is [ErrLiteral].
func Parse(src string) (Source, error) {
	word, name, named := strings.Cut(src, ":")
	s := Source{kind(word), name}
	var valid bool
	switch s.kind {
	case fromFile:
		valid = name != "" && !strings.ContainsRune(name, 0)
	case fromEnv:
		valid = name != "" && !strings.ContainsAny(name, "=\x00")
	case fromFD:
		n, err := strconv.ParseUint(name, 10, 31)
		s.name = strconv.FormatUint(n, 10)
		valid = err == nil
		if n == 0 {
			s = Source{kind: fromStdin}
		}
	case fromStdin, fromPrompt:
		valid = !named
	}
	if !valid {
		return Source{}, ErrLiteral
	}
	return s, nil
}

// String is the source as Parse takes it.
func (s Source) String() string {
	if s.name == "" {
		return string(s.kind)
	}
	return string(s.kind) + ":" + s.name
}

// Reader gets passwords from sources. It is for one goroutine.
type Reader struct {
	Stdin  io.Reader
	Getenv func(string) string
	Ask    func(label string) (Value, error) // nil: no terminal
	used   map[Source]bool                   // streams that have been read to their end
}

// Read gets the password from s, without the newline at its end, if there is one.
// The label says to a person what the password is of.
func (r *Reader) Read(s Source, label string) (Value, error) {
	switch s.kind {
	case fromFile:
		return readFile(s.name)
	case fromEnv:
		password := r.Getenv(s.name)
		if password == "" {
			return Value{}, fmt.Errorf("environment variable %s: %w", s.name, ErrUnset)
		}
		return FromFile([]byte(password), s.String())
	case fromFD:
		return r.once(s, func() (Value, error) { return readFD(s) })
	case fromStdin:
		return r.once(s, func() (Value, error) { return read(r.Stdin, "standard input") })
	case fromPrompt:
		if r.Ask == nil {
			return Value{}, ErrNoTerminal
		}
		return r.Ask(label)
	}
	return Value{}, errors.New("no source of a password is named")
}

// once reads a stream the first time; what a second reading would find is its
// end, which must not be taken for an empty password.
func (r *Reader) once(s Source, read func() (Value, error)) (Value, error) {
	if r.used[s] {
		return Value{}, fmt.Errorf("%s gives one password, and was read already", s)
	}
	if r.used == nil {
		r.used = map[Source]bool{}
	}
	r.used[s] = true
	return read()
}

func readFile(path string) (Value, error) {
	f, err := os.Open(path)
	if err != nil {
		return Value{}, err
	}
	defer f.Close()
	return read(f, path)
}

// readFD reads a copy of the descriptor: closing the number a user named could
// close a file of ours.
func readFD(s Source) (Value, error) {
	n, err := strconv.Atoi(s.name)
	if err != nil {
		return Value{}, err
	}
	n, err = syscall.Dup(n)
	if err != nil {
		return Value{}, &fs.PathError{Op: "read", Path: s.String(), Err: err}
	}
	syscall.CloseOnExec(n)
	f := os.NewFile(uintptr(n), s.String())
	defer f.Close()
	return read(f, s.String())
}

func read(from io.Reader, name string) (Value, error) {
	password, err := io.ReadAll(io.LimitReader(from, maxLength+1))
	if err != nil {
		return Value{}, err
	}
	return FromFile(password, name)
}

// FromFile is the password in the content of a file of this name: all of it but one
// newline at the end, which editors and echo add.
func FromFile(password []byte, name string) (Value, error) {
	if len(password) > maxLength {
		return Value{}, fmt.Errorf("%s: %w, over %d bytes", name, ErrTooLong, maxLength)
	}
	s := string(password)
	if line, ok := strings.CutSuffix(s, "\n"); ok {
		s = strings.TrimSuffix(line, "\r")
	}
	return New([]byte(s)), nil
}
