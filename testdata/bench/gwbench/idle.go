package main

import (
	"crypto/tls"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/proc"
)

// idle opens connections, leaves them quiet and weighs the gateway.
func idle(via service) func(*bench, *instance) figures {
	return func(b *bench, in *instance) figures {
		n := b.idle
		if limit := in.target.IdleMax; limit > 0 {
			n = min(n, limit)
		}
		time.Sleep(200 * time.Millisecond) // the start is over
		before := proc.PSS(in.command.Process.Pid)
		open, err := openMany(in, via, n)
		defer func() {
			for _, c := range open {
				c.NetConn().Close()
			}
		}()
		time.Sleep(b.settle)
		after := proc.PSS(in.command.Process.Pid)

		f := figures{Tried: int64(n), Failed: int64(n - len(open)), MiB: float64(after) / 1024}
		if err != nil {
			f.Err = err.Error()
		}
		if len(open) == 0 {
			f.failed("no connection could be opened")
			return f
		}
		f.KiB = float64(after-before) / float64(len(open))
		f.Broken = broken(open, via)
		return f
	}
}

// openMany opens n connections, 32 at a time, each after one exchange.
func openMany(in *instance, via service, n int) (open []*tls.Conn, err error) {
	var mu sync.Mutex
	var next atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for next.Add(1) <= int64(n) {
				c, e := dial(in.port(via), plainConfig())
				if e == nil {
					c.SetDeadline(time.Now().Add(2 * exchangeTimeout))
					if e = smallExchange(c, via); e != nil {
						c.Close()
					}
				}
				mu.Lock()
				if e != nil {
					err = e
				} else {
					open = append(open, c)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return open, err
}

// broken counts, among some 200 of the connections, those that the gateway has given
// up. Only a TCP service is asked: the others' exchanges begin with a request.
func broken(open []*tls.Conn, via service) (n int64) {
	if via != viaTCP {
		return 0
	}
	for i := 0; i < len(open); i += 1 + len(open)/200 {
		open[i].SetDeadline(time.Now().Add(3 * time.Second))
		if smallExchange(open[i], via) != nil {
			n++
		}
	}
	return n
}
