package proxy

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// forward is a Forward, compiled.
type forward struct {
	*Forward
	relay   *relay // its back ends, for WebSocket upgrades as well
	ways    map[*target]*http.Transport
	retired atomic.Bool // another plan is served: no connection is kept
}

const (
	defaultKept     = 32
	defaultKeptFor  = 30 * time.Second
	continueTimeout = time.Second // how long a back end may take to want a body that was announced (RFC 9110 section 10.1.1)
)

func compileForward(f *Forward) (*forward, error) {
	r, err := compileRelay(&Proxy{Backends: f.Backends, Balance: f.Balance, DialTimeout: f.DialTimeout}, "http", "https")
	if err != nil {
		return nil, err
	}
	c := &forward{Forward: f, relay: r, ways: map[*target]*http.Transport{}}
	for _, t := range r.targets {
		c.ways[t] = c.transport(t)
	}
	return c, nil
}

// transport keeps the connections to one back end. They belong to one service, and are
// verified by its rules.
func (f *forward) transport(t *target) *http.Transport {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, f.relay.timeout/time.Duration(len(f.relay.targets)))
		defer cancel()
		c, err := t.dial(ctx)
		if err != nil {
			return nil, unreachable{err}
		}
		return c, nil
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            dial,
		DialTLSContext:         dial,
		Protocols:              protocols,
		DisableCompression:     true, // what comes goes on as it is
		DisableKeepAlives:      !f.KeepAlive,
		MaxIdleConnsPerHost:    cmp.Or(f.KeepAliveConnections, defaultKept),
		IdleConnTimeout:        cmp.Or(f.KeepAliveTimeout, defaultKeptFor),
		ExpectContinueTimeout:  continueTimeout,
		MaxResponseHeaderBytes: maxAnswerHead,
	}
}

// maxAnswerHead bounds the head of a back end's answer.
const maxAnswerHead = 256 << 10

// unreachable is the error of a back end that has seen nothing of a request.
type unreachable struct{ error }

// retire lets connections to back ends go once nobody uses them.
func (f *forward) retire() {
	f.retired.Store(true)
	f.closeIdle()
}

func (f *forward) closeIdle() {
	for _, way := range f.ways {
		way.CloseIdleConnections()
	}
}

// forwardsOf are those of a plan, each once.
func forwardsOf(endpoints []*endpoint) (list []*forward) {
	seen := map[*forward]bool{}
	for _, ep := range endpoints {
		for _, h := range ep.hosts {
			for _, p := range h.http {
				if f := p.service.forward; f != nil && !seen[f] {
					seen[f] = true
					list = append(list, f)
				}
			}
		}
	}
	return list
}

// retireForwards is for when a plan ends.
func (g *Gateway) retireForwards() {
	for _, f := range g.forwards {
		f.retire()
	}
}
