package cmd_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// fence is a block of code, or of commands that only make what the page's reader has already.
var fence = regexp.MustCompile("(?ms)^(?:```|<!--)(\\w*)\n(.*?)^(?:```|-->)$")

// TestDocs runs the commands of each page as a reader would, from top to bottom in
// one empty folder. `gwtls serve` goes on in the background to the page's end.
func TestDocs(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var script strings.Builder
		for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
			if block[1] == "sh" {
				script.WriteString(runnable(t, block[2]))
			} else if regexp.MustCompile(`(?m)^\s*(\$ )?gwtls `).MatchString(block[2]) {
				t.Errorf("%s: a command stands in a block that is not marked sh, so no test runs it:\n%s", page, block[2])
			}
		}
		if script.Len() == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			runPage(t, script.String())
		})
	}
}

// runnable makes shell text of a block: make targets are looked up (`make test`
// is running us), services started and awaited.
func runnable(t *testing.T, block string) string {
	var b strings.Builder
	for line := range strings.Lines(block) {
		switch {
		case strings.HasPrefix(line, "make "):
			makefile, err := os.ReadFile("../Makefile")
			if err != nil {
				t.Fatal(err)
			}
			target := strings.Fields(line)[1]
			if !regexp.MustCompile("(?m)^" + target + ":").Match(makefile) {
				t.Errorf("there is no make %s", target)
			}
		case strings.HasPrefix(line, "gwtls serve") && !strings.Contains(line, "--check"):
			fmt.Fprintf(&b, "%s 2>>serve.log &\nawait_serving\n", strings.TrimSpace(line))
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

const prelude = `set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
started=0
await_serving() {
	started=$((started + 1))
	for _ in $(seq 200); do
		[ "$(grep -c ready serve.log)" -ge "$started" ] && return
		sleep 0.1
	done
	cat serve.log; return 1
}
`

func runPage(t *testing.T, script string) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", prelude+script)
	shell.Dir = dir
	shell.Env = []string{"HOME=" + dir, "PATH=" + filepath.Dir(binary(t)) + ":" + os.Getenv("PATH")}
	shell.Cancel = func() error { return shell.Process.Signal(os.Interrupt) }
	shell.WaitDelay = 10 * time.Second
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n--- the page's commands:\n%s", err, out, script)
	}
}
