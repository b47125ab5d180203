//go:build unix

package proxy

import (
	"io"
	"net"
	"os"
	"syscall"
)

// poller reads a socket without giving up a buffer while there is nothing to read. It
// belongs to the goroutine that reads; its fields are what the runtime's callbacks, made
// once and not at every read, work on.
type poller struct {
	raw syscall.RawConn

	p   []byte
	n   int
	err error
	try func(fd uintptr) bool

	lender *buffers
	off    int
	buf    *buffer
	fill   func(fd uintptr) bool
}

// newPoller is nil where c is no socket.
func newPoller(c net.Conn) *poller {
	s, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	p := &poller{raw: raw}
	p.try, p.fill = p.once, p.wait
	return p
}

// tryRead reads what is there, or says errNotReady.
func (p *poller) tryRead(b []byte) (int, error) {
	p.p = b
	err := p.raw.Read(p.try)
	p.p = nil
	return p.result(err)
}

// read waits, and borrows a buffer once bytes are there, which are put behind off.
func (p *poller) read(lender *buffers, off int) (*buffer, int, error) {
	p.lender, p.off = lender, off
	n, err := p.result(p.raw.Read(p.fill))
	b := p.buf
	p.buf = nil
	if n == 0 && b != nil {
		b.release()
		b = nil
	}
	return b, n, err
}

func (p *poller) once(fd uintptr) bool {
	p.n, p.err = readSocket(int(fd), p.p)
	return true
}

func (p *poller) wait(fd uintptr) bool {
	b := p.lender.borrow()
	p.n, p.err = readSocket(int(fd), b.data[p.off:])
	if p.err == syscall.EAGAIN {
		b.release()
		return false
	}
	p.buf = b
	return true
}

func (p *poller) result(waited error) (int, error) {
	n, err := p.n, p.err
	p.n, p.err = 0, nil
	switch {
	case waited != nil: // a deadline, or closed: the callback found nothing
		return 0, waited
	case err == syscall.EAGAIN:
		return 0, errNotReady{}
	case err != nil:
		return 0, os.NewSyscallError("read", err)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func readSocket(fd int, p []byte) (int, error) {
	for {
		n, err := syscall.Read(fd, p)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}
