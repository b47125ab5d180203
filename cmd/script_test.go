package cmd_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
		Dir:                "../testdata/script",
		RequireUniqueNames: true,
		Cmds:               map[string]func(*testscript.TestScript, bool, []string){"status": status},
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			stores, err := filepath.Abs("../testdata/keystores") // of other programs
			e.Setenv("STORES", stores)
			return err
		},
	})
}

// status runs a program that must end with an exit code: status 3 gwtls check h
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}
