//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/gwtls/gwtls/cmd"
)

// world is where gwtls runs in a test: a home, and what it says.
type world struct {
	t    *testing.T
	home string
}

func newWorld(t *testing.T) *world { return &world{t, t.TempDir()} }

func (w *world) path(name string) string { return filepath.Join(w.home, name) }

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// env is a gwtls without terminal, and without anything of this machine's environment.
func (w *world) env(out, err io.Writer) *cmd.Env {
	return &cmd.Env{In: strings.NewReader(""), Out: out, Err: err, Now: time.Now, Getenv: func(name string) string {
		return map[string]string{"GWTLS_HOME": w.home}[name]
	}}
}

// run runs a command that ends, and well.
func (w *world) run(args ...string) string {
	w.t.Helper()
	var out, errs bytes.Buffer
	if code := cmd.Main(w.env(&out, &errs), args); code != 0 {
		w.t.Fatalf("gwtls %s: exit %d\n%s", strings.Join(args, " "), code, &errs)
	}
	return out.String()
}

// roots are what clients trust, by trust-export.
func (w *world) roots(alias string) *x509.CertPool {
	w.t.Helper()
	dir := w.t.TempDir()
	w.run("trust-export", alias, "--for", "pem", "-o", dir)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(readFile(w.t, filepath.Join(dir, "pem", alias+".pem"))) {
		w.t.Fatal("nothing to trust")
	}
	return pool
}

// gateway is a gwtls serve in this process.
type gateway struct {
	t    *testing.T
	mu   sync.Mutex
	log  strings.Builder
	read int // of log, by await
	more chan struct{}
	exit chan int
}

func (g *gateway) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.log.Write(p)
	select {
	case g.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// serve starts a gateway and waits until it is ready. It has ended, and left nothing
// behind, when the test has.
func (w *world) serve(args ...string) *gateway {
	w.t.Helper()
	g := &gateway{t: w.t, more: make(chan struct{}, 1), exit: make(chan int, 1)}
	before := goleak.IgnoreCurrent()
	go func() { g.exit <- cmd.Main(w.env(io.Discard, g), append([]string{"serve"}, args...)) }()
	w.t.Cleanup(func() {
		if g.exit != nil {
			g.signal(syscall.SIGTERM)
			g.ended()
		}
		goleak.VerifyNone(w.t, before)
	})
	g.await("msg=ready")
	return g
}

// signal reaches every gwtls of this process, which has but one at a time.
func (g *gateway) signal(s syscall.Signal) { syscall.Kill(os.Getpid(), s) }

func (g *gateway) ended() int {
	g.t.Helper()
	select {
	case code := <-g.exit:
		g.exit = nil
		return code
	case <-time.After(20 * time.Second):
		g.t.Fatalf("the gateway does not end:\n%s", g.said())
		return -1
	}
}

func (g *gateway) said() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.String()
}

// await waits for a line that matches, after the last one that was waited for, and
// gives its groups.
func (g *gateway) await(pattern string) []string {
	g.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(10 * time.Second)
	for {
		g.mu.Lock()
		rest := g.log.String()[g.read:]
		at := re.FindStringSubmatchIndex(rest)
		if at != nil {
			g.read += at[1]
		}
		g.mu.Unlock()
		if at != nil {
			return re.FindStringSubmatch(rest)
		}
		select {
		case <-g.more:
		case code := <-g.exit:
			g.exit = nil
			g.t.Fatalf("ended with %d:\n%s", code, g.said())
		case <-deadline:
			g.t.Fatalf("not said: %s\n%s", pattern, g.said())
		}
	}
}

// url is the last that the log has of a scheme and path, which was accepted at port 0.
func (g *gateway) url(scheme, path string) string {
	g.t.Helper()
	all := regexp.MustCompile(`url=(`+scheme+`://[^ ]+/`+path+`) `).FindAllStringSubmatch(g.said(), -1)
	if len(all) == 0 {
		g.t.Fatalf("no %s://.../%s:\n%s", scheme, path, g.said())
	}
	return all[len(all)-1][1]
}

// unusedPort is one that nobody listens on.
func unusedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func get(t *testing.T, roots *x509.CertPool, url string) (*http.Response, string) {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport, Timeout: 10 * time.Second}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// say sends one message over a WebSocket and gives what comes back.
func sayOver(t *testing.T, roots *x509.CertPool, url, message string) (string, error) {
	t.Helper()
	d := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: roots}, HandshakeTimeout: 10 * time.Second}
	c, _, err := d.Dial(url, nil)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if err := c.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		return "", err
	}
	_, answer, err := c.ReadMessage()
	return string(answer), err
}

func mustSay(t *testing.T, roots *x509.CertPool, url, message string) {
	t.Helper()
	if answer, err := sayOver(t, roots, url, message); err != nil || answer != message {
		t.Fatalf("%s answered %q, %v", url, answer, err)
	}
}

// serial is that of the certificate that is shown at an address.
func serial(t *testing.T, address, serverName string) string {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{ServerName: serverName, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].SerialNumber.String()
}

// backEnd sends back what it gets, over plain TCP.
func backEnd(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer c.Close()
				io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		open.Wait()
	})
	return ln.Addr().String()
}

func TestWithoutAConfigurationServeShowsItself(t *testing.T) {
	w := newWorld(t)
	g := w.serve()
	g.mu.Lock()
	g.read = 0
	g.mu.Unlock()
	g.await(`msg="made a certificate for localhost"`)
	g.await(`msg=certificate host=localhost entry=localhost until=\d{4}-`)
	roots := w.roots("localhost")
	resp, page := get(t, roots, "https://localhost:8443/")
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, "gwtls is serving") || resp.ProtoMajor != 2 {
		t.Errorf("got %s, %s\n%s", resp.Status, resp.Proto, page)
	}
	mustSay(t, roots, "wss://localhost:8443/echo", "hello")
	if resp, _ := get(t, roots, "https://localhost:8443/gateway.yaml"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("gateway.yaml: %s", resp.Status)
	}
	for _, address := range []string{"localhost", "127.0.0.1"} {
		if err := verifies(roots, address); err != nil {
			t.Error(err)
		}
	}
}

func verifies(roots *x509.CertPool, name string) error {
	c, err := tls.Dial("tcp", "127.0.0.1:8443", &tls.Config{ServerName: name, RootCAs: roots})
	if err == nil {
		c.Close()
	}
	return err
}

// What the page's policy allows is exactly what is in it.
func TestThePageAllowsItsOwnScriptAndStyleOnly(t *testing.T) {
	page := string(readFile(t, "../templates/default/page/index.html"))
	for _, tag := range []string{"style", "script"} {
		m := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		if len(m) != 1 {
			t.Fatalf("%d of <%s>", len(m), tag)
		}
		sum := sha256.Sum256([]byte(m[0][1]))
		if want := fmt.Sprintf("%s-src 'sha256-%s'", tag, base64.StdEncoding.EncodeToString(sum[:])); !strings.Contains(page, want) {
			t.Errorf("the policy has not %s", want)
		}
	}
	if regexp.MustCompile(`(?i)(src|href)="(https?:)?//|url\(|@import|style=|onclick=`).MatchString(page) {
		t.Error("the page is not of one piece, or has what its policy forbids")
	}
}

func TestAcceptAndConnectArePaired(t *testing.T) {
	w := newWorld(t)
	w.run("selfsign", "localhost", "127.0.0.1")
	back := backEnd(t)
	g := w.serve("--accept", "wss://localhost:0/a", "--connect", "tcp://"+back, "--accept", "tls://127.0.0.1:0", "--connect", "tcp://"+back)
	roots := w.roots("localhost")
	m := regexp.MustCompile(`url=(wss://localhost:(\d+)/a) address=127.0.0.1:(\d+) service=proxy type=proxy connect=tcp://` + back).FindStringSubmatch(g.said())
	if m == nil || m[2] == "0" || m[2] != m[3] {
		t.Fatalf("port 0 is not said as it is:\n%s", g.said())
	}
	mustSay(t, roots, m[1], "over WebSocket")
	if !strings.Contains(g.said(), "service=proxy-2") {
		t.Errorf("no second service:\n%s", g.said())
	}
}

func TestANewCertificateIsServedWithinASecond(t *testing.T) {
	w := newWorld(t)
	w.run("selfsign", "localhost")
	g := w.serve("--accept", "wss://localhost:0/", "--connect", "tcp://127.0.0.1:1")
	address := "127.0.0.1:" + regexp.MustCompile(`url=wss://localhost:(\d+)`).FindStringSubmatch(g.said())[1]
	before := serial(t, address, "localhost")
	w.run("selfsign", "localhost", "--force")
	written := time.Now()
	for serial(t, address, "localhost") == before {
		if time.Since(written) > time.Second {
			t.Fatalf("the old certificate is served after %v:\n%s", time.Since(written), g.said())
		}
		time.Sleep(5 * time.Millisecond)
	}
	g.await(`msg=reloaded`)
}

const echoService = "services: [{name: echo, type: echo, accept: ['ws://127.0.0.1:%s/echo']}]\n"

func TestABrokenConfigurationLeavesTheOldOneAtWork(t *testing.T) {
	w := newWorld(t)
	port, other := unusedPort(t), unusedPort(t)
	w.write("gateway.yaml", fmt.Sprintf(echoService, port))
	g := w.serve()
	mustSay(t, nil, "ws://127.0.0.1:"+port+"/echo", "old")

	w.write("gateway.yaml", "services: [{name: echo, type: ecco, accept: []}]\n")
	g.await(`level=ERROR msg="not reloaded: the configuration of before goes on" reason=".*gateway.yaml:1:31: type: .*did you mean echo\?.*1:45: service echo accepts nowhere`)
	mustSay(t, nil, "ws://127.0.0.1:"+port+"/echo", "still")

	w.write("gateway.yaml", fmt.Sprintf("services: [{name: echo, type: echo, accept: ['wss://localhost:%s/echo']}]\n", other))
	g.await(`level=ERROR msg="not reloaded.* no certificate for localhost in `)
	mustSay(t, nil, "ws://127.0.0.1:"+port+"/echo", "still")

	w.run("selfsign", "localhost") // which is all that was missing
	g.await(`msg=reloaded services=1`)
	mustSay(t, w.roots("localhost"), "wss://localhost:"+other+"/echo", "new")
	if _, err := sayOver(t, nil, "ws://127.0.0.1:"+port+"/echo", "x"); err == nil {
		t.Error("the old address is served after a reload without it")
	}
}

func TestSymlinksThatAreSwappedAreSeen(t *testing.T) {
	w := newWorld(t)
	port := unusedPort(t)
	for _, version := range []string{"one", "two"} {
		if err := os.Mkdir(w.path(version), 0o700); err != nil {
			t.Fatal(err)
		}
		w.write(version+"/gateway.yaml", strings.Replace(fmt.Sprintf(echoService, port), "/echo", "/"+version, 1))
	}
	// As Kubernetes mounts it: the file is a link into a folder that is a link.
	for link, to := range map[string]string{"current": "one", "gateway.yaml": "current/gateway.yaml"} {
		if err := os.Symlink(to, w.path(link)); err != nil {
			t.Fatal(err)
		}
	}
	g := w.serve()
	mustSay(t, nil, "ws://127.0.0.1:"+port+"/one", "x")
	if err := os.Symlink("two", w.path("next")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(w.path("next"), w.path("current")); err != nil {
		t.Fatal(err)
	}
	g.await(`msg=reloaded`)
	mustSay(t, nil, "ws://127.0.0.1:"+port+"/two", "x")
}

func TestHangUpReloads(t *testing.T) {
	w := newWorld(t)
	w.write("gateway.yaml", fmt.Sprintf(echoService, "0"))
	g := w.serve()
	g.signal(syscall.SIGHUP)
	g.await(`msg=reloaded services=1`)
	if n := strings.Count(g.said(), "msg=listening"); n != 1 {
		t.Errorf("what has not changed is said %d times:\n%s", n, g.said())
	}
}

func TestOtherFilesOfTheHomeDoNotReload(t *testing.T) {
	w := newWorld(t)
	w.write("gateway.yaml", fmt.Sprintf(echoService, "0"))
	g := w.serve()
	w.write("notes.txt", "x")
	w.write("gateway.yaml", fmt.Sprintf(echoService, "0")+"drain_timeout: 1s\n")
	g.await(`msg=reloaded`)
	if n := strings.Count(g.said(), "msg=reloaded"); n != 1 {
		t.Errorf("reloaded %d times", n)
	}
}

func TestTermDrains(t *testing.T) {
	w := newWorld(t)
	g := w.serve("--accept", "ws://127.0.0.1:0/", "--connect", "tcp://"+backEnd(t))
	url := regexp.MustCompile(`url=(ws://127.0.0.1:\d+/)`).FindStringSubmatch(g.said())[1]
	c, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g.signal(syscall.SIGTERM)
	g.await("msg=draining")
	if err := c.WriteMessage(websocket.BinaryMessage, []byte("still here")); err != nil {
		t.Fatal(err)
	}
	if _, answer, err := c.ReadMessage(); err != nil || string(answer) != "still here" {
		t.Errorf("a connection that was open: %q, %v", answer, err)
	}
	if _, _, err := websocket.DefaultDialer.Dial(url, nil); err == nil {
		t.Error("a new connection was taken while draining")
	}
	c.Close()
	if code := g.ended(); code != 0 {
		t.Errorf("exit %d", code)
	}
}

func TestASecondInterruptEndsAtOnce(t *testing.T) {
	// A process of its own: what ends at once leaves its connections to the system.
	w := newWorld(t)
	back := backEnd(t)
	c := program(t, w.home, binary(t), "serve", "--accept", "ws://127.0.0.1:0/", "--connect", "tcp://"+back)
	r := start(t, c, `url=(ws://127.0.0.1:\d+/) [^\n]*\n(?s).*msg=ready`)
	client, _, err := websocket.DefaultDialer.Dial(r.found[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	r.cmd.Process.Signal(os.Interrupt)
	draining := time.Now()
	for !strings.Contains(r.said.String(), "msg=draining") && time.Since(draining) < 10*time.Second {
		time.Sleep(5 * time.Millisecond)
	}
	r.cmd.Process.Signal(os.Interrupt)
	<-r.ended
	if code := r.cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit %d", code)
	}
}

// What accepts at one address is not reached at another by saying its name.
func TestASingleAddressIsNotReachedThroughAnother(t *testing.T) {
	w := newWorld(t)
	port := unusedPort(t)
	w.write("gateway.yaml", fmt.Sprintf(`services:
  - { name: private, type: echo, accept: ["ws://127.0.0.1:%[1]s/private"] }
  - { name: public, type: echo, accept: ["ws://gw.example.com:%[1]s/public"] }
`, port))
	w.serve()
	for _, c := range []struct {
		to, host, path string
		want           int
	}{
		{"127.0.0.1", "127.0.0.1", "/private", http.StatusSwitchingProtocols},
		{"127.0.0.2", "127.0.0.1", "/private", http.StatusNotFound},
		{"127.0.0.1", "gw.example.com", "/public", http.StatusSwitchingProtocols},
		{"127.0.0.2", "gw.example.com", "/public", http.StatusSwitchingProtocols},
	} {
		d := websocket.Dialer{NetDialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(c.to, port))
		}}
		conn, resp, _ := d.Dial("ws://"+c.host+":"+port+c.path, nil)
		if conn != nil {
			conn.Close()
		}
		if resp == nil || resp.StatusCode != c.want {
			t.Errorf("%s as %s%s: %v, want %d", c.to, c.host, c.path, resp, c.want)
		}
	}
}

func TestListenersComeAndGoBehindASharedSocket(t *testing.T) {
	w := newWorld(t)
	port := unusedPort(t)
	file := func(paths ...string) string {
		text := "services:\n"
		for i, p := range paths {
			text += fmt.Sprintf("  - { name: s%d, type: echo, accept: [%q] }\n", i, "ws://"+strings.Replace(p, "/", ":"+port+"/", 1))
		}
		return text
	}
	w.write("gateway.yaml", file("gw.example.com/all", "127.0.0.1/one"))
	g := w.serve()
	mustSay(t, nil, "ws://127.0.0.1:"+port+"/one", "x")
	w.write("gateway.yaml", file("gw.example.com/all", "127.0.0.1/two", "127.0.0.3/three"))
	g.await("msg=reloaded")
	mustSay(t, nil, "ws://127.0.0.1:"+port+"/two", "x")
	mustSay(t, nil, "ws://127.0.0.3:"+port+"/three", "x")
	w.write("gateway.yaml", file("gw.example.com/all"))
	g.await("msg=reloaded")
	if _, err := sayOver(t, nil, "ws://127.0.0.1:"+port+"/two", "x"); err == nil {
		t.Error("a service that is gone answers")
	}
}

func TestStoresUnderARootAreNeverServed(t *testing.T) {
	w := newWorld(t)
	w.run("selfsign", "localhost")
	w.write("index.html", "<p>hello")
	w.write("own.dat", "secret: the keystore under another name")
	w.write(".env", "x")
	w.write("gateway.yaml", "keystore: link.dat\nservices: [{name: site, type: directory, accept: ['https://localhost:0/'], directory: {root: .}}]\n")
	for from, to := range map[string]string{"link.dat": "keystore.p12", "link.pw": "keystore.pw", "env.txt": ".env", "root.txt": "ca.p12"} {
		if err := os.Symlink(to, w.path(from)); err != nil {
			t.Fatal(err)
		}
	}
	g := w.serve()
	base := regexp.MustCompile(`url=(https://localhost:\d+/)`).FindStringSubmatch(g.said())[1]
	roots := w.roots("localhost")
	for name, want := range map[string]int{
		"": 200, "index.html": 200, "gateway.yaml": 404, "keystore.p12": 404, "keystore.pw": 404, "ca.p12": 404, "ca.pw": 404,
		"link.dat": 404, "link.pw": 404, ".env": 404, "env.txt": 404, "root.txt": 404, "KEYSTORE.P12": 404, "%6beystore.p12": 404, ".%2fkeystore.p12": 400,
	} {
		if resp, _ := get(t, roots, base+name); resp.StatusCode != want {
			t.Errorf("/%s: %d, want %d", name, resp.StatusCode, want)
		}
	}
	if !strings.Contains(g.said(), `level=WARN msg="holds what is never served: .env, ca.p12, ca.pw, env.txt, gateway.yaml"`) {
		t.Errorf("not warned of:\n%s", g.said())
	}
}

func TestQuietLogsOnlyWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	w.write("gateway.yaml", fmt.Sprintf(echoService, unusedPort(t)))
	var out bytes.Buffer
	done := make(chan int)
	go func() { done <- cmd.Main(w.env(io.Discard, &out), []string{"serve", "--quiet"}) }()
	port := regexp.MustCompile(`127.0.0.1:(\d+)`).FindStringSubmatch(string(readFile(t, w.path("gateway.yaml"))))[1]
	for range 200 { // there is no line to wait for
		if _, err := sayOver(t, nil, "ws://127.0.0.1:"+port+"/echo", "x"); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	if code := <-done; code != 0 || out.Len() > 0 {
		t.Errorf("exit %d, said %q", code, &out)
	}
}
