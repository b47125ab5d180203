package proxy

import "sync"

// bridge relays a WebSocket client to a byte stream: what messages carry becomes bytes, and
// bytes become binary messages, as they come.
func (s *session) bridge() {
	s.bridged = true
	s.up.frames = frames{masked: true, limit: s.service.WebSocket.MaximumMessageSize}
	s.watch()
	s.run(
		func() { s.unwrap(&s.up); s.settle(&s.up) },
		func() { s.wrap(&s.down); s.settle(&s.down) },
		func() {
			var both sync.WaitGroup
			both.Go(s.leaveBackend)
			s.bye(&s.client, s.lastToBridged())
			both.Wait()
		})
}

// unwrap turns the client's frames into bytes, in the buffer that they came in.
func (s *session) unwrap(f *flow) {
	for {
		b, data, err := f.receive(s.service.buffers)
		if err != nil {
			if s.resume(f, err) {
				continue
			}
			return
		}
		payload, used := s.payloads(f, data)
		err = nil
		if len(payload) > 0 {
			err = f.to.send(payload)
		}
		f.keep(data[used:])
		b.release()
		if err != nil {
			f.stop(endUnsent, err)
			return
		}
		f.carried += int64(len(payload))
		if f.ended != endHalted || f.over() {
			return
		}
	}
}

// payloads unmasks and joins the payloads in data, answers pings, and sets how the
// direction ends where it does.
func (s *session) payloads(f *flow, data []byte) (payload []byte, used int) {
	for used < len(data) {
		p, wrong := f.frames.next(data[used:])
		if wrong != nil {
			f.broke(wrong)
			break
		}
		if p.size == 0 {
			break
		}
		used += p.size
		switch p.op {
		case opPing:
			if err := s.client.send(controlFrame(opPong, p.unmasked(true), nil)); err != nil {
				f.stop(endLost, err)
				return payload, used
			}
		case opPong:
		case opClose:
			if f.code, wrong = readClose(p.unmasked(true)); wrong != nil {
				f.broke(wrong)
			} else {
				f.ended = endClose
			}
			return payload, used
		default:
			xor(p.payload, p.mask)
			if payload == nil {
				payload = p.payload
			} else {
				// There is room: heads lie between the payloads.
				payload = append(payload, p.payload...)
			}
		}
	}
	return payload, used
}

// wrap turns the back end's bytes into binary messages, with the head in front of them in
// the buffer that they came in.
func (s *session) wrap(f *flow) {
	for {
		b, n, err := f.from.receive(s.service.buffers, serverHead)
		if err != nil {
			f.lost(err)
			return
		}
		start := putServerHead(b.data, opBinary, n)
		err = f.to.send(b.data[start : serverHead+n])
		b.release()
		if err != nil {
			f.stop(endUnsent, err)
			return
		}
		f.carried += int64(n)
	}
}

// leaveBackend ends the stream: as a whole one, if what the client sent was.
func (s *session) leaveBackend() {
	up := &s.up
	if up.ended == endLost || up.ended == endFault || !up.whole() {
		s.backend.abort()
		return
	}
	s.backend.linger(s.patience())
}

// lastToBridged is the close frame that ends the client's side, where it can take one. A
// stream cannot answer the client's, so the gateway does.
func (s *session) lastToBridged() []byte {
	up, down := &s.up, &s.down
	if down.ended == endUnsent || up.ended == endEOF || up.ended == endLost {
		return nil
	}
	code, text := uint16(closeGoingAway), ""
	switch {
	case up.code != 0:
		code = sendable(up.code)
	case up.ended == endFault:
		code, text = up.fault.code, up.fault.text
	case down.ended == endEOF:
		code = closeNormal
	case down.ended == endLost, up.ended == endUnsent:
		code, text = closeInternalError, "back end gone"
	default:
		text = s.whyHalted()
	}
	return controlFrame(opClose, closePayload(code, text), nil)
}
