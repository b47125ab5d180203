package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ListenError says that an address cannot be listened on.
type ListenError struct {
	Network, Address string
	InUse            bool // by another process, or by another part of this one
	Err              error
}

func (e *ListenError) Error() string {
	return fmt.Sprintf("listen on %s: %s", e.Address, reason(e.Err))
}

func (e *ListenError) Unwrap() error { return e.Err }

func inUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

func listen(network, address string) (net.Listener, error) { return net.Listen(network, address) }

// key is what makes endpoints of two plans the same listener.
func key(e *Endpoint) string { return e.Network + " " + e.Address }

// listener accepts for the endpoint that the plan of the moment has for its address.
type listener struct {
	net.Listener
	g        *Gateway
	key      string
	endpoint atomic.Pointer[endpoint]
	done     chan struct{}
	closing  sync.Once
}

func newListener(g *Gateway, key string, ln net.Listener) *listener {
	return &listener{Listener: ln, g: g, key: key, done: make(chan struct{})}
}

func (l *listener) close() {
	l.closing.Do(func() {
		close(l.done)
		l.Listener.Close()
	})
}

// acceptAll takes connections in until the listener is closed. Where the system has no room
// for one more, the clients wait in its queue.
func (l *listener) acceptAll() {
	var pause backoff
	var said time.Time
	for {
		c, err := l.Accept()
		if err == nil {
			pause = backoff{}
			w := newWire(c, l.endpoint.Load())
			l.g.sessions.add(w)
			go l.g.meet(w)
			continue
		}
		if now := l.g.now(); !l.closed() && now.Sub(said) > time.Minute {
			said = now
			l.g.Log.Warn("connections have to wait", "address", l.Addr().String(), "reason", reason(err))
		}
		if !pause.wait(l.done) {
			return
		}
	}
}

func (l *listener) closed() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// stop ends a connection whose service is not known yet.
func (w *wire) stop(time.Time) { w.Conn.Close() }

// meet finds out what a client wants and hands it over. The goroutine ends with that: its
// stack has grown with the handshake.
func (g *Gateway) meet(w *wire) {
	defer g.sessions.remove(w)
	ep := w.endpoint
	if ep.TLS == nil {
		g.dispatch(w, w, ep.fallback)
		return
	}
	conn := tls.Server(w, ep.TLS)
	w.SetDeadline(g.now().Add(cmp.Or(ep.Limits.HandshakeTimeout, defaultHandshakeTimeout)))
	if err := conn.Handshake(); err != nil {
		isTLSMistake(err)
		w.Close()
		g.Log.LogAttrs(context.Background(), slog.LevelDebug, "handshake refused",
			slog.String("remote", w.RemoteAddr().String()), slog.String("address", ep.Address), slog.String("reason", reason(err)))
		return
	}
	w.SetDeadline(time.Time{})
	state := conn.ConnectionState()
	g.dispatch(w, conn, ep.stream(&state))
}

// dispatch starts a stream's session, or leaves the connection to the HTTP server.
func (g *Gateway) dispatch(w *wire, c net.Conn, svc *service) {
	if svc == nil {
		g.server(w.endpoint.settings).conns.give(c)
		return
	}
	s := g.newSession(svc, c)
	err := svc.relay.each(g.life, func(ctx context.Context, t *target) error {
		conn, err := t.dial(ctx)
		if err == nil {
			s.connect(t, conn, nil)
		}
		return err
	})
	if err != nil {
		s.cause("back end unreachable", err)
		s.client.closeWrite()
		s.client.base.Close()
		s.log()
		return
	}
	g.sessions.start(s, s.stream)
}
