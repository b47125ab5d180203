package cmd

import (
	"io"
	"os"
	"time"

	"github.com/gwtls/gwtls/pkg/secret"
)

// Env is the world as a command sees it.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Now      func() time.Time
	Getenv   func(string) string

	// Ask has a person type a password; nil where standard input or standard
	// error is no terminal, and nothing is asked then.
	Ask func(label string) (secret.Value, error)
}

// OSEnv is the process's own world.
func OSEnv() *Env {
	return &Env{
		In:     os.Stdin,
		Out:    os.Stdout,
		Err:    os.Stderr,
		Now:    time.Now,
		Getenv: os.Getenv,
		Ask:    secret.Terminal(os.Stdin, os.Stderr),
	}
}
