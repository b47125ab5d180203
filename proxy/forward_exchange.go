package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync/atomic"
	"time"
)

// exchange is one request to a back end, and its answer.
type exchange struct {
	*forward
	g       *Gateway
	service *service
	request *http.Request
	rest    string      // of the path, behind the route's
	own     http.Header // what the gateway itself says in the answer
	out     *answer
	upload  *upload // nil without a body
	copy    *buffer // that the answer goes through
	target  *target // that was asked last
	failed  error   // there was no answer
}

// serveForward passes a request on, and its answer back.
func (g *Gateway) serveForward(w http.ResponseWriter, r *http.Request, svc *service, rest string) {
	x := &exchange{
		forward: svc.forward, g: g, service: svc, request: r, rest: rest,
		own: w.Header().Clone(), out: &answer{counted{ResponseWriter: w}},
	}
	clear(w.Header()) // an interim answer would spend it
	start, whole := g.now(), false
	defer func() {
		x.upload.end()
		if x.retired.Load() {
			x.closeIdle()
		}
		x.log(start, whole)
	}()
	if r.ContentLength != 0 {
		control := http.NewResponseController(w)
		control.EnableFullDuplex() // HTTP/1.1: a back end may answer while it is still being asked
		x.upload = &upload{ReadCloser: r.Body, request: r, control: control}
		r.Body = x.upload
	}
	proxy := httputil.ReverseProxy{
		Rewrite: x.rewrite, Transport: x, ModifyResponse: x.answered, ErrorHandler: x.fail,
		FlushInterval: -1, BufferPool: x, ErrorLog: silent,
	}
	proxy.ServeHTTP(x.out, r)
	whole = true
}

// silent is for what the exchange's own line of the log says.
var silent = log.New(io.Discard, "", 0)

// rewrite makes the request for the back end; its URL comes with the attempt.
func (x *exchange) rewrite(p *httputil.ProxyRequest) {
	in, out := p.In, p.Out
	header := x.header(in)
	if te := out.Header["Te"]; te != nil { // at most trailers (RFC 9110 section 10.1.4)
		header["Te"] = te
	}
	out.Host, out.Header = "", header
	if out.Body == nil {
		return
	}
	if v := in.Header["Expect"]; v != nil {
		header["Expect"] = v
	}
	out.Trailer = x.trailer(in)
	x.upload.trailer = out.Trailer
}

// RoundTrip asks the back ends in turn until one is there. One that may have seen anything
// of the request is the last: it might do twice what is asked for once.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	var faults []string
	for _, t := range x.relay.order() {
		x.target = t
		attempt := r.WithContext(r.Context())
		attempt.URL = appendTo(t.url, x.rest, x.request.URL.RawQuery)
		attempt.Close = x.retired.Load()
		if r.Body != nil {
			attempt.Body = io.NopCloser(r.Body) // another attempt may need it
		}
		answer, err := x.ways[t].RoundTrip(attempt)
		gone, again := errors.AsType[unreachable](err)
		switch {
		case err == nil:
			return answer, nil
		case again:
			err = gone.error
		}
		faults = append(faults, fmt.Sprintf("%s: %s", t.name, reason(err)))
		if !again || r.Context().Err() != nil {
			break
		}
	}
	return nil, errors.New(strings.Join(faults, "; "))
}

// answered makes the answer for the client.
func (x *exchange) answered(a *http.Response) error {
	if a.StatusCode == http.StatusSwitchingProtocols {
		return errors.New("switched to a protocol that was not asked for")
	}
	for _, name := range []string{"Server", "Access-Control-Allow-Origin"} {
		if v := x.own[name]; v != nil {
			a.Header[name] = v
		}
	}
	if v := x.own["Vary"]; v != nil {
		a.Header["Vary"] = append(a.Header["Vary"], v...)
	}
	x.rewriteAnswer(a.Header)
	return nil
}

// fail answers for a back end that did not.
func (x *exchange) fail(_ http.ResponseWriter, _ *http.Request, err error) {
	x.failed = err
	h := x.out.Header()
	clear(h)
	for name, values := range x.own {
		h[name] = values
	}
	refuse(x.out, http.StatusBadGateway, refusals[http.StatusBadGateway])
}

// log is the one line for a request.
func (x *exchange) log(start time.Time, whole bool) {
	over := x.request.Context().Err() != nil
	if x.failed != nil && !over {
		x.g.refused(x.request, x.service.Name, http.StatusBadGateway, x.failed)
		return
	}
	attrs := []slog.Attr{slog.Int64("in", x.upload.size())}
	if x.target != nil {
		attrs = append(attrs, slog.String("backend", x.target.name))
	}
	switch {
	case whole && x.failed == nil:
	case x.g.life.Err() != nil:
		attrs = append(attrs, slog.String("end", "drained"))
	case over:
		attrs = append(attrs, slog.String("end", "client gone"))
	default:
		attrs = append(attrs, slog.String("end", "back end gone"))
	}
	x.g.logRequest(x.request, x.service, start, &x.out.counted, attrs...)
}

// logRequest is the line for a request that was answered.
func (g *Gateway) logRequest(r *http.Request, svc *service, start time.Time, out *counted, more ...slog.Attr) {
	attrs := append([]slog.Attr{
		slog.String("service", svc.Name), slog.String("remote", r.RemoteAddr),
		slog.String("method", r.Method), slog.String("path", r.URL.EscapedPath()),
		slog.Int("status", out.status), slog.Int64("out", out.bytes), slog.Duration("duration", g.now().Sub(start)),
	}, more...)
	g.Log.LogAttrs(context.Background(), slog.LevelInfo, "request", attrs...)
}

// Get lends the buffer that an answer is copied through.
func (x *exchange) Get() []byte {
	x.copy = x.service.buffers.borrow()
	return x.copy.data
}

// Put takes it back.
func (x *exchange) Put([]byte) { x.copy.release() }

// answer knows the final status, not those that come before it.
type answer struct{ counted }

func (a *answer) WriteHeader(status int) {
	if status < http.StatusOK {
		a.ResponseWriter.WriteHeader(status)
		return
	}
	a.counted.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// upload is a request's body on its way to a back end.
type upload struct {
	io.ReadCloser
	request *http.Request
	control *http.ResponseController
	trailer http.Header // of the request to the back end
	carried atomic.Int64
	ended   atomic.Bool
}

// Read gives the trailer with the end of the body, before which it is not known.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.carried.Add(int64(n))
	if err == io.EOF && !u.ended.Swap(true) {
		for name := range u.trailer {
			u.trailer[name] = u.request.Trailer[name]
		}
	}
	return n, err
}

// end lets a client that was answered early be: whoever waits for the rest of the body
// waits no longer, and the connection is not used again.
func (u *upload) end() {
	if u != nil && !u.ended.Load() {
		u.control.SetReadDeadline(past)
	}
}

func (u *upload) size() int64 {
	if u == nil {
		return 0
	}
	return u.carried.Load()
}
