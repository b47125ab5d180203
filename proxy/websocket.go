package proxy

import (
	"fmt"
)

// What the two kinds of WebSocket relays, tunnel and bridge, have in common.

// idleness measures how long nothing came from either side. It belongs to the goroutine
// that reads the client.
type idleness struct {
	seen  int64 // bytes up to the last look
	quiet int   // looks without a new one
}

// looks is how often within the inactivity timeout it is seen whether bytes came: the timeout is
// exact to that part of it, and no clock is read for a byte.
const looks = 4

// watch arms the next look, unless the session was halted meanwhile.
func (s *session) watch() {
	timeout := s.service.WebSocket.InactivityTimeout
	if timeout == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.halted {
		s.client.conn.SetReadDeadline(s.g.now().Add(timeout / looks))
	}
}

// inactive takes a look.
func (s *session) inactive() bool {
	seen := s.client.read.Load() + s.backend.read.Load()
	if seen != s.idle.seen {
		s.idle = idleness{seen: seen}
		return false
	}
	s.idle.quiet++
	return s.idle.quiet >= looks
}

// resume says whether a direction goes on after a read that gave err, and sets how it ended
// where it does not. Only the client's reads time out before the session is halted. Once it
// is, a tunnel takes the rest of the frame that is under way, so that a close frame can follow it.
func (s *session) resume(f *flow, err error) bool {
	if !timedOut(err) {
		f.lost(err)
		return false
	}
	by, halted := s.deadline()
	if !halted {
		if !s.inactive() {
			s.watch()
			return true
		}
		s.cause("inactive", nil)
		s.haltNow()
		return false
	}
	if s.bridged || f.frames.atBoundary() || f.rest || !s.g.now().Before(by) {
		return false
	}
	f.rest = true
	f.from.conn.SetReadDeadline(by)
	return true
}

// over says that a direction which had to wait for the end of a frame has come to it.
func (f *flow) over() bool { return f.rest && f.frames.atBoundary() }

// settle lets the other direction know how this one ended.
func (s *session) settle(f *flow) {
	from, to := f.from.name, f.to.name
	switch {
	case f.ended == endClose:
		s.cause(closed(from, f.code), nil)
		if s.bridged {
			s.haltNow()
		} else { // the answer is still to come
			s.haltSoon()
		}
	case f.ended == endUnsent: // what to said before it went still has to arrive
		s.cause(to+" gone", f.err)
		s.haltSoon()
	case f.ended == endEOF && s.bridged && f == &s.down:
		s.cause(from+" closed", nil)
		s.haltNow()
	case f.ended == endEOF, f.ended == endLost:
		s.cause(from+" gone", f.err)
		s.haltNow()
	case f.ended == endFault:
		s.cause("fault of the "+from, f.err)
		s.haltNow()
	}
}

// bye ends one side: with its last frame, and with an end of file that waits for the peer's.
func (s *session) bye(l *link, last []byte) {
	if last != nil && l.send(last) != nil {
		l.base.Close()
		return
	}
	l.linger(s.patience())
}

// whyHalted is what a client is told when the gateway ends the session.
func (s *session) whyHalted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

// sendable is a close code that may be passed on.
func sendable(code uint16) uint16 {
	if code == closeBadGateway {
		return closeInternalError
	}
	return code
}

func closed(who string, code uint16) string {
	if code == closeNoStatus {
		return who + " closed"
	}
	return fmt.Sprintf("%s closed with %d", who, code)
}
