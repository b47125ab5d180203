package cmd

import (
	"net/netip"
	"sync"
	"time"
)

// limiter bounds how often one peer may ask: many people may share an address, and none
// of them asks for more than a page and a few files.
type limiter struct {
	now   func() time.Time
	mu    sync.Mutex
	peers map[netip.Prefix]bucket
}

// bucket holds what a peer may still ask for, as it was at a time.
type bucket struct {
	left float64
	at   time.Time
}

const (
	limitBurst = 60
	limitRate  = 2    // requests a second, in the long run
	limitPeers = 4096 // that are remembered
)

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, peers: map[netip.Prefix]bucket{}}
}

// wait is what a peer is told to wait.
func (l *limiter) wait() time.Duration { return 10 * time.Second }

// allow says whether a peer may ask now. One without an IP address, behind a socket of
// this machine, is bounded by what is in front of it.
func (l *limiter) allow(remote string) bool {
	peer, ok := peerOf(remote)
	if !ok {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b, known := l.peers[peer]
	if !known {
		l.makeRoom(now)
		b = bucket{limitBurst, now}
	}
	b = b.filled(now)
	if b.left < 1 {
		l.peers[peer] = b
		return false
	}
	b.left--
	l.peers[peer] = b
	return true
}

func (b bucket) filled(now time.Time) bucket {
	if passed := now.Sub(b.at); passed > 0 {
		b.left, b.at = min(limitBurst, b.left+passed.Seconds()*limitRate), now
	}
	return b
}

// makeRoom forgets who has not asked for a while, and everybody where that is not enough.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.peers) < limitPeers {
		return
	}
	for peer, b := range l.peers {
		if b.filled(now).left >= limitBurst {
			delete(l.peers, peer)
		}
	}
	if len(l.peers) >= limitPeers {
		clear(l.peers)
	}
}

// peerOf is an address of IPv4, or the network of 64 bits that one peer of IPv6 has.
func peerOf(remote string) (netip.Prefix, bool) {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}, false
	}
	ip, bits := a.Addr().Unmap().WithZone(""), 32
	if ip.Is6() {
		bits = 64
	}
	peer, err := ip.Prefix(bits)
	return peer, err == nil
}
