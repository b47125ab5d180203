package proxy

import (
	"io"
)

// stream relays bytes between a tcp or tls client and a tcp or tls back end. The end of
// each direction is passed on by itself, so that half-closed connections work.
func (s *session) stream() {
	s.run(
		func() { s.pour(&s.up) },
		func() { s.pour(&s.down) },
		func() {
			s.part(&s.client, &s.up, &s.down)
			s.part(&s.backend, &s.down, &s.up)
		})
}

func (s *session) pour(f *flow) {
	s.copy(f)
	switch f.ended {
	case endEOF:
		s.cause(f.from.name+" closed", nil)
		f.to.closeWrite()
	case endUnsent:
		// What the other side said before it closed still has to arrive.
		s.cause(f.to.name+" gone", f.err)
		s.haltSoon()
	case endLost:
		s.cause(f.from.name+" gone", f.err)
		s.haltNow()
	}
}

func (s *session) copy(f *flow) {
	for {
		b, n, err := f.from.receive(s.service.buffers, 0)
		if err != nil {
			f.lost(err)
			return
		}
		full := n == len(b.data)
		err = f.to.send(b.data[:n])
		b.release()
		if err != nil {
			f.stop(endUnsent, err)
			return
		}
		f.carried += int64(n)
		if full && !f.splice(int64(n)) {
			return
		}
	}
}

// splice lets the kernel move the bytes of a busy TCP to TCP direction (splice(2), within
// ReadFrom), at most size at a time, as long as that goes well. What comes slowly is copied:
// a connection that waits would keep a pipe.
func (f *flow) splice(size int64) bool {
	src, dst := f.from.bare(), f.to.bare()
	if src == nil || dst == nil {
		return true
	}
	for {
		n, err := dst.ReadFrom(&io.LimitedReader{R: src, N: size})
		f.carried += n
		switch {
		case timedOut(err):
			f.lost(err)
			return false
		case err != nil: // whose it is cannot be told
			f.stop(endUnsent, err)
			return false
		case n < size: // the end: the next read says so
			return true
		}
	}
}

// part closes one end of a stream. A peer that was told the end gets to read it; one whose
// stream was cut must not take it for whole.
func (s *session) part(l *link, from, to *flow) {
	switch {
	case to.ended != endEOF:
		l.abort()
	case from.ended != endEOF:
		l.linger(s.patience())
	default:
		l.base.Close()
	}
}
