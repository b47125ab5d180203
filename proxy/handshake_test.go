package proxy_test

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/gwtls/gwtls/proxy"
)

func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

const upgradeLines = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// ask sends a request by hand and gives the answer.
func (g *gateway) ask(name, request string) *http.Response {
	g.t.Helper()
	c := g.dial(name)
	io.WriteString(c, request)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		g.t.Fatalf("%q: %v", request, err)
	}
	g.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func (g *gateway) upgrade(path string, lines ...string) *http.Response {
	head := "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + upgradeLines
	for _, l := range lines {
		head += l + "\r\n"
	}
	return g.ask("localhost", head+"\r\n")
}

func bodyOf(r *http.Response) string {
	b, _ := io.ReadAll(r.Body)
	return string(b)
}

// deadAddr is an address where nobody listens.
func deadAddr() string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// A client learns that the back end is gone before it is told that it speaks WebSocket now.
func TestDeadBackendIs502(t *testing.T) {
	for _, scheme := range []string{"tcp", "tls", "ws", "wss"} {
		dead := deadAddr()
		g := start(t, one(proxy.WebSocket, true, service(scheme+"://"+dead)))
		if r := g.upgrade("/"); r.StatusCode != http.StatusBadGateway || len(bodyOf(r)) > 200 {
			t.Errorf("dead %s back end: %s, want 502 with a short body", scheme, r.Status)
		}
		g.log.wait(t, "level=WARN", "status=502", dead, "connection refused")
	}
}

// A WebSocket back end that is reached but speaks something else is a dead one; what it
// answers to a handshake in HTTP is passed on.
func TestBackendThatRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		want   int
		header string
	}{
		"says 401":               {"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 5\r\n\r\nlogin", 401, "Www-Authenticate"},
		"says 200":               {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 502, ""},
		"has another accept key": {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", 502, ""},
		"switches to h2c":        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n\r\n", 502, ""},
		"compresses unasked":     {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: KEY\r\n\r\n", 502, ""},
		"invents a subprotocol":  {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: odd\r\nSec-WebSocket-Accept: KEY\r\n\r\n", 502, ""},
		"is no HTTP server":      {"SSH-2.0-OpenSSH_9\r\n\r\n", 502, ""},
		"hangs up":               {"", 502, ""},
	} {
		t.Run(name, func(t *testing.T) {
			addr := listen(t, false, func(c net.Conn) {
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err == nil {
					io.WriteString(c, strings.ReplaceAll(test.answer, "KEY", acceptKey(r.Header.Get("Sec-WebSocket-Key"))))
				}
			})
			g := start(t, one(proxy.WebSocket, true, service("ws://"+addr)))
			r := g.upgrade("/")
			if r.StatusCode != test.want {
				t.Errorf("status %d, want %d", r.StatusCode, test.want)
			}
			if test.header != "" && r.Header.Get(test.header) == "" || r.Header.Get("X-Hop") != "" {
				t.Errorf("headers %v, want %s and no X-Hop", r.Header, test.header)
			}
			if test.want == 401 && bodyOf(r) != "login" {
				t.Error("the back end's body did not come")
			}
		})
	}
}

// What makes no WebSocket is refused before any back end is asked.
func TestHandshakesThatAreRefused(t *testing.T) {
	asked := make(chan struct{}, 10)
	addr := listen(t, false, func(net.Conn) { asked <- struct{}{} })
	g := start(t, one(proxy.WebSocket, true, service("tcp://"+addr)))
	for name, test := range map[string]struct {
		request string
		want    int
	}{
		"POST":             {"POST / HTTP/1.1\r\nHost: localhost\r\n" + upgradeLines + "Content-Length: 0\r\n\r\n", 405},
		"version 8":        {"GET / HTTP/1.1\r\nHost: localhost\r\n" + strings.Replace(upgradeLines, "13", "8", 1) + "\r\n", 426},
		"no key":           {"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n", 400},
		"short key":        {"GET / HTTP/1.1\r\nHost: localhost\r\n" + strings.Replace(upgradeLines, "dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", 1) + "\r\n", 400},
		"with a body":      {"GET / HTTP/1.1\r\nHost: localhost\r\n" + upgradeLines + "Content-Length: 5\r\n\r\nhello", 400},
		"chunked":          {"GET / HTTP/1.1\r\nHost: localhost\r\n" + upgradeLines + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"both lengths":     {"GET / HTTP/1.1\r\nHost: localhost\r\n" + upgradeLines + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
		"HTTP/1.0":         {"GET / HTTP/1.0\r\nHost: localhost\r\n" + upgradeLines + "\r\n", 400},
		"plain request":    {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 426},
		"upgrade to h2c":   {"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", 426},
		"space in a name":  {"GET / HTTP/1.1\r\nHost: localhost\r\n" + upgradeLines + "X Y: 1\r\n\r\n", 400},
		"two hosts":        {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n" + upgradeLines + "\r\n", 400},
		"too large a head": {"GET / HTTP/1.1\r\nHost: localhost\r\n" + upgradeLines + "X: " + strings.Repeat("y", 80<<10) + "\r\n\r\n", 431},
	} {
		t.Run(name, func(t *testing.T) {
			r := g.ask("localhost", test.request)
			if r.StatusCode != test.want {
				t.Errorf("status %d, want %d", r.StatusCode, test.want)
			}
			if r.StatusCode == 426 && r.Header.Get("Upgrade") != "websocket" {
				t.Errorf("426 without Upgrade: websocket: %v", r.Header)
			}
		})
	}
	if len(asked) > 0 {
		t.Errorf("the back end was asked %d times", len(asked))
	}
}

// Bytes that a client sends ahead of the 101 go nowhere.
func TestBytesAheadOfTheAnswer(t *testing.T) {
	got := make(chan int64, 1)
	addr := listen(t, false, func(c net.Conn) {
		n, _ := io.Copy(io.Discard, c)
		got <- n
	})
	g := start(t, one(proxy.WebSocket, true, service("tcp://"+addr)))
	c := g.dial("localhost")
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n"+upgradeLines+"\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n")
	if b, _ := io.ReadAll(c); strings.Contains(string(b), "101") {
		t.Errorf("a client that sent bytes ahead got %q", b)
	}
	if n := <-got; n != 0 {
		t.Errorf("the back end got %d bytes", n)
	}
}

// The back end sees who asks by what browsers and programs send, and nothing that claims to
// come from a gateway or is about the connection.
func TestHeadersToAndFromTheBackend(t *testing.T) {
	seen := make(chan *http.Request, 1)
	addr := serveWebSocket(t, false, func(c *websocket.Conn, r *http.Request) { seen <- r })
	svc := service("ws://" + addr + "/base/?k=1")
	svc.ServerHeader = true
	plan := one(proxy.WebSocket, true, svc)
	plan.Endpoints[0].Routes[0].Path = "/orders"
	g := start(t, plan)
	resp := g.upgrade("/orders/today%2Fnow?x=2",
		"Origin: https://localhost", "Cookie: a=b", "Authorization: Bearer t", "X-App: 1", "Sec-WebSocket-Protocol: odd, amqp",
		"Forwarded: for=1.2.3.4", "x_forwarded_for: 1.2.3.4", "X-FORWARDED-Proto: http", "Client-Cert: :aa:", "client_cert_chain: :aa:",
		"X-SSL-Client-DN: CN=root", "X-Hop: 1", "Keep-Alive: 5", "TE: trailers", "Sec-WebSocket-Extensions: permessage-deflate", "Connection: X-Hop")
	if resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("status %s", resp.Status)
	}
	if got := resp.Header.Get("Set-Cookie"); got != "from=backend" {
		t.Errorf("cookie of the back end: %q", got)
	}
	if got := resp.Header.Get("Sec-WebSocket-Protocol"); got != "amqp" {
		t.Errorf("subprotocol %q, want the back end's choice, amqp", got)
	}
	if resp.Header.Get("Server") != "gwtls" || resp.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Errorf("answer %v", resp.Header)
	}
	r := <-seen
	if got := r.URL.RequestURI(); got != "/base/today%2Fnow?k=1&x=2" {
		t.Errorf("asked for %s", got)
	}
	if r.Host != addr {
		t.Errorf("Host %s, want %s", r.Host, addr)
	}
	want := []string{"Authorization", "Connection", "Cookie", "Origin", "Sec-Websocket-Key", "Sec-Websocket-Protocol", "Sec-Websocket-Version", "Upgrade", "X-App"}
	if got := slices.Sorted(maps.Keys(r.Header)); !slices.Equal(got, want) {
		t.Errorf("headers to the back end\n got %v\nwant %v", got, want)
	}
	if r.Header.Get("Sec-Websocket-Key") == "dGhlIHNhbXBsZSBub25jZQ==" {
		t.Error("the client's key was forwarded: the handshake is not the gateway's own")
	}
}

// The rest of the path and the query are appended to the connect URL's.
func TestPathToTheBackend(t *testing.T) {
	seen := make(chan string, 1)
	addr := serveWebSocket(t, false, func(c *websocket.Conn, r *http.Request) { seen <- r.URL.RequestURI() })
	for _, test := range []struct{ accept, connect, asked, want string }{
		{"/", "", "/", "/"},
		{"/", "", "/x?a=b", "/x?a=b"},
		{"/", "/ws", "/", "/ws"},
		{"/", "/ws", "/x/", "/ws/x/"},
		{"/", "/ws/", "/x", "/ws/x"},
		{"/orders", "/ws", "/orders", "/ws"},
		{"/orders", "/ws", "/orders/", "/ws/"},
		{"/orders/", "/ws", "/orders/", "/ws"},
		{"/orders/", "/ws/", "/orders", "/ws/"},
		{"/orders", "/ws?k=v", "/orders/%2Fx%20y?a=%20", "/ws/%2Fx%20y?k=v&a=%20"},
		{"/a b", "/ws", "/a%20b/c", "/ws/c"},
	} {
		plan := one(proxy.WebSocket, true, service("ws://"+addr+test.connect))
		plan.Endpoints[0].Routes[0].Path = test.accept
		g := start(t, plan)
		if r := g.upgrade(test.asked); r.StatusCode != 101 {
			t.Errorf("%s: %s", test.asked, r.Status)
			continue
		}
		if got := <-seen; got != test.want {
			t.Errorf("accept %s, connect %s, asked for %s: the back end for %s, want %s", test.accept, test.connect, test.asked, got, test.want)
		}
	}
}

// Towards a stream the gateway chooses among the subprotocols of its own.
func TestSubprotocolsOfStreams(t *testing.T) {
	svc := service("tcp://" + listen(t, false, echoBytes))
	svc.WebSocket.Subprotocols = []string{"amqp", "stomp"}
	g := start(t, one(proxy.WebSocket, true, svc))
	for offered, want := range map[string]string{"stomp, amqp": "amqp", "x, stomp": "stomp", "x": "", "": ""} {
		line := "X: y"
		if offered != "" {
			line = "Sec-WebSocket-Protocol: " + offered
		}
		if got := g.upgrade("/", line).Header.Get("Sec-WebSocket-Protocol"); got != want {
			t.Errorf("offered %q: %q, want %q", offered, got, want)
		}
	}
}

// A client that takes TLS for plain HTTP is told.
func TestPlainRequestToTLS(t *testing.T) {
	g := start(t, one(proxy.WebSocket, true, &proxy.Service{Name: "test", Echo: &proxy.Echo{}}))
	r := g.ask("", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if b := bodyOf(r); r.StatusCode != 400 || !strings.Contains(b, "https") {
		t.Errorf("%s %q, want 400 and a word about https", r.Status, b)
	}
	g.log.wait(t, "level=DEBUG", "handshake refused", "first record does not look like a TLS handshake")
}
