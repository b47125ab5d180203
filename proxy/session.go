package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// closeWait is how long a peer may take to finish a connection that is being closed.
	closeWait = 5 * time.Second
	// drainWait is the same once a drain has run out of time.
	drainWait = 2 * time.Second
)

// past is a deadline that wakes who waits.
var past = time.Unix(1, 0)

// session is one client, the service it came to, and its back end if there is one.
type session struct {
	g       *Gateway
	service *service
	start   time.Time
	remote  net.Addr
	tls     uint16 // version; 0 on a plain connection
	target  string // the back end
	bridged bool   // WebSocket to bytes

	client, backend link
	up, down        flow // from and to the client
	idle            idleness

	mu     sync.Mutex // over what follows, and over attaching the back end
	halted bool
	by     time.Time // when all has to be over, once halted
	why    string
	err    error
}

// newSession takes over a client's connection.
func (g *Gateway) newSession(svc *service, c net.Conn) *session {
	s := &session{g: g, service: svc, start: g.now(), remote: c.RemoteAddr()}
	s.client.name, s.backend.name = "client", "back end"
	if t, ok := c.(*tls.Conn); ok {
		s.tls = t.ConnectionState().Version
	}
	s.client.attach(c)
	return s
}

// connect makes the back end's connection the session's other end, unless it is over.
func (s *session) connect(t *target, c net.Conn, early []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.backend.attach(c)
	s.backend.early = early
	s.target = t.name
	s.up.from, s.up.to = &s.client, &s.backend
	s.down.from, s.down.to = &s.backend, &s.client
	if s.halted {
		s.wake(past, s.by)
	}
}

// cause tells what ended the session, in an operator's words; the first one counts.
func (s *session) cause(why string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == "" {
		s.why, s.err = why, err
	}
}

// halt ends the session: who waits for bytes goes on until readBy, and then to the end of
// the frame that is under way; all is over at writeBy, or earlier if that was said before.
func (s *session) halt(readBy, writeBy time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.halted && s.by.Before(writeBy) {
		writeBy = s.by
	}
	if writeBy.Before(readBy) {
		readBy = writeBy
	}
	s.halted, s.by = true, writeBy
	s.wake(readBy, writeBy)
}

func (s *session) wake(readBy, writeBy time.Time) {
	for _, l := range []*link{&s.client, &s.backend} {
		if l.conn != nil {
			l.conn.SetReadDeadline(readBy)
			l.conn.SetWriteDeadline(writeBy)
		}
	}
}

// haltNow leaves only the time that it takes to say so to the peers.
func (s *session) haltNow() { s.halt(past, s.g.now().Add(closeWait)) }

// haltSoon lets the other direction come to its own end.
func (s *session) haltSoon() {
	now := s.g.now()
	s.halt(now.Add(closeWait), now.Add(2*closeWait))
}

// stop is how a drain that ran out of time ends the session.
func (s *session) stop(by time.Time) {
	s.cause("drained", nil)
	s.halt(past, by)
}

// deadline is when all has to be over, once the session is halted.
func (s *session) deadline() (by time.Time, halted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.by, s.halted
}

// patience is until when a peer may take to finish its side.
func (s *session) patience() time.Time {
	by, halted := s.deadline()
	if most := s.g.now().Add(closeWait); !halted || by.After(most) {
		return most
	}
	return by
}

// run carries the session in this goroutine and one more, logs its end, and takes leave of
// the peers.
func (s *session) run(up, down, leave func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		down()
	}()
	up()
	<-done
	s.log()
	leave()
}

// log is the one line for a session's end.
func (s *session) log() {
	log := s.g.Log
	if !log.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	attrs := []slog.Attr{
		slog.String("service", s.service.Name),
		slog.String("remote", s.remote.String()),
	}
	if s.target != "" {
		attrs = append(attrs, slog.String("backend", s.target))
	}
	if s.tls != 0 {
		attrs = append(attrs, slog.String("tls", tls.VersionName(s.tls)))
	}
	attrs = append(attrs,
		slog.Int64("in", s.up.carried), slog.Int64("out", s.down.carried),
		slog.Duration("duration", s.g.now().Sub(s.start).Round(time.Millisecond)),
		slog.String("end", s.why))
	if s.err != nil {
		attrs = append(attrs, slog.String("reason", reason(s.err)))
	}
	log.LogAttrs(context.Background(), slog.LevelInfo, "session ended", attrs...)
}

// reason is an error in the words of an operator: without the addresses, which the log has.
func reason(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	if sys, ok := errors.AsType[*os.SyscallError](err); ok {
		err = sys.Err
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed by the peer"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "timed out"
	}
	return err.Error()
}
