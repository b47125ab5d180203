package proxy

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Gateway serves a plan. The zero value is ready: Load it, then Serve.
type Gateway struct {
	Log *slog.Logger     // default: none
	Now func() time.Time // default: time.Now; for deadlines and durations

	// Listen opens an endpoint's listener; default: the system's, bound to Network and
	// Address.
	Listen func(network, address string) (net.Listener, error)

	once     sync.Once
	life     context.Context // ends when a drain ran out of time
	end      context.CancelFunc
	sessions sessions
	loops    sync.WaitGroup // accept loops and HTTP servers

	mu        sync.Mutex
	listeners []*listener
	servers   map[httpSettings]*httpServer
	forwards  []*forward // of the plan
	drain     time.Duration
	serving   bool
	closed    bool
}

const defaultDrain = 30 * time.Second

// ErrClosed says that a gateway has served, and does not do so again.
var ErrClosed = errors.New("proxy: gateway is closed")

func (g *Gateway) init() {
	g.once.Do(func() {
		if g.Log == nil {
			g.Log = slog.New(slog.DiscardHandler)
		}
		if g.Listen == nil {
			g.Listen = listen
		}
		g.life, g.end = context.WithCancel(context.Background())
		g.servers = map[httpSettings]*httpServer{}
	})
}

func (g *Gateway) now() time.Time {
	if g.Now != nil {
		return g.Now()
	}
	return time.Now()
}

// Load makes the gateway serve plan from here on: whole, or where anything is wrong with it
// not at all. Listeners whose address stands are kept, and open connections go on under the
// plan that they came by. Before Serve, what connects waits. Errors of listening are
// *ListenError, joined with the others.
func (g *Gateway) Load(plan *Plan) error {
	g.init()
	endpoints, err := compile(plan)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	next, fresh, err := g.open(endpoints)
	if err != nil {
		closeAll(fresh)
		return err
	}
	for _, l := range g.listeners {
		if next[l.key] != l {
			l.close()
		}
	}
	g.listeners = nil
	for _, ep := range endpoints {
		if l := next[key(ep.Endpoint)]; l != nil {
			l.endpoint.Store(ep)
			g.listeners = append(g.listeners, l)
		}
	}
	g.retireForwards()
	g.forwards = forwardsOf(endpoints)
	g.drain = cmp.Or(plan.DrainTimeout, defaultDrain)
	if g.serving {
		g.start(fresh)
	}
	return nil
}

// open has a listener for each endpoint: one that is there, or a fresh one.
func (g *Gateway) open(endpoints []*endpoint) (next map[string]*listener, fresh []*listener, err error) {
	next = map[string]*listener{}
	for _, l := range g.listeners {
		next[l.key] = l
	}
	kept := map[string]*listener{}
	var faults []error
	for _, ep := range endpoints {
		k := key(ep.Endpoint)
		l := next[k]
		if l == nil {
			ln, err := g.Listen(ep.Network, ep.Address)
			if err != nil && ep.Optional && !inUse(err) {
				g.Log.Info("address left out", "address", ep.Address, "reason", reason(err))
				continue
			}
			if err != nil {
				faults = append(faults, &ListenError{Network: ep.Network, Address: ep.Address, InUse: inUse(err), Err: err})
				continue
			}
			l = newListener(g, k, ln)
			fresh = append(fresh, l)
		}
		kept[k] = l
	}
	return kept, fresh, errors.Join(faults...)
}

func closeAll(listeners []*listener) {
	for _, l := range listeners {
		l.close()
	}
}

func (g *Gateway) start(listeners []*listener) {
	for _, l := range listeners {
		g.loops.Go(l.acceptAll)
	}
}

// server is the HTTP server for an endpoint's settings.
func (g *Gateway) server(settings httpSettings) *httpServer {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.servers[settings]
	if s == nil {
		s = g.newHTTPServer(settings)
		g.servers[settings] = s
		if g.closed {
			s.Close()
		}
	}
	return s
}

// Addrs are the addresses that are listened on, in the order of the plan's endpoints.
func (g *Gateway) Addrs() []net.Addr {
	g.mu.Lock()
	defer g.mu.Unlock()
	var addrs []net.Addr
	for _, l := range g.listeners {
		addrs = append(addrs, l.Addr())
	}
	return addrs
}

// Serve carries connections until ctx ends, and then drains: nothing new is accepted, what
// is open gets the plan's DrainTimeout, after which WebSocket clients are closed with 1001
// and streams are cut. It returns when all that the gateway started has ended.
func (g *Gateway) Serve(ctx context.Context) error {
	g.init()
	g.mu.Lock()
	if g.serving || g.closed {
		g.mu.Unlock()
		return ErrClosed
	}
	g.serving = true
	g.start(g.listeners)
	g.mu.Unlock()
	<-ctx.Done()
	g.shutdown(context.WithoutCancel(ctx))
	return nil
}

func (g *Gateway) shutdown(ctx context.Context) {
	g.mu.Lock()
	g.closed = true
	closeAll(g.listeners)
	var servers []*httpServer
	for _, s := range g.servers {
		servers = append(servers, s)
	}
	ctx, cancel := context.WithTimeout(ctx, g.drain)
	g.mu.Unlock()
	defer cancel()

	var idle sync.WaitGroup
	for _, s := range servers {
		idle.Go(func() {
			if s.Shutdown(ctx) != nil {
				s.Close()
			}
		})
	}
	idle.Go(func() { g.sessions.wait(ctx) })
	idle.Wait()
	g.sessions.stop(g.now().Add(drainWait))
	g.end()
	g.sessions.wait(context.Background())
	g.loops.Wait()
	g.retireForwards()
}
