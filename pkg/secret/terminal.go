package secret

import (
	"bytes"
	"errors"
	"os"

	"github.com/manifoldco/promptui"
	"golang.org/x/term"
)

// ErrInterrupted says that the person asked has turned away: ^C or ^D.
var ErrInterrupted = errors.New("interrupted")

// Terminal gives what asks a person for a password, hiding what is typed; or nil
// unless both files are a terminal. In is the standard input of the process.
func Terminal(in, out *os.File) func(label string) (Value, error) {
	// /dev/null is a character device too, so a file's mode does not tell.
	if !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	return func(label string) (Value, error) {
		prompt := promptui.Prompt{
			Label:       label,
			Mask:        '*', // zero would show what is typed
			HideEntered: true,
			Stdout:      screen{out},
		}
		password, err := prompt.Run()
		if errors.Is(err, promptui.ErrInterrupt) || errors.Is(err, promptui.ErrEOF) {
			return Value{}, ErrInterrupted
		}
		if err != nil {
			return Value{}, err
		}
		return New([]byte(password)), nil
	}
}

// screen keeps the prompt from ringing the bell at every backspace, and from
// closing the file.
type screen struct{ file *os.File }

func (s screen) Write(p []byte) (int, error) {
	if _, err := s.file.Write(bytes.ReplaceAll(p, []byte{'\a'}, nil)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (screen) Close() error { return nil }
