package main

import (
	"bufio"
	"crypto/tls"
	"time"
)

// visits opens connections one after the other, each for one small exchange.
func visits(via service, config func() *tls.Config) func(*bench, *instance) figures {
	return func(b *bench, in *instance) figures {
		return drive(in, b.clients(32), b.window, func(l *load, w *worker) {
			c := config()
			for !l.stopped.Load() {
				start := time.Now()
				state, err := visit(in.port(via), via, c)
				if err != nil {
					l.fail(w, err)
					time.Sleep(5 * time.Millisecond)
					continue
				}
				if state.DidResume {
					w.resumed.Add(1)
				}
				l.did(w, start)
			}
		})
	}
}

// bulk sends (or takes, as the back end is told) as much as goes through n connections.
func bulk(direction byte, n int) func(*bench, *instance) figures {
	return func(b *bench, in *instance) figures {
		return drive(in, b.clients(n), b.window/2, func(l *load, w *worker) {
			c, err := dial(in.port(viaTCP), plainConfig())
			if err != nil {
				l.fail(w, err)
				return
			}
			l.hold(c)
			defer c.Close()
			buf := make([]byte, 128<<10)
			buf[0] = direction
			move := c.Write
			if direction == doSend {
				if _, err := c.Write(buf[:1]); err != nil {
					l.fail(w, err)
					return
				}
				move = c.Read
			}
			for !l.stopped.Load() {
				k, err := move(buf)
				if err != nil {
					l.fail(w, err)
					return
				}
				w.bytes.Add(int64(k))
			}
		})
	}
}

// exchanger makes the exchange that a client repeats on its connection.
type exchanger func(*tls.Conn) (func() error, error)

// exchanges keeps n connections open, each with one exchange after the other.
func exchanges(via service, n int, open exchanger) func(*bench, *instance) figures {
	return func(b *bench, in *instance) figures {
		return drive(in, b.clients(n), b.window, func(l *load, w *worker) {
			c, err := dial(in.port(via), plainConfig())
			if err != nil {
				l.fail(w, err)
				return
			}
			l.hold(c)
			defer c.Close()
			exchange, err := open(c)
			for err == nil && !l.stopped.Load() {
				start := time.Now()
				if err = exchange(); err == nil {
					l.did(w, start)
				}
			}
			if err != nil {
				l.fail(w, err)
			}
		})
	}
}

func pingPong(n int) exchanger {
	return func(c *tls.Conn) (func() error, error) { return echoBytes(c, n), nil }
}

func keepAlive(c *tls.Conn) (func() error, error) {
	r := bufio.NewReaderSize(c, 2048)
	return func() error {
		if _, err := c.Write(request); err != nil {
			return err
		}
		return readAnswer(r)
	}, nil
}

func messages(n int) exchanger {
	frame := maskedFrame(n)
	return func(c *tls.Conn) (func() error, error) {
		w, err := openWebSocket(c)
		if err != nil {
			return nil, err
		}
		return func() error { return w.echo(frame, n) }, nil
	}
}

// exchangerOf is the small repeated exchange of a service.
func exchangerOf(via service) exchanger {
	switch via {
	case viaHTTP:
		return keepAlive
	case viaTCP:
		return pingPong(64)
	}
	return messages(64)
}
