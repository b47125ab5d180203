package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// messageBuffers are the library's, for services that handle messages.
var messageBuffers sync.Pool

// echoHold is how much of a message an echo holds before it sends: a client that reads only
// once it has sent all is served up to this size. What is longer is sent as it comes.
const echoHold = 16 << 20

func (g *Gateway) serveEcho(w http.ResponseWriter, r *http.Request, svc *service) {
	if !g.upgradeable(w, r, svc) {
		return
	}
	var header http.Header
	if p := chooseSubprotocol(svc.WebSocket.Subprotocols, r); p != "" {
		header = http.Header{"Sec-Websocket-Protocol": {p}}
	}
	conn, err := accept(w, r, header)
	if err != nil {
		g.refused(r, svc.Name, http.StatusBadRequest, err)
		return
	}
	s := g.newSession(svc, conn.NetConn())
	g.sessions.start(s, func() { s.echo(conn) })
}

// echo sends each message back as a whole one, until the client or a drain ends it.
func (s *session) echo(conn *websocket.Conn) {
	conn.SetReadLimit(s.service.WebSocket.MaximumMessageSize)
	pong := conn.PingHandler()
	conn.SetPingHandler(func(text string) error {
		s.arm()
		return pong(text)
	})
	var held bytes.Buffer
	err := s.echoMessage(conn, &held)
	for err == nil {
		err = s.echoMessage(conn, &held)
	}
	s.endEcho(conn, err)
}

func (s *session) echoMessage(conn *websocket.Conn, held *bytes.Buffer) error {
	s.arm()
	kind, r, err := conn.NextReader()
	if err != nil {
		return err
	}
	message := armed{s, r}
	n, err := io.CopyN(held, message, echoHold)
	if err != nil && err != io.EOF {
		return err
	}
	w, err := conn.NextWriter(kind)
	if err != nil {
		return err
	}
	for held.Len() > 0 && err == nil {
		s.arm()
		_, err = w.Write(held.Next(wholeRecord))
	}
	if held.Reset(); held.Cap() > defaultPending {
		*held = bytes.Buffer{}
	}
	if err != nil {
		return err
	}
	more, err := io.Copy(w, message)
	s.up.carried += n + more
	s.down.carried += n + more
	if err != nil {
		return err
	}
	return w.Close()
}

// endEcho says why, where the library has not done so: it answers close frames and faults.
func (s *session) endEcho(conn *websocket.Conn, err error) {
	now := s.g.now()
	by := now.Add(closeWait)
	e, closedByPeer := errors.AsType[*websocket.CloseError](err)
	late, ok := errors.AsType[net.Error](err) // of the library's own making
	switch {
	case closedByPeer && e.Code != websocket.CloseAbnormalClosure:
		s.cause(closed("client", uint16(e.Code)), nil)
	case errors.Is(err, websocket.ErrReadLimit):
		s.cause("fault of the client", errTooBig)
	case ok && late.Timeout():
		s.cause("inactive", nil)
		if at, halted := s.deadline(); halted {
			by = at
		}
		conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closeGoingAway, s.whyHalted()), by)
	default:
		s.cause("client gone", err)
	}
	s.log()
	s.client.linger(by)
}

// arm gives the client its inactivity timeout anew, in both directions.
func (s *session) arm() {
	timeout := s.service.WebSocket.InactivityTimeout
	if timeout == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.halted {
		s.client.conn.SetDeadline(s.g.now().Add(timeout))
	}
}

// armed is a message whose every byte counts as activity.
type armed struct {
	*session
	io.Reader
}

func (a armed) Read(p []byte) (int, error) {
	a.arm()
	return a.Reader.Read(p)
}
