//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a foreign program may take; browsers on a busy machine need it.
const patience = 2 * time.Minute

// program is one of this machine, for a user whose home is given: what the machine's
// owner has set for trust (SSL_CERT_FILE and the like) does not reach it. It and what
// it starts end with the test.
func program(t *testing.T, home, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience) // not the test's, which ends before its cleanups
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, lookPath(t, name), args...)
	c.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 5 * time.Second
	return c
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test needs the program %s: make tools installs it", name)
	}
	return path
}

// say runs a program to its end and gives all that it said.
func say(t *testing.T, c *exec.Cmd) (string, error) {
	t.Helper()
	out, err := c.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatalf("%s: %v\n%s", strings.Join(c.Args, " "), err, out)
	}
	return string(out), err
}

// must is say for a program that has to end well.
func must(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	out, err := say(t, c)
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(c.Args, " "), err, out)
	}
	return out
}

// running is a program in the background.
type running struct {
	cmd   *exec.Cmd
	found []string // what matched in the line by which it was ready
	said  *lineWatch
	ended chan error
}

// start runs a program in the background, and returns once a line of what it says
// matches ready. Whoever starts it waits for it.
func start(t *testing.T, c *exec.Cmd, ready string) *running {
	t.Helper()
	r := &running{cmd: c, ended: make(chan error, 1)}
	r.said = &lineWatch{ready: regexp.MustCompile(ready), found: make(chan []string, 1)}
	c.Stdout, c.Stderr = r.said, r.said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- c.Wait() }()
	select {
	case r.found = <-r.said.found:
	case err := <-r.ended:
		t.Fatalf("%s ended before it was ready: %v\n%s", c.Args[0], err, r.said)
	}
	return r
}

// wait until it has ended, and end what it left behind.
func (r *running) wait() error {
	err := <-r.ended
	syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL)
	return err
}

// lineWatch keeps what is written to it, and tells of the first line that matches.
type lineWatch struct {
	ready *regexp.Regexp
	found chan []string

	mu   sync.Mutex
	said bytes.Buffer
	told bool
}

func (l *lineWatch) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.said.Write(p)
	if match := l.ready.FindStringSubmatch(l.said.String()); !l.told && match != nil {
		l.told = true
		l.found <- match
	}
	return n, err
}

func (l *lineWatch) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}
