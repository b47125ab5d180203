package home_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/gwtls/gwtls/pkg/home"
	"go.uber.org/goleak"
)

// What a process of its own is needed for, this test binary does as a child of itself.
const (
	roleVariable = "GWTLS_TEST_ROLE" // which of the roles
	killVariable = "GWTLS_TEST_KILL" // at which step, counted from 1, it kills itself
)

// roles take the home and an argument.
var roles = map[string]func(h home.Home, arg string) error{
	"append": func(h home.Home, arg string) error { return appendLines(h, arg, 5) },
	"first":  first,
	"change": func(h home.Home, arg string) error { return scenarios[arg].change(h) },
	"read":   func(h home.Home, arg string) error { _, err := h.Read(context.Background(), arg); return err },
}

func TestMain(m *testing.M) {
	role := os.Getenv(roleVariable)
	if role == "" {
		goleak.VerifyTestMain(m)
	}
	if n, err := strconv.Atoi(os.Getenv(killVariable)); err == nil {
		home.OnStep(func(step string) {
			if n--; n == 0 {
				fmt.Println(step)
				syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		})
	}
	h, err := home.Open(os.Args[1])
	if err == nil {
		err = roles[role](h, os.Args[2])
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(t *testing.T, role, dir, arg string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, dir, arg)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	return cmd
}

// runKilled runs a child that is to die at its nth step, and tells which that was;
// "" where it had less steps and came to its end.
func runKilled(t *testing.T, role, dir, arg string, n int) (step string) {
	t.Helper()
	cmd := child(t, role, dir, arg)
	cmd.Env = append(cmd.Env, killVariable+"="+strconv.Itoa(n))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%s %s, to be killed at step %d: %v\n%s", role, arg, n, err, out)
	}
	return strings.TrimSpace(string(out))
}

// appendLines adds lines to one file, in an Update each.
func appendLines(h home.Home, mark string, n int) error {
	for i := range n {
		err := h.Update(context.Background(), func(tx home.Tx) error {
			blob, err := tx.Read("lines")
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			tx.Write("lines", fmt.Appendf(blob.Data, "%s %d\n", mark, i), home.Private)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// first makes a root and its password where there is none, and prints whose it is.
func first(h home.Home, mark string) error {
	var found string
	err := h.Update(context.Background(), func(tx home.Tx) error {
		blob, err := tx.Read("ca.p12")
		if errors.Is(err, fs.ErrNotExist) {
			found = mark
			tx.Write("ca.p12", []byte(mark), home.Private)
			tx.Write("ca.pw", []byte(mark), home.Private)
			return nil
		}
		found = string(blob.Data)
		return err
	})
	fmt.Println(found)
	return err
}
