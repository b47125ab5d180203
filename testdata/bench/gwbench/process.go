package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/proc"
)

// instance is a gateway that runs.
type instance struct {
	target  *target
	files   files
	command *exec.Cmd
	ended   chan struct{}
	log     *os.File
}

// environment is all that a gateway sees of ours: variables of the machine, of which
// many are about TLS, would change what is measured.
func environment(home string) []string {
	return []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin", "HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_CONFIG_HOME=" + home, "TMPDIR=" + home}
}

// refusals asks a target that can check a configuration about each service by itself.
func (b *bench) refusals(t *target) error {
	if len(t.Check) == 0 {
		return nil
	}
	for _, s := range t.Services {
		f := b.files(t)
		f.offer(func(other service) bool { return other == s })
		if err := t.lay(f, b.ids.first); err != nil {
			return err
		}
		args, err := renderAll(t.Check, f)
		if err != nil {
			return err
		}
		c := exec.Command(t.path, args...)
		c.Dir, c.Env = f.Dir, environment(f.Dir)
		if out, err := c.CombinedOutput(); err != nil {
			line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
			t.refused[s] = strings.ReplaceAll(fmt.Sprintf("%s (%v)", line, err), f.Dir+"/", "")
		}
	}
	return nil
}

// start runs a target and returns when a first exchange went through it.
func (b *bench) start(t *target, via service, id identity) (*instance, error) {
	in := &instance{target: t, files: b.files(t), ended: make(chan struct{})}
	if err := t.lay(in.files, id); err != nil {
		return nil, err
	}
	args, err := renderAll(t.Start, in.files)
	if err != nil {
		return nil, err
	}
	if in.log, err = os.Create(filepath.Join(in.files.Dir, "log")); err != nil {
		return nil, err
	}
	in.command = exec.Command(t.path, args...)
	in.command.Dir, in.command.Env = in.files.Dir, environment(in.files.Dir)
	in.command.Stdout, in.command.Stderr = in.log, in.log
	in.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := in.command.Start(); err != nil {
		in.log.Close()
		return nil, err
	}
	b.track(in)
	go func() {
		in.command.Wait()
		close(in.ended)
	}()
	if err := in.ready(via, 10*time.Second); err != nil {
		b.stop(in)
		return nil, err
	}
	return in, nil
}

func (in *instance) ready(via service, limit time.Duration) error {
	var last error
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(time.Millisecond) {
		select {
		case <-in.ended:
			return fmt.Errorf("%s ended at once: %s", in.target.Name, in.lastWords())
		default:
		}
		if _, last = visit(in.port(via), via, plainConfig()); last == nil {
			return nil
		}
	}
	return fmt.Errorf("%s is not ready for %s: %v: %s", in.target.Name, via, last, in.lastWords())
}

// lastWords is the end of what the gateway wrote.
func (in *instance) lastWords() string {
	b, _ := os.ReadFile(in.log.Name())
	b = bytes.TrimSpace(b)
	return strings.ReplaceAll(string(b[max(0, len(b)-300):]), "\n", " ")
}

func (in *instance) port(via service) int {
	return map[service]int{viaTCP: in.files.TCP, viaHTTP: in.files.HTTP, viaWS: in.files.WSWS, viaBridge: in.files.WSTCP}[via]
}

// stop ends the gateway and what it started, each by its id.
func (b *bench) stop(in *instance) {
	root := in.command.Process.Pid
	family := proc.Tree(root)
	in.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-in.ended:
	case <-time.After(1500 * time.Millisecond):
		family = append(family, proc.Tree(root)...)
		in.command.Process.Kill()
		<-in.ended
	}
	for _, pid := range family {
		if pid != root && proc.Alive(pid) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	in.log.Close()
	b.untrack(in)
}

var signals = map[string]syscall.Signal{"HUP": syscall.SIGHUP, "USR2": syscall.SIGUSR2}

// reload has the gateway read its certificate again.
func (in *instance) reload() error {
	if name := in.target.ReloadSignal; name != "" {
		return in.command.Process.Signal(signals[name])
	}
	args, err := renderAll(in.target.ReloadCommand, in.files)
	if err != nil {
		return err
	}
	c := exec.Command(in.target.path, args...)
	c.Dir, c.Env = in.files.Dir, in.command.Env
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("reload: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}
