package proxy

import (
	"crypto/rand"
	"sync"
)

// tunnel relays a WebSocket client to a WebSocket back end. Frames are followed, not held:
// what is whole enough to be judged goes on as it came, a client's still masked with the
// key that it chose.
func (s *session) tunnel() {
	s.up.frames = frames{masked: true, limit: s.service.WebSocket.MaximumMessageSize}
	s.watch()
	s.run(
		func() { s.forward(&s.up); s.settle(&s.up) },
		func() { s.forward(&s.down); s.settle(&s.down) },
		func() {
			var both sync.WaitGroup
			both.Go(func() { s.bye(&s.backend, s.lastToBackend()) })
			s.bye(&s.client, s.lastToClient())
			both.Wait()
		})
}

// forward passes the frames of one direction on until it ends.
func (s *session) forward(f *flow) {
	for {
		b, data, err := f.receive(s.service.buffers)
		if err != nil {
			if s.resume(f, err) {
				continue
			}
			return
		}
		ready, last := f.scan(data)
		err = nil
		if ready > 0 {
			err = f.to.send(data[:ready])
		}
		if err == nil && last != nil {
			s.cause(closed(f.from.name, f.code), nil) // before the answer can be one
			err = f.to.send(last)
		}
		f.keep(data[ready:])
		b.release()
		if err != nil {
			f.stop(endUnsent, err)
			return
		}
		if f.ended != endHalted || f.over() {
			return
		}
	}
}

// scan finds how much of data may go on, and sets how the direction ends where it does:
// with the close frame last, or by a fault.
func (f *flow) scan(data []byte) (ready int, last []byte) {
	for ready < len(data) {
		p, wrong := f.frames.next(data[ready:])
		if wrong != nil {
			f.broke(wrong)
			return ready, nil
		}
		if p.size == 0 {
			break
		}
		if p.op == opClose {
			payload := p.unmasked(f.frames.masked)
			code, wrong := readClose(payload)
			if wrong != nil {
				f.broke(wrong)
				return ready, nil
			}
			f.ended, f.code = endClose, code
			if code == closeBadGateway {
				payload = closePayload(closeInternalError, string(payload[2:]))
			}
			return ready, controlFrame(opClose, payload, f.key())
		}
		if p.op < opClose {
			f.carried += int64(len(p.payload))
		}
		ready += p.size
	}
	return ready, nil
}

// key is a new masking key towards a server, none towards a client (RFC 6455 section 5.3).
func (f *flow) key() *[4]byte {
	if !f.frames.masked {
		return nil
	}
	return newMask()
}

func newMask() *[4]byte {
	var m [4]byte
	rand.Read(m[:])
	return &m
}

// lastToClient is the close frame that ends the client's side, where it can take one.
func (s *session) lastToClient() []byte {
	up, down := &s.up, &s.down
	if down.ended == endClose || !down.whole() || up.ended == endEOF || up.ended == endLost {
		return nil
	}
	code, text := uint16(closeGoingAway), ""
	switch {
	case up.code != 0: // it closed, and nobody answered
		code = sendable(up.code)
	case up.ended == endFault:
		code, text = up.fault.code, up.fault.text
	case down.ended == endFault:
		code, text = closeInternalError, "fault of the back end"
	case down.ended == endEOF, down.ended == endLost, up.ended == endUnsent:
		code, text = closeInternalError, "back end gone"
	default:
		text = s.whyHalted()
	}
	return controlFrame(opClose, closePayload(code, text), nil)
}

// lastToBackend is the same for a WebSocket back end.
func (s *session) lastToBackend() []byte {
	up, down := &s.up, &s.down
	if up.ended == endClose || !up.whole() || down.ended == endEOF || down.ended == endLost {
		return nil
	}
	code := uint16(closeGoingAway)
	switch down.ended {
	case endClose:
		code = sendable(down.code)
	case endFault:
		code = down.fault.code
	}
	return controlFrame(opClose, closePayload(code, ""), newMask())
}
