package proxy

import (
	"errors"
	"io"
	"os"
)

// flow is one direction of a session.
type flow struct {
	from, to *link
	carried  int64 // bytes passed on: of a stream, or payload of messages

	frames frames // what from sends, where that is WebSocket
	held   []byte // the start of a frame of which too little is there
	ended  ending
	err    error  // with endLost, endUnsent and endFault
	fault  *fault // with endFault
	code   uint16 // of the close frame that from sent
	rest   bool   // halted, and waiting for the rest of a frame
}

// ending is how a direction came to its end.
type ending int

const (
	endHalted ending = iota // by the gateway, or because the other direction ended
	endClose                // from sent a close frame
	endEOF                  // from closed its side
	endLost                 // from cannot be read
	endFault                // from broke the protocol
	endUnsent               // to cannot be written
)

func (f *flow) stop(e ending, err error) { f.ended, f.err = e, err }

// broke ends a direction by what the peer did against the protocol.
func (f *flow) broke(what *fault) {
	f.stop(endFault, what)
	f.fault = what
}

// lost sets how a direction ended from the error of a read.
func (f *flow) lost(err error) {
	switch {
	case errors.Is(err, io.EOF):
		f.stop(endEOF, nil)
	case timedOut(err):
		f.stop(endHalted, nil)
	default:
		f.stop(endLost, err)
	}
}

// whole says whether what to got ends with a whole frame, so that another may follow.
func (f *flow) whole() bool { return f.ended != endUnsent && f.frames.atBoundary() }

// keep remembers the start of a frame for the next read.
func (f *flow) keep(b []byte) {
	if len(b) == 0 {
		f.held = nil // most frames come whole: nothing is kept for a connection that waits
		return
	}
	f.held = append(f.held[:0], b...)
}

// receive lends a buffer with what was held back and what came since.
func (f *flow) receive(lender *buffers) (*buffer, []byte, error) {
	b, n, err := f.from.receive(lender, len(f.held))
	if err != nil {
		return nil, nil, err
	}
	return b, b.data[:copy(b.data, f.held)+n], nil
}

// timedOut tells a deadline of ours from a connection that the system gave up.
func timedOut(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
