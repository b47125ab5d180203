package secret_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/secret"
	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal: the side a person is at, and a program's.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	person = os.NewFile(uintptr(fd), "/dev/ptmx") // not blocking, so that it heeds deadlines
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// dialogue is with the program of TestMain: what a person reads, and what it prints.
type dialogue struct {
	t       *testing.T
	person  *os.File
	screen  bytes.Buffer
	printed bytes.Buffer
	program *exec.Cmd
}

func begin(t *testing.T) *dialogue {
	t.Helper()
	person, program := terminal(t)
	d := &dialogue{t: t, person: person}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d.program = exec.Command(binary)
	d.program.Env = append(os.Environ(), askVariable+"=1")
	d.program.Stdin, d.program.Stderr, d.program.Stdout = program, program, &d.printed
	d.program.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := d.program.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close() // it is the other's alone, so that its end is one here
	return d
}

// until reads the screen up to some words.
func (d *dialogue) until(words string) {
	d.t.Helper()
	d.person.SetReadDeadline(time.Now().Add(20 * time.Second))
	from := d.screen.Len()
	for !strings.Contains(d.screen.String()[from:], words) {
		part := make([]byte, 1024)
		n, err := d.person.Read(part)
		d.screen.Write(part[:n])
		if err != nil {
			d.t.Fatalf("waiting for %q: %v; the screen shows %q", words, err, d.screen.String())
		}
	}
}

func (d *dialogue) types(keys string) {
	d.t.Helper()
	if _, err := d.person.WriteString(keys); err != nil {
		d.t.Fatal(err)
	}
}

func (d *dialogue) end() (printed string, screen string) {
	d.t.Helper()
	d.person.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, _ = d.screen.ReadFrom(d.person) // ends with EIO, when the terminal is nobody's any more
	_ = d.program.Process.Kill()       // should it hang
	_ = d.program.Wait()               // its exit status says no more than what it printed
	return d.printed.String(), d.screen.String()
}

func TestPromptHidesWhatIsTyped(t *testing.T) {
	d := begin(t)
	d.until("Password of keystore.p12")
	d.types("ÄÖÜX")
	d.until("****")
	d.types("\x7fß\r")
	d.until("Once more")
	d.types("é è\r")
	printed, screen := d.end()
	if want := "\"ÄÖÜß\"\n\"é è\"\n"; printed != want {
		t.Errorf("got %q, want %q", printed, want)
	}
	if strings.ContainsAny(screen, "ÄÖÜXßéè") || strings.Contains(screen, "\a") {
		t.Errorf("it is shown, or the bell is rung: %q", screen)
	}
}

func TestPromptIsLeftByKeys(t *testing.T) {
	for name, key := range map[string]string{"^C": "\x03", "^D": "\x04"} {
		for _, before := range []string{"", "half a pass"} {
			d := begin(t)
			d.until("Password of keystore.p12")
			d.types(before + key)
			if printed, _ := d.end(); printed != secret.ErrInterrupted.Error()+"\n" {
				t.Errorf("%q and %s: got %q", before, name, printed)
			}
		}
	}
}

// A character device is no terminal, and one of the two files is not enough.
func TestNoTerminal(t *testing.T) {
	_, program := terminal(t)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, files := range [][2]*os.File{{null, null}, {null, program}, {program, null}, {nil, program}, {program, nil}} {
		if secret.Terminal(files[0], files[1]) != nil {
			t.Errorf("%v and %v pass for a terminal", files[0], files[1])
		}
	}
	if secret.Terminal(program, program) == nil {
		t.Error("a terminal passes for none")
	}
}
