package secret_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gwtls/gwtls/pkg/secret"
)

func source(t *testing.T, src string) secret.Source {
	t.Helper()
	s, err := secret.Parse(src)
	if err != nil {
		t.Fatalf("Parse(%q): %v", src, err)
	}
	return s
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLiteralPasswordIsRefusedAndNotRepeated(t *testing.T) {
	for _, src := range []string{
		password, "pass:" + password, "", ":", "file", "file:", "env", "env:", "env:A=" + password, "fd", "fd:", "fd:-1", "fd:+3",
		"fd:" + password, "fd:99999999999", "stdin:", "stdin:" + password, "prompt:" + password, "FILE:x", " stdin", "file:a\x00", "-",
	} {
		s, err := secret.Parse(src)
		if !errors.Is(err, secret.ErrLiteral) || s != (secret.Source{}) {
			t.Errorf("Parse(%q) = %v, %v, want ErrLiteral", src, s, err)
		}
		if err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("Parse(%q) repeats it: %v", src, err)
		}
	}
}

func TestSourcesInTheirOwnWords(t *testing.T) {
	for _, src := range []string{"file:/etc/gw.pw", "file:a:b", "env:GW_PASS", "fd:3", "stdin", "prompt"} {
		if got := source(t, src).String(); got != src {
			t.Errorf("%q became %q", src, got)
		}
	}
	if source(t, "fd:0") != source(t, "stdin") {
		t.Error("fd:0 is not standard input")
	}
}

func TestOneNewlineAtTheEndIsDropped(t *testing.T) {
	for content, want := range map[string]string{
		"p":       "p",
		"p\n":     "p",
		"p\r\n":   "p",
		"p\n\n":   "p\n",
		"p\r":     "p\r",
		" p q \n": " p q ",
		"a\nb\n":  "a\nb",
		"":        "",
		"\n":      "",
		"pä\n":    "pä",
	} {
		r := secret.Reader{Stdin: strings.NewReader(content), Getenv: func(string) string { return content }}
		for _, src := range []string{"stdin", "env:X", "file:" + file(t, content)} {
			v, err := r.Read(source(t, src), "")
			if src == "env:X" && content == "" {
				continue // no different from none
			}
			if got := string(v.Reveal()); err != nil || !v.Known() || got != want {
				t.Errorf("%q from %s: got %q, %v, want %q", content, src, got, err, want)
			}
		}
	}
}

func TestEnvironmentWithoutTheVariable(t *testing.T) {
	r := secret.Reader{Getenv: func(string) string { return "" }}
	if v, err := r.Read(source(t, "env:GW_PASS"), ""); v.Known() || err == nil || !strings.Contains(err.Error(), "GW_PASS") {
		t.Errorf("got %v, want an error that names the variable", err)
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	var r secret.Reader
	path := filepath.Join(t.TempDir(), "missing.pw")
	if _, err := r.Read(source(t, "file:"+path), ""); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("missing: got %v", err)
	}
	if _, err := r.Read(source(t, "file:"+filepath.Dir(path)), ""); err == nil {
		t.Error("a folder was read")
	}
}

func TestSourcesAreBounded(t *testing.T) {
	long := strings.Repeat(password, 64<<10)
	r := secret.Reader{Stdin: strings.NewReader(long), Getenv: func(string) string { return long }}
	for _, src := range []string{"file:/dev/zero", "file:" + file(t, long), "stdin", "env:LONG"} {
		_, err := r.Read(source(t, src), "")
		if err == nil || !strings.Contains(err.Error(), "too long") || strings.Contains(err.Error(), password) {
			t.Errorf("%s: got %.200v, want 'too long'", src, err)
		}
	}
}

func TestStreamsAreReadOnce(t *testing.T) {
	pipe := descriptor(t, "from a descriptor\n")
	r := secret.Reader{Stdin: strings.NewReader("from standard input\n")}
	for src, want := range map[string]string{"stdin": "from standard input", fmt.Sprint("fd:", pipe): "from a descriptor"} {
		v, err := r.Read(source(t, src), "")
		if string(v.Reveal()) != want || err != nil {
			t.Errorf("%s: got %q, %v", src, v.Reveal(), err)
		}
		if v, err := r.Read(source(t, src), ""); v.Known() || err == nil || !strings.Contains(err.Error(), src) {
			t.Errorf("%s a second time: got %q, %v", src, v.Reveal(), err)
		}
	}
	if err := syscall.Close(pipe); err != nil {
		t.Errorf("the descriptor is not its owner's any more: %v", err)
	}
	var gone secret.Reader
	if _, err := gone.Read(source(t, fmt.Sprint("fd:", pipe)), ""); !errors.Is(err, syscall.EBADF) {
		t.Errorf("a closed descriptor: got %v", err)
	}
}

// descriptor is the number of the reading end of a pipe that holds content.
func descriptor(t *testing.T, content string) int {
	t.Helper()
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.Write(ends[1], []byte(content)); err != nil {
		t.Fatal(err)
	}
	syscall.Close(ends[1])
	return ends[0]
}

func TestPromptNeedsATerminal(t *testing.T) {
	var r secret.Reader
	if _, err := r.Read(source(t, "prompt"), "Password"); !errors.Is(err, secret.ErrNoTerminal) {
		t.Errorf("got %v, want ErrNoTerminal", err)
	}
	r.Ask = func(label string) (secret.Value, error) { return secret.New([]byte("answer to " + label)), nil }
	if v, err := r.Read(source(t, "prompt"), "this"); string(v.Reveal()) != "answer to this" || err != nil {
		t.Errorf("got %q, %v", v.Reveal(), err)
	}
}

func TestNoSource(t *testing.T) {
	var r secret.Reader
	if v, err := r.Read(secret.Source{}, ""); v.Known() || err == nil {
		t.Errorf("got %v, %v", v, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range []string{"file:x", "env:X", "fd:3", "stdin", "prompt", "secret"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		s, err := secret.Parse(src)
		if err != nil {
			if err != secret.ErrLiteral {
				t.Errorf("%q: %v", src, err)
			}
			return
		}
		if again, err := secret.Parse(s.String()); again != s || err != nil {
			t.Errorf("%q became %q, and that %v, %v", src, s, again, err)
		}
	})
}
