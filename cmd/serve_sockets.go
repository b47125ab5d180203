package cmd

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// sockets opens what the gateway listens on. Where a port is listened on at every
// address and at single ones as well, the kernel has room for one socket: what comes
// in there goes to the listener of the local address that it came to.
type sockets struct {
	within map[string]string // address -> the wider one that takes what comes to it; the wider one itself, too

	mu     sync.Mutex
	actual map[string]string  // address -> what it became, for port 0
	shared map[string]*socket // by the wider address
}

func newSockets() *sockets {
	return &sockets{actual: map[string]string{}, shared: map[string]*socket{}}
}

// Listen is that of a proxy.Gateway.
func (s *sockets) Listen(network, address string) (ln net.Listener, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wide, ok := s.within[address]; ok {
		ln, err = s.join(wide, address)
	} else {
		if network == "unix" {
			removeStale(address)
		}
		ln, err = net.Listen(network, address)
	}
	if err == nil {
		s.actual[address] = ln.Addr().String()
	}
	return ln, err
}

// addr is where an address really listens; "" where it does not.
func (s *sockets) addr(address string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.actual[address]
}

// removeStale removes the socket of a process that was killed: nobody answers there.
func removeStale(path string) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		os.Remove(path)
	}
}

// socket is one that several listeners share.
type socket struct {
	net.Listener
	of      *sockets
	wide    string
	members map[string]*member // by address
}

// member is the listener of one address behind a shared socket.
type member struct {
	*socket
	address string
	conns   chan accepted
	done    chan struct{}
	once    sync.Once
}

type accepted struct {
	conn net.Conn
	err  error
}

// join gives the listener of an address behind the socket of a wider one; of that
// one itself, for what comes to addresses without a listener of their own.
func (s *sockets) join(wide, address string) (net.Listener, error) {
	shared := s.shared[wide]
	if shared == nil {
		ln, err := net.Listen("tcp", wide)
		if err != nil {
			return nil, err
		}
		shared = &socket{Listener: ln, of: s, wide: wide, members: map[string]*member{}}
		s.shared[wide] = shared
		go shared.acceptAll()
	}
	m := &member{socket: shared, address: address, conns: make(chan accepted), done: make(chan struct{})}
	shared.members[address] = m
	return m, nil
}

// acceptAll hands connections, and what else accepting comes to, to the members
// until the last of them is closed.
func (s *socket) acceptAll() {
	for {
		c, err := s.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		m := s.memberFor(c)
		if m != nil {
			select {
			case m.conns <- accepted{c, err}:
				continue
			case <-m.done:
			}
		}
		if c != nil {
			c.Close()
		}
	}
}

// memberFor is whom a connection came to: the narrowest address that has a listener.
func (s *socket) memberFor(c net.Conn) *member {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	if c == nil {
		for _, m := range s.members {
			return m
		}
		return nil
	}
	local, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err == nil {
		ip := local.Addr().Unmap().WithZone("")
		if m := s.members[netip.AddrPortFrom(ip, local.Port()).String()]; m != nil {
			return m
		}
		all4 := netip.AddrPortFrom(netip.IPv4Unspecified(), local.Port()).String()
		if m := s.members[all4]; m != nil && ip.Is4() {
			return m
		}
	}
	return s.members[s.wide]
}

func (m *member) Accept() (net.Conn, error) {
	select {
	case a := <-m.conns:
		return a.conn, a.err
	case <-m.done:
		return nil, net.ErrClosed
	}
}

// Addr is the address that was asked for, and not that of the socket.
func (m *member) Addr() net.Addr {
	if a, err := net.ResolveTCPAddr("tcp", m.address); err == nil && m.address != m.wide {
		return a
	}
	return m.Listener.Addr()
}

func (m *member) Close() error {
	m.once.Do(func() {
		close(m.done)
		s := m.socket
		s.of.mu.Lock()
		defer s.of.mu.Unlock()
		if s.members[m.address] == m {
			delete(s.members, m.address)
		}
		if len(s.members) == 0 {
			delete(s.of.shared, s.wide)
			s.Listener.Close()
		}
	})
	return nil
}
