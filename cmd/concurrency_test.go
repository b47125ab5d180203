//go:build unix

package cmd_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// reached is that of pkg/home: what it calls at each step of a write.
//
//go:linkname reached github.com/gwtls/gwtls/pkg/home.reached
var reached func(step string)

// killVariable has a gwtls that is this test binary kill itself at a step of its
// writing, counted from 1.
const killVariable = "GWTLS_TEST_KILL"

func init() {
	n, err := strconv.Atoi(os.Getenv(killVariable))
	if err != nil {
		return
	}
	reached = func(step string) {
		if n--; n == 0 {
			fmt.Println(step)
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

// entries opens a store of a home with the password beside it, and gives its
// private keys' chains; none where there is no store.
func entries(t *testing.T, dir, name string) map[string][]*x509.Certificate {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name+".p12"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		t.Fatal(err)
	}
	password := strings.TrimSpace(string(readFile(t, filepath.Join(dir, name+".pw"))))
	store, _, err := keystore.Decode(data, keystore.Passwords{Store: []byte(password)})
	if err != nil {
		t.Fatalf("%s.p12 does not open with the password beside it: %v", name, err)
	}
	chains := map[string][]*x509.Certificate{}
	for _, e := range store.Entries() {
		if _, err := e.PrivateKey(); err != nil {
			t.Fatalf("%s.p12, %s: %v", name, e.Alias, err)
		}
		if chains[e.Alias], err = e.Chain(); err != nil {
			t.Fatalf("%s.p12, %s: %v", name, e.Alias, err)
		}
	}
	return chains
}

// leavesOf checks that the home has one root, which signed all in the keystore, and
// tells how many those are.
func leavesOf(t *testing.T, dir string) int {
	t.Helper()
	var root *x509.Certificate
	for _, chain := range entries(t, dir, "ca") {
		root = chain[0]
	}
	leaves := entries(t, dir, "keystore")
	for alias, chain := range leaves {
		if root == nil || !cert.Issued(root, chain[0]) {
			t.Errorf("%s was not signed by the root of its home", alias)
		}
	}
	return len(leaves)
}

// together runs selfsign for each host at the same moment, in processes of their own.
func together(t *testing.T, dir string, hosts ...string) {
	t.Helper()
	var processes sync.WaitGroup
	for _, host := range hosts {
		c := program(t, dir, binary(t), "selfsign", host, "--home", dir)
		processes.Go(func() {
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("selfsign %s: %v\n%s", host, err, out)
			}
		})
	}
	processes.Wait()
}

func TestSelfsignTwiceAtOnceLosesNoEntry(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "h")
	for n := range 50 {
		together(t, dir, fmt.Sprintf("a%d.example.com", n), fmt.Sprintf("b%d.example.com", n))
	}
	if got := leavesOf(t, dir); got != 100 {
		t.Errorf("the keystore has %d entries, want 100", got)
	}
	listed := must(t, keytoolList(t, dir))
	if !strings.Contains(listed, "contains 100 entries") {
		t.Errorf("keytool sees\n%.300s", listed)
	}
}

func keytoolList(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	return program(t, dir, "keytool", "-list", "-keystore", filepath.Join(dir, "keystore.p12"), "-storepass:file", filepath.Join(dir, "keystore.pw"))
}

func TestFirstSelfsignTwiceAtOnceMakesOneRoot(t *testing.T) {
	t.Parallel()
	for range 20 {
		dir := filepath.Join(t.TempDir(), "h")
		together(t, dir, "a.example.com", "b.example.com")
		if got := leavesOf(t, dir); got != 2 {
			t.Errorf("the keystore has %d entries, want 2", got)
		}
	}
}

// homeFor is one in which the next selfsign is the first, or the second.
func homeFor(t *testing.T, first bool) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "h")
	if !first {
		together(t, dir, "first.example.com")
	}
	return dir
}

func TestSelfsignKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range []bool{true, false} {
		for n := 1; ; n++ {
			dir := homeFor(t, first)
			c := program(t, dir, self, "selfsign", "gw.example.com", "--home", dir)
			c.Args[0] = "gwtls" // by which name TestMain knows what to be
			c.Env = append(c.Env, killVariable+"="+strconv.Itoa(n))
			out, err := say(t, c)
			if err == nil {
				if n < 4 {
					t.Errorf("only %d steps", n-1)
				}
				break
			}
			if !killed(err) {
				t.Fatalf("to be killed at step %d: %v\n%s", n, err, out)
			}
			mended(t, dir, "at: "+out)
		}
	}
}

func TestSelfsignKilledAtAnyTime(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	homeFor(t, false)
	usual := time.Since(begin)
	for n := range 20 {
		dir := homeFor(t, n%2 == 0)
		c := program(t, dir, binary(t), "selfsign", "gw.example.com", "--home", dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		after := rand.N(usual)
		killer := time.AfterFunc(after, func() { c.Process.Kill() })
		err := c.Wait()
		killer.Stop()
		if err != nil && !killed(err) {
			t.Fatal(err)
		}
		mended(t, dir, "after "+after.String())
	}
}

func killed(err error) bool {
	exit, ok := errors.AsType[*exec.ExitError](err)
	return ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
}

// mended is a home in which a selfsign was killed: what there is opens, to a program
// that knows nothing of us first; and the same command then does its work.
func mended(t *testing.T, dir, when string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "keystore.p12")); err == nil {
		if out, err := say(t, keytoolList(t, dir)); err != nil {
			t.Errorf("killed %s: keytool: %v\n%s", when, err, out)
		}
	}
	out, err := say(t, program(t, dir, binary(t), "keystore", "list", "--home", dir))
	if err != nil && !strings.Contains(out, "no store at") {
		t.Errorf("killed %s: keystore list: %v\n%s", when, err, out)
	}
	leavesOf(t, dir)
	again := program(t, dir, binary(t), "selfsign", "gw.example.com", "--home", dir)
	if out, err := say(t, again); err != nil && !strings.Contains(out, "already") {
		t.Errorf("killed %s: the same again: %v\n%s", when, err, out)
	}
	if entries(t, dir, "keystore")["gw.example.com"] == nil {
		t.Errorf("killed %s: the same again made no entry", when)
	}
	leavesOf(t, dir)
	left, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if len(left) != 0 {
		t.Errorf("killed %s: left behind: %v", when, left)
	}
}
