package proxy

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// Opcodes (RFC 6455 section 5.2).
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// Close codes (RFC 6455 section 7.4.1, and the IANA registry for 1014).
const (
	closeNormal        = 1000
	closeGoingAway     = 1001
	closeProtocolError = 1002
	closeNoStatus      = 1005 // never sent
	closeInvalidData   = 1007
	closeTooBig        = 1009
	closeInternalError = 1011
	closeTryAgainLater = 1013
	closeBadGateway    = 1014 // never sent
)

const (
	maxControl   = 125              // payload of a control frame
	maxFrameHead = 2 + 8 + 4        // flags, length, mask
	serverHead   = maxFrameHead - 4 // without a mask
	maxHeld      = maxFrameHead + maxControl
)

// A fault is what a peer did against the protocol, with the code to close with.
type fault struct {
	code uint16
	text string
}

func (f *fault) Error() string { return f.text }

func violation(text string) *fault { return &fault{closeProtocolError, text} }

var errTooBig = &fault{closeTooBig, "message too big"}

// frame is a frame, or as much of its payload as there is.
type frame struct {
	op      byte
	head    bool // starts here, not in an earlier piece
	end     bool // ends here
	size    int  // bytes of the connection that it takes
	payload []byte
	mask    [4]byte
}

// frames follows the frames of one direction of a connection without holding them: data
// frames are seen in pieces, as they come, control frames whole. It judges what RFC 6455
// says about the sequence of frames, and how long a message may be. Text is not checked for
// UTF-8: that is left to the end that reads it.
type frames struct {
	masked bool  // from a client
	limit  int64 // of a message's bytes; 0: none

	message int64 // bytes of the message up to here
	open    bool  // a message's last frame is still to come
	op      byte  // of the frame that is under way
	left    uint64
	mask    [4]byte
}

// atBoundary says whether the next byte starts a frame.
func (f *frames) atBoundary() bool { return f.left == 0 }

// next gives the piece at the start of b. A size of 0 says that b is too short to tell.
func (f *frames) next(b []byte) (frame, *fault) {
	if f.left > 0 {
		return f.piece(b, 0), nil
	}
	if len(b) < 2 {
		return frame{}, nil
	}
	size := headSize(b)
	if len(b) < size {
		return frame{}, f.check(b)
	}
	if wrong := f.check(b); wrong != nil {
		return frame{}, wrong
	}
	op, fin, length := b[0]&0xF, b[0]&0x80 != 0, frameLength(b)
	if f.masked {
		copy(f.mask[:], b[size-4:size])
	}
	if op >= opClose {
		if len(b) < size+int(length) {
			return frame{}, nil
		}
		return frame{op: op, head: true, end: true, size: size + int(length), payload: b[size : size+int(length)], mask: f.mask}, nil
	}
	if length>>63 != 0 {
		return frame{}, violation("frame length with its highest bit set")
	}
	if f.limit > 0 && length > uint64(f.limit-f.message) {
		return frame{}, errTooBig
	}
	f.message += int64(length)
	if f.open = !fin; fin {
		f.message = 0
	}
	f.op, f.left = op, length
	p := f.piece(b, size)
	p.head = true
	return p, nil
}

// piece is what b has, behind size bytes of head, of the frame under way.
func (f *frames) piece(b []byte, size int) frame {
	n := int(min(uint64(len(b)-size), f.left))
	p := frame{op: f.op, size: size + n, payload: b[size : size+n], mask: f.mask}
	f.left -= uint64(n)
	p.end = f.left == 0
	// The mask for what is still to come starts where this piece ends.
	f.mask = rotate(f.mask, n)
	return p
}

// check judges as much of a head as there is, of two bytes or more.
func (f *frames) check(b []byte) *fault {
	op, fin := b[0]&0xF, b[0]&0x80 != 0
	switch {
	case b[0]&0x70 != 0:
		return violation("reserved bits without an extension")
	case f.masked && b[1]&0x80 == 0:
		return violation("frame from a client without a mask")
	case !f.masked && b[1]&0x80 != 0:
		return violation("frame from a server with a mask")
	case op > opBinary && op < opClose, op > opPong:
		return violation("unknown opcode")
	case op >= opClose && !fin:
		return violation("fragmented control frame")
	case op >= opClose && b[1]&0x7F > maxControl:
		return violation("control frame of more than 125 bytes")
	case op == opContinuation && !f.open:
		return violation("continuation without a message")
	case op != opContinuation && op < opClose && f.open:
		return violation("new message within a message")
	case len(b) >= headSize(b) && !minimal(b):
		return violation("frame length not in its shortest form")
	}
	return nil
}

func headSize(b []byte) int {
	size := 2
	switch b[1] & 0x7F {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if b[1]&0x80 != 0 {
		size += 4
	}
	return size
}

func frameLength(b []byte) uint64 {
	switch n := b[1] & 0x7F; n {
	case 126:
		return uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		return binary.BigEndian.Uint64(b[2:])
	default:
		return uint64(n)
	}
}

func minimal(b []byte) bool {
	switch n := frameLength(b); b[1] & 0x7F {
	case 126:
		return n > maxControl
	case 127:
		return n > 0xFFFF
	}
	return true
}

// rotate is the mask as it applies n bytes later.
func rotate(m [4]byte, n int) [4]byte {
	return [4]byte{m[n&3], m[(n+1)&3], m[(n+2)&3], m[(n+3)&3]}
}

// xor masks or unmasks p in place (RFC 6455 section 5.3).
func xor(p []byte, mask [4]byte) {
	k := uint64(binary.LittleEndian.Uint32(mask[:]))
	k |= k << 32
	for ; len(p) >= 32; p = p[32:] {
		for i := 0; i < 32; i += 8 {
			binary.LittleEndian.PutUint64(p[i:], binary.LittleEndian.Uint64(p[i:])^k)
		}
	}
	for ; len(p) >= 8; p = p[8:] {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^k)
	}
	for i := range p {
		p[i] ^= mask[i&3]
	}
}

// putServerHead writes the head of a whole unmasked frame so that it ends where the payload
// of n bytes begins, at b[serverHead], and gives its first byte's place.
func putServerHead(b []byte, op byte, n int) int {
	start := serverHead - 2
	switch {
	case n > 0xFFFF:
		start -= 8
		b[start+1] = 127
		binary.BigEndian.PutUint64(b[start+2:], uint64(n))
	case n > maxControl:
		start -= 2
		b[start+1] = 126
		binary.BigEndian.PutUint16(b[start+2:], uint16(n))
	default:
		b[start+1] = byte(n)
	}
	b[start] = 0x80 | op
	return start
}

// controlFrame makes a whole control frame; with a mask if there is one.
func controlFrame(op byte, payload []byte, mask *[4]byte) []byte {
	b := make([]byte, 0, maxHeld)
	b = append(b, 0x80|op, byte(len(payload)))
	if mask == nil {
		return append(b, payload...)
	}
	b[1] |= 0x80
	b = append(b, mask[:]...)
	start := len(b)
	b = append(b, payload...)
	xor(b[start:], *mask)
	return b
}

// closePayload is the body of a close frame.
func closePayload(code uint16, reason string) []byte {
	if code == closeNoStatus {
		return nil
	}
	return append(binary.BigEndian.AppendUint16(nil, code), reason...)
}

// readClose gives the code of a close frame's unmasked payload, closeNoStatus where it has
// none.
func readClose(payload []byte) (code uint16, wrong *fault) {
	if len(payload) == 0 {
		return closeNoStatus, nil
	}
	if len(payload) == 1 {
		return 0, violation("close frame with half a code")
	}
	code = binary.BigEndian.Uint16(payload)
	switch {
	case code < 1000, code == 1004, code == 1005, code == 1006, code > closeBadGateway && code < 3000, code > 4999:
		return 0, violation("close code that must not be sent")
	case !utf8.Valid(payload[2:]):
		return 0, &fault{closeInvalidData, "close reason that is not UTF-8"}
	}
	return code, nil
}

// unmasked is a control frame's payload, in a copy.
func (p frame) unmasked(masked bool) []byte {
	b := slices.Clone(p.payload)
	if masked {
		xor(b, p.mask)
	}
	return b
}
