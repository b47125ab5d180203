package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// httpSettings are what an http.Server holds for all its connections; endpoints that agree
// on them share one, and one lasts over reloads.
type httpSettings struct {
	header, keepAlive time.Duration
	bytes             int
}

// httpServer reads requests from connections that are handed to it, TLS done.
type httpServer struct {
	*http.Server
	conns handover
}

// newHTTPServer starts a server; it lives until Shutdown or Close.
func (g *Gateway) newHTTPServer(settings httpSettings) *httpServer {
	s := &httpServer{conns: newHandover()}
	s.Server = &http.Server{
		Handler:           http.HandlerFunc(g.serveHTTP),
		ReadHeaderTimeout: settings.header,
		IdleTimeout:       settings.keepAlive,
		MaxHeaderBytes:    settings.bytes,
		BaseContext:       func(net.Listener) context.Context { return g.life },
		ConnContext:       withEndpoint,
		ErrorLog:          log.New(noise{g.Log}, "", 0),
	}
	g.loops.Go(func() { s.Serve(s.conns) })
	return s
}

// handover is a net.Listener of connections that others accepted.
type handover struct {
	conns chan net.Conn
	done  chan struct{}
	once  *sync.Once
}

func newHandover() handover {
	return handover{make(chan net.Conn), make(chan struct{}), new(sync.Once)}
}

func (h handover) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		c.Close()
	}
}

func (h handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h handover) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

func (h handover) Addr() net.Addr { return &net.TCPAddr{} }

type endpointKey struct{}

// withEndpoint gives each request the endpoint as it was when its connection came.
func withEndpoint(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	return context.WithValue(ctx, endpointKey{}, c.(*wire).endpoint)
}

// noise takes what net/http says about its peers, which is for who looks for it. Only a
// panic is a fault of ours.
type noise struct{ log *slog.Logger }

func (n noise) Write(p []byte) (int, error) {
	level, text := slog.LevelDebug, strings.TrimSpace(string(p))
	if strings.Contains(text, "panic") {
		level = slog.LevelError
	}
	n.log.Log(context.Background(), level, "http", slog.String("reason", text))
	return len(p), nil
}

// serveHTTP is where all requests come in.
func (g *Gateway) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.sessions.enter() {
		refuse(w, http.StatusServiceUnavailable, "the gateway is closing")
		return
	}
	defer g.sessions.leave()
	ep := r.Context().Value(endpointKey{}).(*endpoint)
	upgrade := isUpgrade(r)
	p, rest, status := ep.find(r.Host, r.URL.EscapedPath(), upgrade)
	if status == http.StatusOK && ep.Policy != nil && r.TLS != nil && ep.Policy(hostName(r.TLS.ServerName)) != p.policy {
		status = http.StatusMisdirectedRequest
	}
	if status != http.StatusOK {
		g.refused(r, "", status, nil)
		refuse(w, status, refusals[status])
		return
	}
	if p.service.ServerHeader {
		w.Header().Set("Server", "gwtls")
	}
	if !admitOrigin(w, r, p.service.CrossSite) {
		g.refused(r, p.service.Name, http.StatusForbidden, nil)
		return
	}
	switch {
	case p.service.directory != nil:
		g.serveDirectory(w, r, p.service, rest)
	case p.service.relay != nil:
		g.serveRelay(w, r, p.service, p.service.relay, forwardedHeader(r.Header), rest)
	case p.service.forward != nil && upgrade:
		f := p.service.forward
		g.serveRelay(w, r, p.service, f.relay, f.header(r), rest)
	case p.service.forward != nil:
		g.serveForward(w, r, p.service, rest)
	case p.service.Redirect != nil:
		g.serveRedirect(w, r, p.service, rest)
	case p.service.Handler != nil:
		g.serveHandler(w, r, p.service, rest)
	default:
		g.serveEcho(w, r, p.service)
	}
}

// refusals are the bodies of answers that no service gives.
var refusals = map[int]string{
	http.StatusBadRequest:         "a path must have no dot segments",
	http.StatusNotFound:           "no service here",
	http.StatusMisdirectedRequest: "this host has rules of its own: connect to it by its name",
	http.StatusUpgradeRequired:    "this service speaks WebSocket",
	http.StatusBadGateway:         "the back end cannot be reached",
}

// refuse answers with a short text.
func refuse(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	if status == http.StatusUpgradeRequired {
		h.Set("Upgrade", "websocket")
		h.Set("Connection", "Upgrade")
		h.Set("Sec-Websocket-Version", "13")
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, "%d %s: %s\n", status, http.StatusText(status), text)
}

// refused logs a request that no session or file came of: a back end that is gone for those
// who mend it, a request that asks for the wrong thing for those who look for it.
func (g *Gateway) refused(r *http.Request, service string, status int, err error) {
	level := slog.LevelInfo
	if status == http.StatusBadGateway {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("service", service), slog.String("remote", r.RemoteAddr),
		slog.String("host", r.Host), slog.String("path", r.URL.EscapedPath()), slog.Int("status", status),
	}
	if err != nil {
		attrs = append(attrs, slog.String("reason", reason(err)))
	}
	g.Log.LogAttrs(context.Background(), level, "request refused", attrs...)
}

// isTLSMistake says whether a TLS handshake got an HTTP request instead, and answers it.
func isTLSMistake(err error) bool {
	re, ok := errors.AsType[tls.RecordHeaderError](err)
	if !ok || re.Conn == nil {
		return false
	}
	switch string(re.RecordHeader[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO":
		io.WriteString(re.Conn, "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"+
			"This address speaks TLS: ask with https or wss.\n")
		return true
	}
	return false
}
