package proxy

import (
	"context"
	"sync"
	"time"
)

// sessions is what a gateway has going: connections whose service is not known yet,
// requests, sessions.
type sessions struct {
	mu       sync.Mutex
	live     map[stopper]struct{}
	requests int
	empty    chan struct{} // closed once nothing is left; made by who waits
	stopped  bool
	by       time.Time
}

// stopper is ended by a drain that ran out of time; it has until by to say so to its peers.
type stopper interface{ stop(by time.Time) }

// add takes note of s until remove; where all was stopped, s is too.
func (l *sessions) add(s stopper) {
	l.mu.Lock()
	if l.live == nil {
		l.live = map[stopper]struct{}{}
	}
	l.live[s] = struct{}{}
	stopped, by := l.stopped, l.by
	l.mu.Unlock()
	if stopped {
		s.stop(by)
	}
}

func (l *sessions) remove(s stopper) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, s)
	l.check()
}

// start runs a session in a goroutine of its own.
func (l *sessions) start(s stopper, run func()) {
	l.add(s)
	go func() {
		defer l.remove(s)
		run()
	}()
}

// enter and leave count requests, which may become sessions.
func (l *sessions) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return false
	}
	l.requests++
	return true
}

func (l *sessions) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests--
	l.check()
}

func (l *sessions) check() {
	if l.empty != nil && len(l.live) == 0 && l.requests == 0 {
		close(l.empty)
		l.empty = nil
	}
}

// wait returns when nothing is going, or ctx ended.
func (l *sessions) wait(ctx context.Context) {
	l.mu.Lock()
	if len(l.live) == 0 && l.requests == 0 {
		l.mu.Unlock()
		return
	}
	if l.empty == nil {
		l.empty = make(chan struct{})
	}
	empty := l.empty
	l.mu.Unlock()
	select {
	case <-empty:
	case <-ctx.Done():
	}
}

func (l *sessions) stop(by time.Time) {
	l.mu.Lock()
	l.stopped, l.by = true, by
	all := make([]stopper, 0, len(l.live))
	for s := range l.live {
		all = append(all, s)
	}
	l.mu.Unlock()
	for _, s := range all {
		s.stop(by)
	}
}
