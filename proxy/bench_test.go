package proxy_test

import (
	"io"
	"net"
	"testing"

	"github.com/gwtls/gwtls/proxy"
)

// A frame goes to the back end and comes back.
func BenchmarkFrames(b *testing.B) {
	for _, kind := range []string{"ws", "tcp"} {
		for _, size := range []struct {
			name  string
			bytes int
		}{{"64B", 64}, {"16KiB", 16 << 10}} {
			b.Run("wss to "+kind+" "+size.name, func(b *testing.B) {
				backend := "tcp://" + listen(b, false, echoBytes)
				if kind == "ws" {
					backend = "ws://" + serveRaw(b, func(c net.Conn) { answerFrames(c, size.bytes) })
				}
				g := start(b, one(proxy.WebSocket, true, service(backend)))
				c := g.webSocket("wss://localhost/").NetConn()
				frame := masked(0x82, make([]byte, size.bytes))
				answer := make([]byte, len(frame)-4)
				b.SetBytes(int64(size.bytes))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.Write(frame); err != nil {
						b.Fatal(err)
					}
					if _, err := io.ReadFull(c, answer); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// answerFrames sends a frame of the same size for each that comes.
func answerFrames(c net.Conn, size int) {
	frame := masked(0x82, make([]byte, size))
	answer := append([]byte{0x82, frame[1] & 0x7F}, frame[2:len(frame)-4-size]...)
	answer = append(answer, make([]byte, size)...)
	for {
		if _, err := io.ReadFull(c, frame); err != nil {
			return
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// 64 bytes go to the back end and come back.
func BenchmarkPingPong(b *testing.B) {
	for _, from := range []string{"tcp", "tls"} {
		b.Run(from+" to tcp", func(b *testing.B) {
			g := start(b, one(proxy.Stream, from == "tls", service("tcp://"+listen(b, false, echoBytes))))
			name := ""
			if from == "tls" {
				name = "localhost"
			}
			c := g.dial(name)
			p := make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				c.Write(p)
				if _, err := io.ReadFull(c, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Bulk from the back end to the client, and the other way.
func BenchmarkBulk(b *testing.B) {
	const chunk = 1 << 20
	for _, from := range []string{"tcp", "tls"} {
		name := ""
		if from == "tls" {
			name = "localhost"
		}
		b.Run(from+" down", func(b *testing.B) {
			g := start(b, one(proxy.Stream, from == "tls", service("tcp://"+listen(b, false, func(c net.Conn) { io.Copy(c, endless{}) }))))
			c := g.dial(name)
			b.SetBytes(chunk)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.CopyN(io.Discard, c, chunk); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(from+" up", func(b *testing.B) {
			g := start(b, one(proxy.Stream, from == "tls", service("tcp://"+listen(b, false, func(c net.Conn) { io.Copy(io.Discard, c) }))))
			c := g.dial(name)
			p := make([]byte, chunk)
			b.SetBytes(chunk)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Write(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A connection comes, says a word, and goes.
func BenchmarkConnections(b *testing.B) {
	gw := start(b, one(proxy.Stream, true, service("tcp://"+listen(b, false, echoBytes))))
	b.ReportAllocs()
	for b.Loop() {
		c := gw.dial("localhost")
		c.Write([]byte("x"))
		io.ReadFull(c, make([]byte, 1))
		c.Close()
	}
}
