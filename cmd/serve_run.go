package cmd

import (
	"context"
	"maps"
	"os"
	"syscall"

	"github.com/gwtls/gwtls/proxy"
)

// running is a gateway at work.
type running struct {
	*serveOptions
	gateway  *proxy.Gateway
	sockets  *sockets
	loaded   *loaded
	watching *watching
	said     map[string]bool // what the log says of the state so far
	signals  <-chan os.Signal
}

// serve carries connections until a signal ends it: the first one drains, a second
// SIGINT ends at once.
func (r *running) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.watching = newWatching(ctx, r.serveOptions)
	defer r.watching.stop()
	r.watching.follow(r.loaded.files)

	drain, end := context.WithCancel(ctx)
	defer end()
	served := make(chan error, 1)
	go func() { served <- r.gateway.Serve(drain) }()
	r.tell()
	r.log.Info("ready")
	if r.stale(ctx, r.loaded) {
		r.reload(ctx, false)
	}
	for {
		select {
		case err := <-served:
			r.log.Info("ended")
			return err
		case s := <-r.signals:
			switch {
			case s == os.Interrupt && drain.Err() != nil:
				return errInterrupted
			case drain.Err() != nil:
			case s == syscall.SIGHUP:
				r.reload(ctx, true)
			default:
				r.log.Info("draining", "signal", s.String(), "timeout", r.loaded.plan.DrainTimeout)
				end()
			}
		case changed := <-r.watching.changes:
			if drain.Err() == nil && r.watching.concerns(changed) {
				r.reload(ctx, false)
			}
		}
	}
}

// reload makes the gateway anew from its files. Where anything is wrong it goes on
// as it is, and the files that were wrong are watched for their correction.
func (r *running) reload(ctx context.Context, asked bool) {
	next, err := r.load(ctx)
	already := r.watching.follow(next.files)
	if err == nil && !asked && maps.Equal(next.files, r.loaded.files) {
		return
	}
	if err == nil {
		r.sockets.within = next.within
		err = r.gateway.Load(next.plan)
	}
	if err != nil {
		r.log.Error("not reloaded: the configuration of before goes on", "reason", oneLine(err.Error()))
	} else {
		r.loaded = next
		r.log.Info("reloaded", "services", len(next.config.Services))
		r.tell()
	}
	if !already && r.stale(ctx, next) {
		r.reload(ctx, false)
	}
}

// tell logs what listens where, and which certificate is for whom: all of it at the
// start, and what is new after a reload.
func (r *running) tell() {
	now := map[string]bool{}
	for _, line := range r.loaded.report(r.sockets.addr) {
		key := line.String()
		if now[key] = true; !r.said[key] {
			r.log.LogAttrs(context.Background(), line.level, line.message, line.attrs...)
		}
	}
	r.said = now
}
