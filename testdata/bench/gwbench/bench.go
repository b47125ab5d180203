package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/report"
)

// bench is one run: its scratch folder, its ports, and what it has started.
type bench struct {
	machine report.Machine // as it was when the run began

	dir    string
	port   int // the first of ours
	window time.Duration
	settle time.Duration
	idle   int
	load   int // clients at once, 0 for each workload's own number
	ids    *identities

	mu      sync.Mutex
	running []*instance
	backend *exec.Cmd
}

func newBench(o *options) (*bench, error) {
	b := &bench{machine: report.ThisMachine(), window: o.window, settle: min(o.window, 2*time.Second), idle: o.idle, load: o.clients}
	debug.SetGCPercent(400) // ours is not the processor time to be measured
	b.idle = allowDescriptors(b.idle)
	var err error
	if b.ids, err = newIdentities(); err != nil {
		return nil, err
	}
	all, err := loadTargets()
	if err != nil {
		return nil, err
	}
	if b.port, err = freePorts(o.port, portsEach*(1+len(all))); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp("", "gwbench"); err != nil {
		return nil, err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // for gateways that drop their privileges
		return nil, err
	}
	if err := b.startBackend(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// allowDescriptors lifts the limit on open files as far as may be, and gives how many
// of so many idle connections it carries.
func allowDescriptors(idle int) int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return idle
	}
	limit.Cur = limit.Max
	syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) // explicit, so that children inherit it
	const others = 600
	if most := (int(min(limit.Max, 1<<20)) - others) / 2; most < idle {
		fmt.Fprintf(os.Stderr, "at most %d open files: %d idle connections instead of %d\n", limit.Max, most, idle)
		return most
	}
	return idle
}

// freePorts finds so many ports in a row that nobody listens on. They lie below the
// ports that the kernel gives to clients, of which there are very many here.
func freePorts(from, n int) (int, error) {
next:
	for first := from; first+n < 32000; first += n {
		for p := first; p < first+n; p++ {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
			if err != nil {
				continue next
			}
			l.Close()
		}
		return first, nil
	}
	return 0, fmt.Errorf("no %d free ports in a row from %d", n, from)
}

func (b *bench) startBackend() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b.backend = exec.Command(self, "backend", "-tcp", fmt.Sprintf("127.0.0.1:%d", b.port), "-http", fmt.Sprintf("127.0.0.1:%d", b.port+1))
	b.backend.Env = []string{"GOGC=400"}
	b.backend.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := b.backend.Start(); err != nil {
		return err
	}
	for range 500 {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.port+1))
		if err == nil {
			c.Close()
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("the back end does not listen")
}

func (b *bench) clients(n int) int {
	if b.load > 0 {
		return b.load
	}
	return n
}

func (b *bench) track(in *instance) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = append(b.running, in)
}

func (b *bench) untrack(in *instance) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = slices.DeleteFunc(b.running, func(r *instance) bool { return r == in })
}

// close ends everything that was started and removes the folder.
func (b *bench) close() {
	b.mu.Lock()
	running := slices.Clone(b.running)
	b.mu.Unlock()
	for _, in := range running {
		b.stop(in)
	}
	if b.backend != nil && b.backend.Process != nil {
		b.backend.Process.Kill()
		b.backend.Wait()
	}
	if b.dir != "" {
		os.RemoveAll(b.dir)
	}
}
