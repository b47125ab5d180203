package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// frameHeader is the start of a WebSocket frame (RFC 6455, section 5.2).
type frameHeader struct {
	first  byte // FIN, reserved bits and opcode
	length int
	masked bool
	mask   [4]byte
}

const (
	opClose = 8
)

func (h frameHeader) op() byte { return h.first & 0x0f }

// control frames may stand between the frames of a message.
func (h frameHeader) control() bool { return h.op() >= opClose }

func readFrameHeader(r *bufio.Reader) (h frameHeader, err error) {
	var b [8]byte
	if _, err = io.ReadFull(r, b[:2]); err != nil {
		return h, err
	}
	h.first = b[0]
	h.masked = b[1]&0x80 != 0
	h.length = int(b[1] & 0x7f)
	switch h.length {
	case 126:
		if _, err = io.ReadFull(r, b[:2]); err != nil {
			return h, err
		}
		h.length = int(binary.BigEndian.Uint16(b[:]))
	case 127:
		if _, err = io.ReadFull(r, b[:8]); err != nil {
			return h, err
		}
		h.length = int(binary.BigEndian.Uint64(b[:]))
	}
	if h.masked {
		_, err = io.ReadFull(r, h.mask[:])
	}
	return h, err
}

func appendFrameHeader(b []byte, first byte, length int) []byte {
	switch {
	case length < 126:
		return append(b, first, byte(length))
	case length < 1<<16:
		return append(b, first, 126, byte(length>>8), byte(length))
	}
	return binary.BigEndian.AppendUint64(append(b, first, 127), uint64(length))
}

// maskedFrame is one masked binary message, made once and sent many times. Its first
// payload byte has the back end echo what follows.
func maskedFrame(length int) []byte {
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b := appendFrameHeader(nil, 0x82, length)
	b[1] |= 0x80
	b = append(b, mask[:]...)
	payload := bytes.Repeat([]byte("m"), length)
	payload[0] = doEcho
	xorMask(payload, mask)
	return append(b, payload...)
}

func xorMask(p []byte, mask [4]byte) {
	k := uint64(binary.LittleEndian.Uint32(mask[:]))
	k |= k << 32
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^k)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= mask[i&3]
	}
}
