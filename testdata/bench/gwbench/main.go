// Command gwbench measures TLS gateways side by side on one machine, in turn, in one
// run: the gateway's processor time for each operation, with the ratio to the best
// rival.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/report"
)

func main() {
	run := compare
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "backend" {
		run, args = backend, args[1:]
	}
	if err := run(args); err != nil {
		fmt.Fprintln(os.Stderr, "gwbench:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	targets, workloads string
	quick, list        bool
	rounds             int
	window             time.Duration
	limit              time.Duration
	idle, clients      int
	port               int
	out                report.Place
}

func parse(args []string) *options {
	o := &options{}
	fs := flag.NewFlagSet("gwbench", flag.ExitOnError)
	fs.StringVar(&o.targets, "targets", "", "gateways, comma separated (default: all that are installed)")
	fs.StringVar(&o.workloads, "workloads", "", "workloads, or how their names begin, comma separated (default: all)")
	fs.BoolVar(&o.quick, "quick", false, "the short form: fewer workloads, smaller windows")
	fs.BoolVar(&o.list, "list", false, "list gateways and workloads")
	fs.IntVar(&o.rounds, "rounds", 3, "how often all is measured, gateways in turn")
	fs.DurationVar(&o.window, "window", 2*time.Second, "how long each is measured (bulk: half of it)")
	fs.DurationVar(&o.limit, "limit", 45*time.Minute, "begin nothing more after this time")
	fs.IntVar(&o.idle, "idle", 5000, "connections of the idle workloads")
	fs.IntVar(&o.clients, "clients", 0, "clients at once, instead of each workload's own number")
	fs.IntVar(&o.port, "port", 21000, "first of the ports on loopback")
	o.out.Flags(fs, "gateways")
	fs.Parse(args)
	if o.quick {
		given := map[string]bool{}
		fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
		for name, short := range map[string]string{"rounds": "2", "window": "300ms", "idle": "500", "limit": "2m"} {
			if !given[name] {
				fs.Set(name, short)
			}
		}
	}
	return o
}

// compare runs the whole comparison.
func compare(args []string) error {
	o := parse(args)
	ts, err := pickTargets(names(o.targets))
	if err != nil {
		return err
	}
	ws, unknown := pick(names(o.workloads), o.quick)
	if len(unknown) > 0 {
		return fmt.Errorf("no workload %s", strings.Join(unknown, ", "))
	}
	if o.list {
		list(ts, ws)
		return nil
	}
	runtime.LockOSThread() // children die with the thread that started them
	b, err := newBench(o)
	if err != nil {
		return err
	}
	defer b.close()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-interrupted
		b.close()
		os.Exit(130)
	}()
	results, err := b.compare(present(ts), ws, o.rounds, o.limit)
	if err != nil {
		return err
	}
	return newSummary(ts, results, b).write(o.out)
}

func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// pickTargets gives the targets of these names, or all.
func pickTargets(names []string) ([]*target, error) {
	all, err := loadTargets()
	if err != nil || len(names) == 0 {
		return all, err
	}
	var picked []*target
	for _, n := range names {
		i := indexOf(all, n)
		if i < 0 {
			return nil, fmt.Errorf("no target %s", n)
		}
		picked = append(picked, all[i])
	}
	return picked, nil
}

func indexOf(ts []*target, name string) int {
	for i, t := range ts {
		if t.Name == name {
			return i
		}
	}
	return -1
}

// present names the programs that are not there, and gives the others.
func present(ts []*target) (there []*target) {
	for _, t := range ts {
		if t.path == "" {
			fmt.Fprintf(os.Stderr, "left out: %s, which is not on this machine\n", t.Name)
			continue
		}
		there = append(there, t)
	}
	return there
}

func list(ts []*target, ws []workload) {
	for _, t := range ts {
		where := t.path
		if where == "" {
			where = "(not on this machine)"
		}
		fmt.Printf("%-11s %-9s %-30s %s %s %s\n", t.Name, t.Kind, fmt.Sprint(t.Services), filepath.Clean(where), t.version, t.Note)
	}
	fmt.Println()
	for _, w := range ws {
		fmt.Printf("%-10s %s\n", w.id, w.what)
	}
}
