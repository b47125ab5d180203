package proxy

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// link is one end of a session: the connection to a client or to a back end. One goroutine
// reads it, any may write.
type link struct {
	name  string   // for the log
	conn  net.Conn // *tls.Conn, or a bare connection
	base  net.Conn // the bare connection, under TLS if there is any
	wire  *wire    // under TLS; nil on a bare connection
	poll  *poller  // of base; nil where base is no socket
	early []byte   // what the peer sent behind its handshake
	small *buffer  // under TLS, to wait with

	read atomic.Int64 // bytes that came, as the measure of activity

	wmu sync.Mutex
}

// wholeRecord is the plaintext of the largest TLS record (RFC 8446 section 5.1).
const wholeRecord = 16 << 10

// attach takes a connection over: a *tls.Conn on a wire, a *wire, or a bare one.
func (l *link) attach(c net.Conn) {
	l.conn, l.base = c, c
	if t, ok := c.(*tls.Conn); ok {
		l.base = t.NetConn()
	}
	if w, ok := l.base.(*wire); ok {
		l.base, l.poll = w.Conn, w.poll
		if l.conn == net.Conn(w) {
			l.conn = w.Conn
		} else {
			l.wire, l.small = w, &buffer{data: make([]byte, smallBuffer)}
		}
		return
	}
	l.poll = newPoller(l.base)
}

// bare is the connection if it is TCP without TLS, which the kernel can move bytes from
// and to by itself.
func (l *link) bare() *net.TCPConn {
	t, _ := l.conn.(*net.TCPConn)
	return t
}

// receive waits for bytes and lends the buffer that they are in, from off on. It gives
// bytes or an error, never both.
func (l *link) receive(lender *buffers, off int) (*buffer, int, error) {
	b, n, err := l.receiveAny(lender, off)
	if n > 0 {
		l.read.Add(int64(n))
		return b, n, nil
	}
	if b != nil {
		b.release()
	}
	return nil, 0, err
}

func (l *link) receiveAny(lender *buffers, off int) (b *buffer, n int, err error) {
	switch {
	case len(l.early) > 0:
		b = lender.borrow()
		n = copy(b.data[off:], l.early)
		l.early = l.early[n:]
		return b, n, nil
	case l.poll == nil:
		b = lender.borrow()
		n, err = l.conn.Read(b.data[off:])
		return b, n, err
	case l.wire == nil:
		return l.poll.read(lender, off)
	}
	return l.receiveTLS(lender, off)
}

// smallBuffer is what a TLS connection keeps to wait with, and all that a small message needs.
const smallBuffer = 256

// receiveTLS waits with the small buffer. Where that comes back full, the rest of its record
// is at hand; and where a record was a full one, more are likely, which save writes if they
// are passed on together.
func (l *link) receiveTLS(lender *buffers, off int) (*buffer, int, error) {
	n, err := l.conn.Read(l.small.data[off:])
	if n < smallBuffer-off {
		return l.small, n, err
	}
	b := lender.borrow()
	record := copy(b.data[off:], l.small.data[off:])
	l.wire.polling = true
	for full := true; full && off+n < len(b.data); record = 0 {
		// An error comes again with the next read: those of a tls.Conn stay.
		m, _ := l.conn.Read(b.data[off+n:])
		n += m
		full = record+m == wholeRecord
	}
	l.wire.polling = false
	return b, n, nil
}

// send writes all of p before anything that others send.
func (l *link) send(p []byte) error {
	l.wmu.Lock()
	defer l.wmu.Unlock()
	if l.wire == nil || len(p) <= wholeRecord {
		_, err := l.conn.Write(p)
		return err
	}
	l.wire.cork()
	_, err := l.conn.Write(p)
	if flushed := l.wire.uncork(); err == nil {
		err = flushed
	}
	return err
}

// closeWrite says to the peer that nothing more comes: close_notify, and FIN.
func (l *link) closeWrite() error {
	err := closeWrite(l.conn)
	if l.wire != nil && err == nil {
		err = closeWrite(l.base)
	}
	return err
}

// linger says that nothing more comes and then discards what still does, until the peer
// has closed too or the deadline: closing with unread bytes would reset the connection, and
// the peer might never see what was sent last (RFC 9112 section 9.6).
func (l *link) linger(deadline time.Time) {
	l.conn.SetDeadline(deadline)
	if l.closeWrite() == nil {
		l.early = nil
		io.Copy(io.Discard, struct{ io.Reader }{l.conn})
	}
	l.base.Close()
}

// abort ends the connection so that the peer cannot take what it got for the whole: a reset
// instead of FIN, and no close_notify.
func (l *link) abort() {
	if t, ok := l.base.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	l.base.Close()
}
