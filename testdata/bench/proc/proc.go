// Package proc reads what a program and all that it started have used: processor
// time and memory.
package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// tick is the unit of the times in /proc/PID/stat; Linux shows 100 a second on
// every platform that Go has.
const tick = 10 * time.Millisecond

// status is what /proc/PID/stat says of one process.
type status struct {
	parent   int
	own      time.Duration // user and system time
	children time.Duration // the same of children that ended and were waited for
}

// parseStatus reads proc_pid_stat(5). The name of the program, in parentheses, may
// hold spaces and parentheses of its own.
func parseStatus(b []byte) (status, bool) {
	end := bytes.LastIndexByte(b, ')')
	if end < 0 {
		return status{}, false
	}
	f := strings.Fields(string(b[end+1:]))
	const parent, utime, stime, cutime, cstime = 1, 11, 12, 13, 14
	if len(f) <= cstime {
		return status{}, false
	}
	n := map[int]int{}
	for _, i := range []int{parent, utime, stime, cutime, cstime} {
		v, err := strconv.Atoi(f[i])
		if err != nil {
			return status{}, false
		}
		n[i] = v
	}
	return status{
		parent:   n[parent],
		own:      time.Duration(n[utime]+n[stime]) * tick,
		children: time.Duration(n[cutime]+n[cstime]) * tick,
	}, true
}

// Alive says whether a process of this id is there.
func Alive(pid int) bool {
	_, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	return err == nil
}

// Tree lists root and everything below it.
func Tree(root int) []int {
	var ids []int
	for pid := range tree(root) {
		ids = append(ids, pid)
	}
	return ids
}

func tree(root int) map[int]status {
	all, children := map[int]status{}, map[int][]int{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		b, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it ended meanwhile
		}
		if s, ok := parseStatus(b); ok {
			all[pid] = s
			children[s.parent] = append(children[s.parent], pid)
		}
	}
	found := map[int]status{}
	for next := []int{root}; len(next) > 0; next = next[1:] {
		if s, ok := all[next[0]]; ok {
			found[next[0]] = s
			next = append(next, children[next[0]]...)
		}
	}
	return found
}

// CPU is the processor time used by root and all below it. For a live process it is
// the kernel's exact figure, the process's CPU clock, which utime and stime round to
// ticks; for children that have ended, the ticks.
func CPU(root int) time.Duration {
	var sum time.Duration
	for pid, s := range tree(root) {
		sum += s.children
		if exact, ok := clock(pid); ok {
			sum += exact
		} else {
			sum += s.own
		}
	}
	return sum
}

// clock reads another process's CPU clock, whose id is made as by clock_getcpuclockid(3).
func clock(pid int) (time.Duration, bool) {
	var ts syscall.Timespec
	id := int32(^pid<<3 | 2)
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(id), uintptr(unsafe.Pointer(&ts)), 0)
	return time.Duration(ts.Nano()), errno == 0
}

// Ended is the processor time of a process that was waited for, its own waited-for
// children included.
func Ended(p *os.ProcessState) time.Duration {
	return p.UserTime() + p.SystemTime()
}

// PSS is the memory of root and all below it in KiB, shared pages divided among those
// that share them.
func PSS(root int) int64 {
	var sum int64
	for pid := range tree(root) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err == nil {
			sum += parsePSS(b)
		}
	}
	return sum
}

func parsePSS(rollup []byte) int64 {
	for line := range strings.Lines(string(rollup)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kib
		}
	}
	return 0
}
