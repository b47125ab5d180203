package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// relay is a Proxy, compiled.
type relay struct {
	targets []*target
	first   bool
	next    atomic.Uint32
	timeout time.Duration
	framed  bool // the back ends speak WebSocket
}

// target is a back end, compiled.
type target struct {
	name    string
	url     *url.URL
	address string
	tls     *tls.Config
}

const defaultDialTimeout = 10 * time.Second

func compileRelay(p *Proxy, schemes ...string) (*relay, error) {
	r := &relay{first: p.Balance == First, timeout: cmp.Or(p.DialTimeout, defaultDialTimeout)}
	if len(p.Backends) == 0 {
		return nil, errors.New("no back end")
	}
	for i, b := range p.Backends {
		t, framed, err := compileBackend(b, schemes)
		if err != nil {
			return nil, err
		}
		if i > 0 && framed != r.framed {
			return nil, fmt.Errorf("back ends %s and %s: one takes bytes, the other WebSocket", r.targets[0].name, t.name)
		}
		r.framed = framed
		r.targets = append(r.targets, t)
	}
	return r, nil
}

func compileBackend(b Backend, schemes []string) (t *target, framed bool, err error) {
	if b.URL == nil {
		return nil, false, errors.New("back end without an address")
	}
	t = &target{name: (&url.URL{Scheme: b.URL.Scheme, Host: b.URL.Host, Path: b.URL.Path}).String(), url: b.URL}
	port, secure := b.URL.Port(), false
	if !slices.Contains(schemes, b.URL.Scheme) {
		return nil, false, fmt.Errorf("back end %s: scheme is none of %s", t.name, strings.Join(schemes, ", "))
	}
	switch b.URL.Scheme {
	case "tls":
		secure = true
	case "ws", "http":
		framed, port = true, cmp.Or(port, "80")
	case "wss", "https":
		framed, secure, port = true, true, cmp.Or(port, "443")
	}
	if port == "" {
		return nil, false, fmt.Errorf("back end %s: no port", t.name)
	}
	t.address = net.JoinHostPort(b.URL.Hostname(), port)
	if secure {
		if t.tls = b.TLS.Clone(); t.tls == nil {
			t.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		t.tls.ServerName = cmp.Or(t.tls.ServerName, b.URL.Hostname())
		t.tls.DynamicRecordSizingDisabled = true
	}
	return t, framed, nil
}

// each tries the back ends in turn until dial is content with one. They share the time
// there is: one that does not answer leaves some for the next. The error is that of all.
func (r *relay) each(ctx context.Context, dial func(context.Context, *target) error) error {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	var faults []string
	for i, t := range r.order() {
		err := r.attempt(ctx, len(r.targets)-i, t, dial)
		if err == nil {
			return nil
		}
		faults = append(faults, fmt.Sprintf("%s: %s", t.name, reason(err)))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.New(strings.Join(faults, "; "))
}

// order is that in which the back ends are tried this time.
func (r *relay) order() iter.Seq2[int, *target] {
	start := 0
	if !r.first && len(r.targets) > 1 {
		start = int(r.next.Add(1)-1) % len(r.targets)
	}
	return func(yield func(int, *target) bool) {
		for i := range r.targets {
			if !yield(i, r.targets[(start+i)%len(r.targets)]) {
				return
			}
		}
	}
}

// attempt gives one of those that are left its share of the time.
func (r *relay) attempt(ctx context.Context, left int, t *target, dial func(context.Context, *target) error) error {
	if left == 1 { // all that is left
		return dial(ctx, t)
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout/time.Duration(len(r.targets)))
	defer cancel()
	return dial(ctx, t)
}

var dialer net.Dialer

// dial connects to a back end up to where its bytes, or its WebSocket handshake, begin.
func (t *target) dial(ctx context.Context) (net.Conn, error) {
	c, err := dialer.DialContext(ctx, "tcp", t.address)
	// A client holds a descriptor while it waits for this one: not for long.
	for pause := (backoff{}); err != nil && noRoom(err) && pause.short() && pause.wait(ctx.Done()); {
		c, err = dialer.DialContext(ctx, "tcp", t.address)
	}
	if err != nil || t.tls == nil {
		return c, err
	}
	secure := tls.Client(newWire(c, nil), t.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return secure, nil
}
