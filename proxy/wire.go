package proxy

import (
	"net"
	"sync"
)

// wire is the connection under a client or a TLS session. It can refuse to wait (polling),
// so that what a tls.Conn has at hand is got out of it without losing a buffer to an idle
// connection, and it can hold back what is written (cork), so that several TLS records
// become one system call.
type wire struct {
	net.Conn
	endpoint *endpoint // where a client came in; nil towards a back end

	poll    *poller // nil where Conn is no socket
	polling bool    // of the one goroutine that reads

	mu     sync.Mutex // writes come from the sender, and from the reader as answers of TLS itself
	corked *buffer
	held   int
}

func newWire(c net.Conn, ep *endpoint) *wire {
	return &wire{Conn: c, endpoint: ep, poll: newPoller(c)}
}

func (w *wire) Read(p []byte) (int, error) {
	if w.polling {
		return w.poll.tryRead(p)
	}
	return w.Conn.Read(p)
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.corked == nil {
		return w.Conn.Write(p)
	}
	if w.held+len(p) > len(w.corked.data) {
		if err := w.flush(); err != nil {
			return 0, err
		}
	}
	if len(p) > len(w.corked.data) {
		return w.Conn.Write(p)
	}
	w.held += copy(w.corked.data[w.held:], p)
	return len(p), nil
}

// corks holds a default buffer's worth of TLS records with their heads and tags.
var corks = buffersFor(defaultPending + 4<<10)

func (w *wire) cork() {
	w.mu.Lock()
	w.corked = corks.borrow()
	w.mu.Unlock()
}

// uncork writes what was held back. The lock is kept meanwhile: a record that the reader
// sends now comes later in the order of TLS.
func (w *wire) uncork() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.flush()
	w.corked.release()
	w.corked = nil
	return err
}

func (w *wire) flush() error {
	if w.held == 0 {
		return nil
	}
	_, err := w.Conn.Write(w.corked.data[:w.held])
	w.held = 0
	return err
}

// closeWrite says end of file to the peer, where the connection can.
func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// errNotReady is a temporary net.Error, which a tls.Conn does not take as the end.
type errNotReady struct{}

func (errNotReady) Error() string   { return "nothing to read yet" }
func (errNotReady) Timeout() bool   { return true }
func (errNotReady) Temporary() bool { return true }
