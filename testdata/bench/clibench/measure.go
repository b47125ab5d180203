package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/proc"
	"github.com/gwtls/gwtls/testdata/bench/stat"
)

// cost of one run of an operation.
type cost struct {
	cpu, wall time.Duration
}

// bench is one run of the comparison.
type bench struct {
	dir     string            // of the stores
	paths   map[string]string // of the programs that are there
	timeout time.Duration     // for one command
	end     time.Time         // no round begins after it
}

// result is what an operation took.
type result struct {
	operation operation
	rounds    map[string][]float64 // CPU in ms, by program
	wall      map[string]float64   // ms
	absent    map[string]string    // programs that do not do it, and what they said
}

// once is how long a command may take to be measured more than once.
const once = 10 * time.Second

// measure runs an operation in rounds; in each the programs take turns, and short runs
// are repeated until they amount to something. A first run of each is not counted.
func (b *bench) measure(op operation, rounds int) *result {
	r := &result{operation: op, rounds: map[string][]float64{}, wall: map[string]float64{}, absent: map[string]string{}}
	repeats, most := map[string]int{}, 0
	for _, p := range programs {
		if b.paths[p] == "" || op.commands[p] == nil {
			continue
		}
		c, err := b.run(op, p)
		if err != nil {
			r.absent[p] = err.Error()
			continue
		}
		if c.cpu > once {
			r.rounds[p], r.wall[p] = []float64{milliseconds(c.cpu)}, milliseconds(c.wall)
			continue
		}
		repeats[p] = repeatsFor(c.cpu)
		most = max(most, repeats[p])
	}
	wall := map[string][]float64{}
	for round := range rounds {
		if time.Now().After(b.end) {
			break
		}
		cpu := map[string][]float64{}
		for i := range most {
			for k := range programs {
				p := programs[(k+round)%len(programs)]
				if i >= repeats[p] {
					continue
				}
				c, err := b.run(op, p)
				if err != nil {
					r.absent[p] = err.Error()
					continue
				}
				cpu[p] = append(cpu[p], milliseconds(c.cpu))
				wall[p] = append(wall[p], milliseconds(c.wall))
			}
		}
		for p := range repeats {
			r.rounds[p] = append(r.rounds[p], stat.Median(cpu[p]))
		}
	}
	for p, ms := range wall {
		r.wall[p] = stat.Median(ms)
	}
	return r
}

// repeatsFor has a command of few milliseconds run ten times in a round, and a long one
// once.
func repeatsFor(cpu time.Duration) int {
	return int(min(10, max(1, math.Round(200/max(1, milliseconds(cpu))))))
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1e3 }

// run does an operation once and says what it took.
func (b *bench) run(op operation, program string) (sum cost, err error) {
	for _, name := range op.clear {
		if err := os.RemoveAll(filepath.Join(b.dir, name)); err != nil {
			return sum, err
		}
	}
	for copied, from := range op.copies {
		data, err := os.ReadFile(filepath.Join(b.dir, from))
		if err != nil {
			return sum, err
		}
		if err := os.WriteFile(filepath.Join(b.dir, copied), data, 0o600); err != nil {
			return sum, err
		}
	}
	for _, args := range op.commands[program] {
		c, out, err := b.command(args)
		if err != nil {
			return sum, err
		}
		if n := bytes.Count(out, []byte("\n")); n < op.lines {
			return sum, fmt.Errorf("%s: %d lines came out, want at least %d", strings.Join(args, " "), n, op.lines)
		}
		sum.cpu += c.cpu
		sum.wall += c.wall
	}
	return sum, nil
}

// command runs in an environment with nothing in it that would have a program read
// more, or other, files than it must.
func (b *bench) command(args []string) (cost, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), b.timeout)
	defer cancel()
	var out, complaints bytes.Buffer
	c := exec.CommandContext(ctx, b.paths[args[0]], args[1:]...)
	c.Dir = b.dir
	c.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + filepath.Join(b.dir, "home"), "LANG=C.UTF-8"}
	c.Stdout, c.Stderr = &out, &complaints
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	err := c.Run()
	wall := time.Since(began)
	if ctx.Err() != nil {
		return cost{}, nil, fmt.Errorf("it did not end within %v", b.timeout)
	}
	if err != nil {
		said, _, _ := strings.Cut(strings.TrimSpace(complaints.String()+out.String()), "\n")
		return cost{}, nil, fmt.Errorf("%s (%w)", said, err)
	}
	return cost{cpu: proc.Ended(c.ProcessState), wall: wall}, out.Bytes(), nil
}
