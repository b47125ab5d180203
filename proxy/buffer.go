package proxy

import "sync"

const (
	// defaultPending is how much is read from one side and not yet taken by the other.
	defaultPending = 64 << 10
	// A buffer must hold a held-back frame head and control frame with room for more, and
	// gains nothing from being larger than the socket's own.
	minPending, maxBuffer = 1 << 10, 1 << 20
)

// buffers lends buffers of one size. Connections wait most of the time, so one is borrowed
// when bytes are there and given back when they are passed on.
type buffers struct {
	pool sync.Pool
	size int
}

type buffer struct {
	data []byte
	home *buffers // nil: its owner's own
}

// lenders holds one buffers for each size that services ask for.
var lenders sync.Map // int -> *buffers

// buffersFor gives what holds at most pending bytes of one direction of a session.
func buffersFor(pending int) *buffers {
	if pending == 0 {
		pending = defaultPending
	}
	size := min(max(pending, minPending), maxBuffer)
	if b, ok := lenders.Load(size); ok {
		return b.(*buffers)
	}
	b, _ := lenders.LoadOrStore(size, &buffers{size: size})
	return b.(*buffers)
}

func (l *buffers) borrow() *buffer {
	if b, ok := l.pool.Get().(*buffer); ok {
		return b
	}
	return &buffer{data: make([]byte, l.size), home: l}
}

// release gives a buffer back; one that is not on loan stays where it is.
func (b *buffer) release() {
	if b.home != nil {
		b.home.pool.Put(b)
	}
}
