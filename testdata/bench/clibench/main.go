// Command clibench measures command lines side by side, in turn, in one run: the
// processor time of whole processes for what is done to keystores with gwtls, keytool
// and openssl.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/report"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "clibench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	fs := flag.NewFlagSet("clibench", flag.ExitOnError)
	quick := fs.Bool("quick", false, "the short form: fewer operations, at most two rounds")
	only := fs.String("operations", "", "operations, or how their names begin, comma separated (default: all)")
	rounds := fs.Int("rounds", 0, "how often all is measured, programs in turn (default 5, short form 2)")
	limit := fs.Duration("limit", 0, "begin no further round after this time (default 30m, short form 30s)")
	var out report.Place
	out.Flags(fs, "commands")
	fs.Parse(args)
	if *rounds == 0 {
		*rounds = choose(*quick, 2, 5)
	}
	if *limit == 0 {
		*limit = choose(*quick, 30*time.Second, 30*time.Minute)
	}
	ops, err := pick(operations(*quick), *only)
	if err != nil {
		return err
	}

	runtime.LockOSThread() // children die with the thread that started them
	dir, err := os.MkdirTemp("", "clibench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-interrupted
		os.RemoveAll(dir)
		os.Exit(130)
	}()

	s := &summary{machine: report.ThisMachine(), rounds: *rounds}
	b := &bench{dir: dir, paths: find(), timeout: 10 * time.Minute, end: time.Now().Add(*limit)}
	fmt.Fprintln(os.Stderr, "making stores")
	if err := makeStores(dir, sizes(*quick)); err != nil {
		return err
	}
	s.versions = versions(b.paths)
	for i, op := range ops {
		if time.Now().After(b.end) {
			fmt.Fprintf(os.Stderr, "time is up: %d operations are left out\n", len(ops)-i)
			break
		}
		fmt.Fprintln(os.Stderr, "measuring:", op.what)
		s.results = append(s.results, b.measure(op, *rounds))
	}
	return s.write(out)
}

func choose[T any](quick bool, short, whole T) T {
	if quick {
		return short
	}
	return whole
}

func pick(all []operation, names string) (picked []operation, err error) {
	if names == "" {
		return all, nil
	}
	for _, name := range strings.Split(names, ",") {
		n := len(picked)
		for _, op := range all {
			if strings.HasPrefix(op.id, name) {
				picked = append(picked, op)
			}
		}
		if len(picked) == n {
			return nil, fmt.Errorf("no operation %s", name)
		}
	}
	return picked, nil
}

// find looks for the programs; GWTLS_BIN names ours.
func find() map[string]string {
	paths := map[string]string{}
	for _, p := range programs {
		path := ""
		if p == gwtls {
			path = os.Getenv("GWTLS_BIN")
		}
		if path == "" {
			path, _ = exec.LookPath(p)
		}
		if path == "" {
			fmt.Fprintf(os.Stderr, "left out: %s, which is not on this machine\n", p)
			continue
		}
		if abs, err := filepath.Abs(path); err == nil {
			path = abs // commands run elsewhere
		}
		paths[p] = path
	}
	return paths
}

var versionNumber = regexp.MustCompile(`\d+\.\d+[0-9A-Za-z.]*`)

// versions asks the others for theirs; ours is the tree that the bench is in.
func versions(paths map[string]string) map[string]string {
	found := map[string]string{}
	for program, arg := range map[string]string{openssl: "version", keytool: "-J-version"} {
		if paths[program] == "" {
			continue
		}
		out, _ := exec.Command(paths[program], arg).CombinedOutput()
		found[program] = versionNumber.FindString(string(out))
	}
	return found
}
