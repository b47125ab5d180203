package main

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/stat"
)

// reloading is a gateway whose certificate is swapped while it works.
type reloading struct {
	in     *instance
	via    service
	stop   atomic.Bool
	serial atomic.Int64 // of the certificate that was presented last

	tried, failed, broken atomic.Int64
	lastErr               atomic.Value
	clients               sync.WaitGroup
}

// swapTime is how long each of the certificates is served.
const swapTime = 900 * time.Millisecond

// reload swaps the certificate three times, under clients that keep coming and clients
// that stay.
func reload(b *bench, in *instance) figures {
	r := &reloading{in: in, via: in.target.first()}
	for range 16 {
		r.clients.Go(r.come)
	}
	for range 20 {
		r.clients.Go(r.stay)
	}
	time.Sleep(warmUp)
	var f figures
	var took []float64
	for _, id := range []identity{b.ids.second, b.ids.first, b.ids.second} {
		ms, err := r.swap(id)
		if err != nil {
			f.failed(err.Error())
			break
		}
		if ms >= 0 {
			took = append(took, ms)
		}
	}
	r.stop.Store(true)
	r.clients.Wait()

	f.Tried, f.Failed, f.Broken = r.tried.Load(), r.failed.Load(), r.broken.Load()
	f.SwitchMS = orZero(stat.Median(took))
	if f.Err == "" {
		f.Err, _ = r.lastErr.Load().(string)
	}
	if f.Err == "" && len(took) < 3 {
		f.Err = "the new certificate was not always served"
	}
	return f
}

// come connects again and again.
func (r *reloading) come() {
	for !r.stop.Load() {
		r.tried.Add(1)
		state, err := visit(r.in.port(r.via), r.via, plainConfig())
		if len(state.PeerCertificates) > 0 {
			r.serial.Store(state.PeerCertificates[0].SerialNumber.Int64())
		}
		if err != nil {
			r.failed.Add(1)
			r.lastErr.Store(err.Error())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// stay keeps one connection busy.
func (r *reloading) stay() {
	c, err := dial(r.in.port(r.via), plainConfig())
	if err != nil {
		r.broken.Add(1)
		return
	}
	defer c.Close()
	exchange, err := exchangerOf(r.via)(c)
	for err == nil && !r.stop.Load() {
		c.SetDeadline(time.Now().Add(exchangeTimeout))
		err = exchange()
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		r.broken.Add(1)
		r.lastErr.Store(err.Error())
	}
}

// swap gives the gateway another certificate and says after how many milliseconds a
// client saw it; -1 for never.
func (r *reloading) swap(id identity) (float64, error) {
	if err := id.install(r.in.files.Dir); err != nil {
		return 0, err
	}
	late := r.serial.Load() == id.serial // the swap before this one has not come to be
	start := time.Now()
	if err := r.in.reload(); err != nil {
		return 0, err
	}
	seen := -1.0
	for time.Since(start) < swapTime {
		if seen < 0 && !late && r.serial.Load() == id.serial {
			seen = time.Since(start).Seconds() * 1e3
		}
		time.Sleep(time.Millisecond)
	}
	return seen, nil
}

// startUp times exec to first byte, five times over; the instance given has shown that
// the gateway can be started, and is ended first.
func startUp(b *bench, in *instance) figures {
	b.stop(in)
	var ms []float64
	for range 5 {
		start := time.Now()
		again, err := b.start(in.target, in.target.first(), b.ids.first)
		if err != nil {
			var f figures
			f.failed(err.Error())
			return f
		}
		ms = append(ms, time.Since(start).Seconds()*1e3)
		b.stop(again)
	}
	return figures{StartMS: stat.Median(ms)}
}
