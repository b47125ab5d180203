package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
)

// follow runs b through a parser as it would come in pieces of the given size, and gives
// what it saw: frames with their payloads, and how it ended.
func follow(b []byte, piece int, masked bool, limit int64) string {
	f := frames{masked: masked, limit: limit}
	var held []byte
	var seen bytes.Buffer
	for len(b) > 0 {
		n := min(piece, len(b))
		data := append(held, b[:n]...)
		b = b[n:]
		used := 0
		for used < len(data) {
			p, err := f.next(data[used:])
			if err != nil {
				fmt.Fprintf(&seen, "fault %d %v", err.code, err)
				return seen.String()
			}
			if p.size == 0 {
				break
			}
			payload := p.unmasked(masked)
			if p.head {
				fmt.Fprintf(&seen, "op %d: ", p.op)
			}
			seen.Write(payload)
			if p.end {
				seen.WriteString(" end\n")
			}
			used += p.size
		}
		held = bytes.Clone(data[used:])
		if len(held) > maxHeld {
			panic(fmt.Sprintf("%d bytes held back", len(held)))
		}
	}
	fmt.Fprintf(&seen, "boundary %v", f.atBoundary())
	return seen.String()
}

// What a peer sends means the same however it is cut, never panics, and is never held back
// beyond a control frame.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x81\x85\x01\x02\x03\x04hello"), true, 3, int64(0))
	f.Add([]byte("\x82\x7e\x00\x7e"+string(make([]byte, 126))), false, 1, int64(100))
	f.Add([]byte("\x01\x01a\x89\x02hi\x80\x01b\x88\x02\x03\xe8"), false, 2, int64(2))
	f.Add([]byte("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff1234"), true, 5, int64(1<<62))
	f.Fuzz(func(t *testing.T, b []byte, masked bool, piece int, limit int64) {
		if piece < 1 || limit < 0 {
			return
		}
		whole, cut := follow(b, max(1, len(b)), masked, limit), follow(b, piece, masked, limit)
		if whole != cut {
			t.Errorf("at once:\n%s\nin pieces of %d:\n%s", whole, piece, cut)
		}
	})
}

// A frame that is made is read as it was meant.
func FuzzFrameRoundTrip(f *testing.F) {
	f.Add([]byte("hello"), uint32(0x01020304))
	f.Add(make([]byte, 70_000), uint32(0))
	f.Fuzz(func(t *testing.T, payload []byte, key uint32) {
		b := append(make([]byte, serverHead), payload...)
		start := putServerHead(b, opBinary, len(payload))
		if got, want := follow(b[start:], len(b), false, 0), fmt.Sprintf("op 2: %s end\nboundary true", payload); got != want {
			t.Errorf("%d bytes: %.60q, want %.60q", len(payload), got, want)
		}
		if len(payload) > maxControl {
			return
		}
		mask := [4]byte{byte(key), byte(key >> 8), byte(key >> 16), byte(key >> 24)}
		for _, m := range []*[4]byte{nil, &mask} {
			if got, want := follow(controlFrame(opPing, payload, m), 1, m != nil, 0), fmt.Sprintf("op 9: %s end\nboundary true", payload); got != want {
				t.Errorf("ping: %q, want %q", got, want)
			}
		}
	})
}

func TestXor(t *testing.T) {
	mask := [4]byte{1, 2, 3, 4}
	for n := range 100 {
		for off := range 4 {
			p := bytes.Repeat([]byte{0xAA}, n)
			xor(p, rotate(mask, off))
			for i, b := range p {
				if want := 0xAA ^ mask[(i+off)&3]; b != want {
					t.Fatalf("byte %d of %d at offset %d is %#x, want %#x", i, n, off, b, want)
				}
			}
		}
	}
}

// dribble gives a few bytes a read.
type dribble struct {
	net.Conn
	r    io.Reader
	step int
}

func (d *dribble) Read(p []byte) (int, error) { return d.r.Read(p[:min(len(p), d.step)]) }

// A head is read up to its end, and what lies behind it is kept, however it comes.
func TestHeadEndsAtTheEmptyLine(t *testing.T) {
	for _, head := range []string{"HTTP/1.1 101 OK\r\nA: b\r\n\r\n", "HTTP/1.1 101 OK\nA: b\n\n", "HTTP/1.1 101 OK\r\nA: b\n\r\n"} {
		for _, step := range []int{1, 2, 3, 7, 1000} {
			const behind = "\x81\x02hi\n\n\r\n\r\n"
			c := &headConn{Conn: &dribble{r: bytes.NewReader([]byte(head + behind)), step: step}}
			var got []byte
			for !c.done {
				b := make([]byte, 4096)
				n, err := c.Read(b)
				if got = append(got, b[:n]...); err != nil {
					t.Fatal(err)
				}
			}
			if string(got) != head {
				t.Errorf("%q in steps of %d: head %q", head, step, got)
			}
			rest, err := io.ReadAll(c)
			if string(rest) != behind || err != nil && !errors.Is(err, io.EOF) {
				t.Errorf("%q in steps of %d: %q behind, %v", head, step, rest, err)
			}
		}
	}
}
