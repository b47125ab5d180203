//go:build unix

package proxy_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gwtls/gwtls/proxy"
)

const starvedEnv = "GWTLS_TEST_STARVED"

// starved is the gateway of TestOutOfDescriptors, in a process that has few.
func starved() int {
	g := &proxy.Gateway{Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	backend := os.Getenv(starvedEnv)
	if err := g.Load(one(proxy.Stream, false, service("tcp://"+backend))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 40, Max: 40}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(g.Addrs()[0])
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	g.Serve(ctx)
	return 0
}

// A gateway without descriptors keeps those it has going, lets others wait without spinning,
// says so once, and takes them in when there is room.
func TestOutOfDescriptors(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), starvedEnv+"="+listen(t, false, echoBytes))
	var said strings.Builder
	cmd.Stderr = &said
	stdin, _ := cmd.StdinPipe()
	stdout, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr, _ := bufio.NewReader(stdout).ReadString('\n')
	talk := func(c net.Conn) error {
		c.SetDeadline(time.Now().Add(patience))
		io.WriteString(c, "x")
		_, err := c.Read(make([]byte, 1))
		return err
	}
	var all []net.Conn
	for i := range 60 {
		c, err := net.Dial("tcp", strings.TrimSpace(addr))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		all = append(all, c)
		if i == 0 {
			if err := talk(c); err != nil {
				t.Errorf("the first client, before: %v", err)
			}
		}
	}
	time.Sleep(2 * time.Second) // a span to measure the processor time of, below
	if err := talk(all[0]); err != nil {
		t.Errorf("the first client, while others wait: %v", err)
	}
	for _, c := range all {
		c.Close()
	}
	c, err := net.Dial("tcp", strings.TrimSpace(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := talk(c); err != nil {
		t.Errorf("a client once there is room: %v", err)
	}
	c.Close()
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("gateway: %v", err)
	}
	if used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); used > time.Second {
		t.Errorf("the gateway used %v of processor time", used)
	}
	if n := strings.Count(said.String(), "connections have to wait"); n < 1 || n > 5 {
		t.Errorf("%d lines about connections that have to wait, in:\n%s", n, said.String())
	}
}
