package proxy

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"

	"github.com/gorilla/websocket"
)

// isUpgrade says whether a request asks to speak WebSocket.
func isUpgrade(r *http.Request) bool { return r.ProtoMajor == 1 && websocket.IsWebSocketUpgrade(r) }

// checkUpgrade judges a handshake (RFC 6455 section 4.2.1) before any back end is asked.
func checkUpgrade(r *http.Request) (status int, text string) {
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-Websocket-Key"))
	switch {
	case r.Method != http.MethodGet:
		return http.StatusMethodNotAllowed, "a WebSocket starts with GET"
	case !r.ProtoAtLeast(1, 1):
		return http.StatusBadRequest, "a WebSocket starts with HTTP/1.1"
	case r.Header.Get("Sec-Websocket-Version") != "13":
		return http.StatusUpgradeRequired, "this gateway speaks version 13 of WebSocket"
	case err != nil || len(key) != 16 || len(r.Header["Sec-Websocket-Key"]) != 1:
		return http.StatusBadRequest, "Sec-WebSocket-Key must be 16 bytes in base64"
	case r.ContentLength != 0 || len(r.TransferEncoding) > 0:
		return http.StatusBadRequest, "a WebSocket handshake has no body"
	}
	return http.StatusOK, ""
}

// serveRelay connects to a back end first and upgrades the client then, so that one that is
// not there can still be answered with 502.
func (g *Gateway) serveRelay(w http.ResponseWriter, r *http.Request, svc *service, to *relay, header http.Header, rest string) {
	if !g.upgradeable(w, r, svc) {
		return
	}
	var up *upstream
	err := to.each(r.Context(), func(ctx context.Context, t *target) (err error) {
		if up, err = t.open(ctx, to.framed, rest, header, r); err == nil {
			return nil
		}
		if no, ok := errors.AsType[*refusal](err); ok { // the back end has spoken
			up = &upstream{target: t, refusal: no}
			return nil
		}
		return err
	})
	switch {
	case r.Context().Err() != nil && up == nil:
		refuse(w, http.StatusBadGateway, refusals[http.StatusBadGateway]) // to nobody: the client did not wait
		return
	case err != nil:
		g.refused(r, svc.Name, http.StatusBadGateway, err)
		refuse(w, http.StatusBadGateway, refusals[http.StatusBadGateway])
		return
	case up.refusal != nil:
		g.refused(r, svc.Name, up.refusal.pass(w), up.refusal)
		return
	}
	if !to.framed {
		if p := chooseSubprotocol(svc.WebSocket.Subprotocols, r); p != "" {
			up.header = http.Header{"Sec-Websocket-Protocol": {p}}
		}
	}
	conn, err := accept(w, r, up.header)
	if err != nil {
		up.conn.Close()
		g.refused(r, svc.Name, http.StatusBadRequest, err)
		return
	}
	s := g.newSession(svc, conn.NetConn())
	s.connect(up.target, up.conn, up.early)
	relay := s.bridge
	if to.framed {
		relay = s.tunnel
	}
	// The handler ends here, and with it what net/http keeps for a connection.
	g.sessions.start(s, relay)
}

// upgradeable answers what is no good WebSocket handshake.
func (g *Gateway) upgradeable(w http.ResponseWriter, r *http.Request, svc *service) bool {
	status, text := checkUpgrade(r)
	if status == http.StatusOK {
		return true
	}
	w.Header().Set("Connection", "close")
	refuse(w, status, text)
	g.refused(r, svc.Name, status, errors.New(text))
	return false
}

// accept answers 101. What a client sent behind its handshake, before it saw the answer,
// makes this fail.
func accept(w http.ResponseWriter, r *http.Request, header http.Header) (*websocket.Conn, error) {
	u := websocket.Upgrader{
		HandshakeTimeout: closeWait,
		ReadBufferSize:   minPending,
		WriteBufferPool:  &messageBuffers,
		WriteBufferSize:  wholeRecord - maxFrameHead,
		CheckOrigin:      func(*http.Request) bool { return true }, // admitOrigin has
		Error:            func(http.ResponseWriter, *http.Request, int, error) {},
	}
	out := http.Header{}
	for name, values := range endToEnd(header) {
		if name != "Date" && name != "Server" {
			out[name] = values
		}
	}
	for _, name := range []string{"Server", "Vary", "Access-Control-Allow-Origin"} {
		if v := w.Header()[name]; v != nil {
			out[name] = v
		}
	}
	if p := header["Sec-Websocket-Protocol"]; len(p) > 0 {
		out["Sec-Websocket-Protocol"] = p[:1]
	}
	return u.Upgrade(w, r, out)
}

// chooseSubprotocol is the best of ours that the client offers, or none.
func chooseSubprotocol(ours []string, r *http.Request) string {
	offered := websocket.Subprotocols(r)
	for _, p := range ours {
		if slices.Contains(offered, p) {
			return p
		}
	}
	return ""
}

// pass answers the client as the back end did.
func (n *refusal) pass(w http.ResponseWriter) int {
	status := n.status
	if status < 300 {
		status = http.StatusBadGateway // success, but no WebSocket
	}
	for name, values := range endToEnd(n.header) {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Encoding")
	w.WriteHeader(status)
	if status == n.status {
		w.Write(n.body)
	}
	return status
}
