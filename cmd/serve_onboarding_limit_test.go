package cmd

import (
	"fmt"
	"testing"
	"time"
)

func TestALimiterLetsAPeerInAgainAfterAWhile(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(func() time.Time { return now })
	for n := range limitBurst {
		if !l.allow("192.0.2.1:4000") {
			t.Fatalf("request %d is refused", n+1)
		}
	}
	if l.allow("192.0.2.1:4001") {
		t.Error("one too many is let in, from another port")
	}
	if !l.allow("192.0.2.2:4000") {
		t.Error("another peer is refused")
	}
	now = now.Add(-time.Hour) // a clock that is set back
	if l.allow("192.0.2.1:4002") {
		t.Error("a clock that is set back lets in")
	}
	now = now.Add(time.Hour + l.wait())
	if !l.allow("192.0.2.1:4003") {
		t.Error("who has waited as told is refused")
	}
}

func TestALimiterTakesANetworkOfIPv6ForOnePeer(t *testing.T) {
	l := newLimiter(func() time.Time { return time.Unix(0, 0) })
	for n := range limitBurst {
		l.allow(fmt.Sprintf("[2001:db8::%x]:1", n+1))
	}
	if l.allow("[2001:db8::ffff]:1") {
		t.Error("addresses of one network are taken for many peers")
	}
	if !l.allow("[2001:db8:0:1::1]:1") {
		t.Error("another network is refused")
	}
	for range 2 * limitBurst {
		if !l.allow("@") || !l.allow("") {
			t.Fatal("a peer of this machine is refused")
		}
	}
}

func TestALimiterForgetsRatherThanGrows(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter(func() time.Time { return now })
	for n := range 3 * limitPeers {
		if !l.allow(fmt.Sprintf("10.%d.%d.%d:1", n>>16, n>>8&255, n&255)) {
			t.Fatalf("new peer %d is refused", n)
		}
		if len(l.peers) > limitPeers {
			t.Fatalf("%d peers are remembered", len(l.peers))
		}
	}
}
