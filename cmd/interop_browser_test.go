//go:build unix

package cmd_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// visit is what a browser made of a page and of a WebSocket that the page opened.
type visit struct {
	refused string // why the page was not loaded, in the browser's words
	answer  string // what came over the WebSocket
}

func (l *lab) chromium(t *testing.T) {
	home := t.TempDir()
	must(t, program(t, home, "sh", l.export("nss", "install.sh")))
	l.wantEcho(t, l.visitWithChromium(t, program(t, home, "chromium")))
	if got := l.visitWithChromium(t, program(t, t.TempDir(), "chromium")); got.refused != "net::ERR_CERT_AUTHORITY_INVALID" {
		t.Errorf("without the export: got %+v, want a refusal", got)
	}
}

// A policy is for all users of a machine, so the browser gets a machine of its own: a
// view of the file system in which its folder is another.
func (l *lab) chromiumPolicy(t *testing.T) {
	policies := t.TempDir()
	must(t, program(t, t.TempDir(), "install", "-D", "-t", filepath.Join(policies, "policies", "managed"), l.export("chrome", "managed-policy.json")))
	browser := program(t, t.TempDir(), "unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
		`mount --bind "$0" /etc/chromium && exec chromium "$@"`, policies)
	l.wantEcho(t, l.visitWithChromium(t, browser))
}

func (l *lab) firefoxNSS(t *testing.T) {
	profile := t.TempDir()
	must(t, program(t, t.TempDir(), "sh", l.export("nss", "install.sh"), profile))
	firefox := lookPath(t, "firefox-esr")
	l.wantEcho(t, l.visitWithFirefox(t, firefox, t.TempDir(), profile))
	if got := l.visitWithFirefox(t, firefox, t.TempDir(), t.TempDir()); !strings.HasPrefix(got.refused, "insecure certificate") {
		t.Errorf("without the export: got %+v, want a refusal", got)
	}
}

// A policy is for all profiles of an installation, so one of its own is made, of links
// to the machine's.
func (l *lab) firefoxPolicy(t *testing.T) {
	installed, err := filepath.EvalSymlinks(lookPath(t, "firefox-esr"))
	if err != nil {
		t.Fatal(err)
	}
	app := t.TempDir()
	files, err := os.ReadDir(filepath.Dir(installed))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := f.Name(); name != "distribution" && name != filepath.Base(installed) {
			if err := os.Symlink(filepath.Join(filepath.Dir(installed), name), filepath.Join(app, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The program finds its installation by the place it lies at itself.
	firefox := filepath.Join(app, filepath.Base(installed))
	must(t, program(t, t.TempDir(), "cp", installed, firefox))
	home := t.TempDir()
	certificates := filepath.Join(home, ".mozilla", "certificates")
	must(t, program(t, home, "install", "-D", "-t", certificates, l.export("firefox", "gw.example.com.pem")))
	must(t, program(t, home, "install", "-D", "-t", filepath.Join(app, "distribution"), l.export("firefox", "policies.json")))
	l.wantEcho(t, l.visitWithFirefox(t, firefox, home, t.TempDir()))
}

func (l *lab) wantEcho(t *testing.T, got visit) {
	t.Helper()
	if want := "hello from https://localhost:" + l.port; got.refused != "" || got.answer != want {
		t.Errorf("with the export: got %+v, want the answer %q", got, want)
	}
}

// hello is the script that the page runs.
func (l *lab) hello(t *testing.T) string {
	script, err := os.ReadFile(filepath.Join(l.extras, "hello.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// visitWithChromium speaks the DevTools protocol over two pipes, which Chromium has as
// descriptors 3 and 4; it ends when they are closed.
func (l *lab) visitWithChromium(t *testing.T, c *exec.Cmd) (v visit) {
	t.Helper()
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Args = append(c.Args, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--user-data-dir="+t.TempDir(), "--remote-debugging-pipe")
	c.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	devtools := &devtools{in: in, out: bufio.NewReader(out)}
	defer func() {
		in.Close()
		out.Close()
		c.Wait()
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // what it left behind
	}()

	var target struct{ TargetID string }
	devtools.call(t, "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	devtools.call(t, "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	var page struct{ ErrorText string }
	devtools.call(t, session.SessionID, "Page.navigate", map[string]any{"url": l.url("https")}, &page)
	if page.ErrorText != "" {
		return visit{refused: page.ErrorText}
	}
	var said struct{ Result struct{ Value string } }
	devtools.call(t, session.SessionID, "Runtime.evaluate", map[string]any{
		"expression":    fmt.Sprintf("new Promise(done => { %s; hello(%q, done) })", l.hello(t), l.url("wss")),
		"awaitPromise":  true,
		"returnByValue": true,
	}, &said)
	return visit{answer: said.Result.Value}
}

// devtools is a session of Chromium's protocol: JSON texts, each with a NUL behind it.
type devtools struct {
	in  io.Writer
	out *bufio.Reader
	id  int
}

func (d *devtools) call(t *testing.T, session, method string, params, result any) {
	t.Helper()
	d.id++
	call := map[string]any{"id": d.id, "method": method, "params": params}
	if session != "" {
		call["sessionId"] = session
	}
	text, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.in.Write(append(text, 0)); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	for {
		text, err := d.out.ReadBytes(0)
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		var reply struct {
			ID     int
			Error  *struct{ Message string }
			Result json.RawMessage
		}
		if err := json.Unmarshal(text[:len(text)-1], &reply); err != nil {
			t.Fatalf("%s: %v: %s", method, err, text)
		}
		if reply.ID != d.id { // an event
			continue
		}
		if reply.Error != nil {
			t.Fatalf("%s: %s", method, reply.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(reply.Result, result); err != nil {
				t.Fatalf("%s: %v: %s", method, err, text)
			}
		}
		return
	}
}

// visitWithFirefox speaks Marionette, which Firefox listens for on loopback.
func (l *lab) visitWithFirefox(t *testing.T, firefox, home, profile string) (v visit) {
	t.Helper()
	preferences := `user_pref("marionette.port", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
`
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o644); err != nil {
		t.Fatal(err)
	}
	c := program(t, home, firefox, "--headless", "--no-remote", "--marionette", "--profile", profile)
	browser := start(t, c, `Marionette\s+INFO\s+Listening on port (\d+)`)
	defer browser.wait()
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+browser.found[1], patience)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	if _, err := m.read(); err != nil { // its greeting
		t.Fatal(err)
	}
	if _, err := m.call("WebDriver:NewSession", map[string]any{}); err != nil {
		t.Fatal(err)
	}
	defer m.call("Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}})
	if _, err := m.call("WebDriver:Navigate", map[string]any{"url": l.url("https")}); err != nil {
		return visit{refused: err.Error()}
	}
	said, err := m.call("WebDriver:ExecuteAsyncScript", map[string]any{
		"script": l.hello(t) + "; hello(...arguments)",
		"args":   []string{l.url("wss")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Value string }
	if err := json.Unmarshal(said, &answer); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return visit{answer: answer.Value}
}

// marionette is a session of Firefox's protocol: JSON texts, each with its length before it.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	id   int
}

func (m *marionette) read() (json.RawMessage, error) {
	length, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return nil, err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(m.in, text)
	return text, err
}

// call gives the result of a command, or what Firefox has against it.
func (m *marionette) call(command string, params any) (json.RawMessage, error) {
	m.id++
	text, err := json.Marshal([]any{0, m.id, command, params})
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(text), text); err != nil {
		return nil, err
	}
	text, err = m.read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", command, err)
	}
	var reply [4]json.RawMessage // kind, id, error, result
	if err := json.Unmarshal(text, &reply); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", command, err, text)
	}
	var fault *struct{ Error, Message string }
	if err := json.Unmarshal(reply[2], &fault); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", command, err, text)
	}
	if fault != nil {
		return nil, errors.New(strings.TrimSpace(fault.Error + " " + fault.Message))
	}
	return reply[3], nil
}
