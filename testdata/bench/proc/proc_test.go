package proc

import (
	"os/exec"
	"slices"
	"testing"
	"time"
)

func TestStatusOfAProgramWhoseNameHasParentheses(t *testing.T) {
	line := "4321 (a) S 9 (b) S 77 4321 4321 0 -1 4194560 1180 0 0 0 120 34 5 6 20 0 1 0 12345 100 50"
	got, ok := parseStatus([]byte(line))
	want := status{parent: 77, own: 1540 * time.Millisecond, children: 110 * time.Millisecond}
	if !ok || got != want {
		t.Errorf("parseStatus = %+v, %v; want %+v", got, ok, want)
	}
	for _, bad := range []string{"", "1 (x)", "1 (x) S 2 3", "1 (x) S p 2 3 0 -1 0 0 0 0 0 1 1 1 1 0"} {
		if s, ok := parseStatus([]byte(bad)); ok {
			t.Errorf("parseStatus(%q) = %+v, want none", bad, s)
		}
	}
}

func TestPSSIsTheLineOfThatName(t *testing.T) {
	rollup := "00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss:    5000 kB\nPss:    1234 kB\nPss_Anon:   99 kB\n"
	if got := parsePSS([]byte(rollup)); got != 1234 {
		t.Errorf("parsePSS = %d, want 1234", got)
	}
}

func TestCPUOfATreeCountsChildrenAliveAndEnded(t *testing.T) {
	// The first child ends and is waited for; the second is there until told to end.
	const work = `i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; `
	cmd := exec.Command("sh", "-c", `sh -c "$1"; sh -c "$1 read go"; true`, "sh", work)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	var seen time.Duration
	for end := time.Now().Add(20 * time.Second); seen < 30*time.Millisecond && time.Now().Before(end); seen = CPU(pid) {
		time.Sleep(5 * time.Millisecond)
	}
	if ids := Tree(pid); !slices.Contains(ids, pid) || len(ids) < 2 {
		t.Errorf("Tree = %v, want %d and a child", ids, pid)
	}
	seen = CPU(pid)
	stdin.Close()
	cmd.Wait() // "read go" finds the end of its input
	if got := Ended(cmd.ProcessState); got < seen {
		t.Errorf("Ended = %v, less than the %v that were seen before", got, seen)
	}
}
