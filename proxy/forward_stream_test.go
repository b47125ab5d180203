package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/proxy"
)

// Each piece of a body goes on as it comes, in both directions at once.
func TestForwardStreams(t *testing.T) {
	addr := serveHTTP(t, false, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		control.EnableFullDuplex()
		control.Flush()
		for lines := bufio.NewScanner(r.Body); lines.Scan(); control.Flush() {
			fmt.Fprintln(w, lines.Text())
		}
		w.Header().Set(http.TrailerPrefix+"X-Sum", "7")
	})
	for _, scheme := range []string{"http", "https"} { // HTTP/1.1 by hand, HTTP/2 by the library
		g := start(t, one(proxy.HTTP, scheme == "https", forwardTo("http://"+addr)))
		send, body := pipe(t, g, scheme)
		lines := bufio.NewReader(body.Body)
		for i := range 3 {
			send(fmt.Sprintf("line %d\n", i))
			if got, err := lines.ReadString('\n'); got != fmt.Sprintf("line %d\n", i) {
				t.Fatalf("%s: %q, %v", scheme, got, err)
			}
		}
		send("")
		if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil || body.Trailer.Get("X-Sum") != "7" {
			t.Errorf("%s: %q, %v, trailer %v", scheme, rest, err, body.Trailer)
		}
	}
}

// pipe sends a request piece by piece; nothing is its end. The answer is there before.
func pipe(t *testing.T, g *gateway, scheme string) (send func(string), resp *http.Response) {
	t.Helper()
	var err error
	if scheme == "http" {
		c := g.dial("")
		send = func(s string) { fmt.Fprintf(c, "%x\r\n%s\r\n", len(s), s) }
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
		resp, err = http.ReadResponse(bufio.NewReader(c), nil)
	} else {
		r, w := io.Pipe()
		send = func(s string) {
			if io.WriteString(w, s); s == "" {
				w.Close()
			}
		}
		resp, err = g.client("localhost").Post("https://localhost/", "text/plain", r)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return send, resp
}

// A client that waits to be asked for its body is asked by the back end, or is told no
// before it has sent anything.
func TestForwardExpectContinue(t *testing.T) {
	addr := serveHTTP(t, false, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		io.Copy(io.Discard, r.Body)
	})
	g := start(t, one(proxy.HTTP, true, forwardTo("http://"+addr)))
	for path, want := range map[string]string{"/yes": "HTTP/1.1 100 ", "/no": "HTTP/1.1 403 "} {
		c := g.dial("localhost")
		io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
		r := bufio.NewReader(c)
		if line, _ := r.ReadString('\n'); !strings.HasPrefix(line, want) {
			t.Errorf("%s: %q, want %s", path, line, want)
		}
		if path == "/yes" {
			r.ReadString('\n')
			io.WriteString(c, "hello")
			if line, _ := r.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 200 ") {
				t.Errorf("after the body: %q", line)
			}
		}
	}
}

// An early answer reaches a client that has stopped in the middle of its body, and the
// connection to the back end is not used for anybody else.
func TestForwardEarlyAnswer(t *testing.T) {
	ends := make(chan error, 1)
	addr := listen(t, false, func(c net.Conn) {
		r := bufio.NewReader(c)
		http.ReadRequest(r)
		io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno\n")
		_, err := io.Copy(io.Discard, r)
		ends <- err
	})
	g := start(t, one(proxy.HTTP, true, forwardTo("http://"+addr)))
	r := g.ask("localhost", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nthe first of it")
	if b := bodyOf(r); r.StatusCode != 413 || b != "no\n" {
		t.Errorf("%s %q", r.Status, b)
	}
	select {
	case <-ends:
	case <-time.After(patience):
		t.Error("the connection to the back end is kept, in the middle of a request")
	}
}

// A side that does not read stops the other; neither is held in memory.
func TestForwardBackPressure(t *testing.T) {
	const much = 64 << 20
	stuck := make(chan struct{})
	addr := serveHTTP(t, false, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			<-stuck
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(much))
		n, _ := io.CopyN(w, endless{}, much)
		if n < much {
			close(stuck)
		}
	})
	g := start(t, one(proxy.HTTP, false, forwardTo("http://"+addr)))
	c := g.dial("")
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	io.ReadFull(c, make([]byte, 1000))
	up := g.dial("")
	fmt.Fprintf(up, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", much)
	up.SetWriteDeadline(time.Now().Add(time.Second))
	if n, err := io.CopyN(up, endless{}, much); err == nil {
		t.Errorf("%d bytes were taken for a back end that reads none", n)
	}
	c.Close() // the back end that sent all the time is told
	select {
	case <-stuck:
	case <-time.After(patience):
		t.Error("a back end sends to a client that is gone, or its answer was held")
	}
	g.log.wait(t, "method=GET", `end="client gone"`)
}

// An answer that breaks off is not taken for a whole one.
func TestForwardTruncatedAnswer(t *testing.T) {
	addr := listen(t, false, func(c net.Conn) {
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
	})
	for _, scheme := range []string{"http", "https"} {
		g := start(t, one(proxy.HTTP, scheme == "https", forwardTo("http://"+addr)))
		if b, err := io.ReadAll(g.get(scheme + "://localhost/").Body); err == nil {
			t.Errorf("%s: half an answer, %q, was passed on as a whole", scheme, b)
		}
		g.log.wait(t, "msg=request", "status=200", `end="back end gone"`)
	}
}

// What gateways and back ends have read in two ways is refused, or goes on in one way that
// cannot be mistaken.
func TestForwardSmuggling(t *testing.T) {
	seen := make(chan string, 10)
	addr := listen(t, false, func(c net.Conn) {
		for r := bufio.NewReader(c); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			b, _ := io.ReadAll(req.Body)
			seen <- fmt.Sprintf("%s %s %q", req.Method, req.URL.Path, b)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	g := start(t, one(proxy.HTTP, true, forwardTo("http://"+addr)))
	for name, lines := range map[string]string{
		"two lengths":                  "Content-Length: 5\r\nContent-Length: 6\r\n",
		"two lengths in one":           "Content-Length: 5, 6\r\n",
		"a length with a sign":         "Content-Length: +5\r\n",
		"a space before the colon":     "Content-Length : 5\r\n",
		"an unknown transfer encoding": "Transfer-Encoding: xchunked\r\n",
		"two transfer encodings":       "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"chunked that is not last":     "Transfer-Encoding: chunked, identity\r\n",
		"a vertical tab":               "Transfer-Encoding: \x0bchunked\r\n",
		"a name with a NUL":            "X\x00Y: 1\r\n",
		"a name with a space":          "X Y: 1\r\n",
		"a line without a colon":       "Transfer-Encoding chunked\r\n",
		"a bare CR":                    "X: a\rTransfer-Encoding: chunked\r\n",
	} {
		r := g.ask("localhost", "POST / HTTP/1.1\r\nHost: localhost\r\n"+lines+"\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if r.StatusCode != 400 && r.StatusCode != 501 {
			t.Errorf("%s: %s, want 400 or 501", name, r.Status)
		}
	}
	if len(seen) > 0 {
		t.Errorf("the back end saw %s", <-seen)
	}
	// Both: the length is dropped (RFC 9112 section 6.3), and what follows is a request that
	// the gateway itself has seen.
	r := g.ask("localhost", "POST /both HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
	if got := <-seen; r.StatusCode != 200 || got != `POST /both "hi"` {
		t.Errorf("length and chunks: %s, the back end saw %s", r.Status, got)
	}
	for len(seen) > 0 {
		t.Errorf("the back end also saw %s", <-seen)
	}
}

// A drain lets a request finish, and cuts one that does not.
func TestForwardDrain(t *testing.T) {
	for _, ends := range []bool{true, false} {
		asked, more := make(chan struct{}), make(chan struct{})
		addr := serveHTTP(t, false, func(w http.ResponseWriter, r *http.Request) {
			close(asked)
			select {
			case <-more:
				io.WriteString(w, "done")
			case <-r.Context().Done():
			}
		})
		plan := one(proxy.HTTP, true, forwardTo("http://"+addr))
		if plan.DrainTimeout = 100 * time.Millisecond; ends {
			plan.DrainTimeout = patience
		}
		g := start(t, plan)
		c := g.dial("localhost")
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		<-asked
		g.stop()
		if ends {
			close(more)
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || bodyOf(r) != "done" {
				t.Errorf("a request within the drain: %v", err)
			}
		}
		g.ended()
		if !ends {
			g.log.wait(t, "msg=request", "end=drained")
		}
	}
}
