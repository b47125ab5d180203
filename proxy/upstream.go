package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

// upstream is a WebSocket back end after its handshake.
type upstream struct {
	target *target
	conn   net.Conn
	early  []byte      // what it sent behind its 101
	header http.Header // of its answer, for the client

	refusal *refusal // instead of conn
}

// refusal is a back end's answer that is no 101.
type refusal struct {
	status int
	header http.Header
	body   []byte
}

func (r *refusal) Error() string { return fmt.Sprintf("answered %d", r.status) }

// open connects to a back end for a WebSocket client.
func (t *target) open(ctx context.Context, framed bool, rest string, header http.Header, r *http.Request) (*upstream, error) {
	if framed {
		return t.dialWebSocket(ctx, rest, header, r)
	}
	c, err := t.dial(ctx)
	return &upstream{target: t, conn: c}, err
}

// dialWebSocket makes the handshake of RFC 6455 section 4.1 anew, with the headers of the
// client that may go on. Nothing of the client's own handshake is forwarded.
func (t *target) dialWebSocket(ctx context.Context, rest string, header http.Header, r *http.Request) (*upstream, error) {
	head := &headConn{}
	forget := func() bool { return true }
	dial := func(context.Context, string, string) (net.Conn, error) {
		c, err := t.dial(ctx)
		if err != nil {
			return nil, err
		}
		head.Conn = c
		forget = context.AfterFunc(ctx, func() { c.SetDeadline(past) }) // the library only knows deadlines
		return head, nil
	}
	d := websocket.Dialer{
		NetDialContext:    dial,
		NetDialTLSContext: dial,
		Subprotocols:      websocket.Subprotocols(r),
		ReadBufferSize:    minPending,
		WriteBufferSize:   minPending,
	}
	u := appendTo(t.url, rest, r.URL.RawQuery)
	if u.Scheme = "ws"; t.tls != nil {
		u.Scheme = "wss"
	}
	_, resp, err := d.DialContext(ctx, u.String(), header)
	if !forget() && err == nil {
		head.Conn.Close()
		err = ctx.Err()
	}
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && resp != nil:
		body, _ := io.ReadAll(resp.Body) // at most 1 KiB, which the library read
		return nil, &refusal{resp.StatusCode, resp.Header, body}
	case err != nil:
		return nil, err
	}
	up := &upstream{target: t, conn: head.Conn, early: head.rest, header: resp.Header}
	if err := up.check(d.Subprotocols); err != nil {
		head.Conn.Close()
		return nil, err
	}
	return up, nil
}

// check refuses an answer that claims what was not asked for (RFC 6455 section 4.1).
func (u *upstream) check(offered []string) error {
	if len(u.header["Sec-Websocket-Extensions"]) > 0 {
		return errors.New("answered with an extension that was not asked for")
	}
	chosen := u.header.Get("Sec-Websocket-Protocol")
	if chosen == "" {
		return nil
	}
	for _, p := range offered {
		if p == chosen {
			return nil
		}
	}
	return fmt.Errorf("answered with subprotocol %q, which was not asked for", chosen)
}

// headConn gives a reader of an HTTP head no byte behind it: those belong to whoever takes
// the connection over.
type headConn struct {
	net.Conn
	tail []byte // the last bytes of the head so far
	done bool
	rest []byte
}

func (c *headConn) Read(p []byte) (int, error) {
	if c.done {
		if len(c.rest) > 0 {
			n := copy(p, c.rest)
			c.rest = c.rest[n:]
			return n, nil
		}
		return c.Conn.Read(p)
	}
	n, err := c.Conn.Read(p)
	seen := append(c.tail, p[:n]...)
	if end := headEnd(seen); end >= 0 {
		used := end - len(c.tail)
		c.done, c.rest = true, bytes.Clone(p[used:n])
		return used, err
	}
	c.tail = bytes.Clone(seen[max(0, len(seen)-3):])
	return n, err
}

// headEnd is where a head ends: behind an empty line, whatever its line ends.
func headEnd(b []byte) int {
	for i := 0; ; {
		line := bytes.IndexByte(b[i:], '\n')
		if line < 0 {
			return -1
		}
		i += line + 1
		switch {
		case bytes.HasPrefix(b[i:], []byte("\n")):
			return i + 1
		case bytes.HasPrefix(b[i:], []byte("\r\n")):
			return i + 2
		}
	}
}
