package main

import (
	"crypto/tls"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/proc"
	"github.com/gwtls/gwtls/testdata/bench/stat"
)

// worker counts one client's work, apart from the others' in memory.
type worker struct {
	ops, errs, resumed, bytes atomic.Int64
	latency                   []float64 // µs, while recording
	_                         [64]byte
}

// load is a set of clients at work.
type load struct {
	workers   []*worker
	recording atomic.Bool
	stopped   atomic.Bool
	lastErr   atomic.Value

	mu    sync.Mutex
	conns []*tls.Conn
	done  sync.WaitGroup
}

// hold has the connection closed under its client at the end.
func (l *load) hold(c *tls.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, c)
}

func (l *load) fail(w *worker, err error) {
	if !l.stopped.Load() {
		w.errs.Add(1)
		l.lastErr.Store(err.Error())
	}
}

// did counts an operation that began at start.
func (l *load) did(w *worker, start time.Time) {
	w.ops.Add(1)
	if l.recording.Load() {
		w.latency = append(w.latency, float64(time.Since(start).Nanoseconds())/1e3)
	}
}

func (l *load) stop() {
	l.stopped.Store(true)
	l.mu.Lock()
	for _, c := range l.conns {
		c.NetConn().Close() // without a goodbye, which could block
	}
	l.mu.Unlock()
	l.done.Wait()
}

// reading is what was counted and used up to one moment.
type reading struct {
	at                        time.Time
	cpu                       time.Duration
	ops, errs, resumed, bytes int64
}

func (l *load) read(pid int) (r reading) {
	for _, w := range l.workers {
		r.ops += w.ops.Load()
		r.errs += w.errs.Load()
		r.resumed += w.resumed.Load()
		r.bytes += w.bytes.Load()
	}
	r.cpu, r.at = proc.CPU(pid), time.Now()
	return r
}

const (
	warmUp  = 400 * time.Millisecond
	enough  = 300 * time.Millisecond // of the gateway's processor time, for a figure
	stretch = 3                      // times the window, at most, to get it
)

// drive runs n clients against a gateway and reads, over a window in their midst,
// what they got done and what the gateway used.
func drive(in *instance, n int, window time.Duration, client func(*load, *worker)) figures {
	l := &load{}
	for range n {
		l.workers = append(l.workers, &worker{})
	}
	for _, w := range l.workers {
		l.done.Go(func() { client(l, w) })
	}
	l.warmUp()
	pid := in.command.Process.Pid
	l.recording.Store(true)
	first := l.read(pid)
	time.Sleep(window)
	last := l.read(pid)
	// On a crowded machine go on until the gateway has had its share.
	for last.cpu-first.cpu < enough && last.at.Sub(first.at) < stretch*window && last.ops+last.bytes > first.ops+first.bytes {
		time.Sleep(100 * time.Millisecond)
		last = l.read(pid)
	}
	l.recording.Store(false)
	l.stop()
	return l.figures(first, last)
}

// warmUp lasts until every client has got something done, or has failed: some gateways
// are slow to take a connection.
func (l *load) warmUp() {
	time.Sleep(warmUp)
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if !slices.ContainsFunc(l.workers, func(w *worker) bool { return w.ops.Load()+w.bytes.Load()+w.errs.Load() == 0 }) {
			return
		}
	}
}

func (l *load) figures(first, last reading) figures {
	seconds, cpu := last.at.Sub(first.at).Seconds(), (last.cpu - first.cpu).Seconds()
	ops, gb := float64(last.ops-first.ops), float64(last.bytes-first.bytes)/1e9
	f := figures{Cores: cpu / seconds, Errors: last.errs - first.errs}
	if f.Errors > 0 || ops+gb == 0 {
		f.Err, _ = l.lastErr.Load().(string)
	}
	switch {
	case gb > 0:
		f.Rate, f.CPU = gb/seconds, cpu/gb
	case ops > 0:
		f.Rate, f.CPU, f.Resumed = ops/seconds, cpu*1e6/ops, float64(last.resumed-first.resumed)/ops
		var all []float64
		for _, w := range l.workers {
			all = append(all, w.latency...)
		}
		f.P50, f.P99 = orZero(stat.Quantile(all, 0.5)), orZero(stat.Quantile(all, 0.99))
	default:
		f.failed("nothing got through")
	}
	return f
}

// orZero is for JSON, which has no NaN.
func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}
