package cmd_test

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gwtls/gwtls/cmd"
)

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){
		"gwtls": func() { os.Exit(cmd.Main(cmd.OSEnv(), os.Args[1:])) },
	})
}

// tidy removes what the tests of this package made together.
type tidy struct{ m *testing.M }

func (t tidy) Run() int {
	code := t.m.Run()
	os.RemoveAll(binaryDir)
	return code
}

// TestScripts runs each session of testdata/script as a user would type it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../testdata/script",
		RequireExplicitExec: false,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
	})
}
