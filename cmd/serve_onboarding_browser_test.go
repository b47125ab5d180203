//go:build unix

package cmd_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/home"
)

// tab is a page in a Chromium of its own.
type tab struct {
	*devtools
	t       *testing.T
	session string
}

// openTab starts a Chromium for a user, and ends it with the test.
func openTab(t *testing.T, user string) *tab {
	t.Helper()
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := program(t, user, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe")
	c.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	b := &tab{devtools: &devtools{in: in, out: bufio.NewReader(out)}, t: t}
	t.Cleanup(func() {
		in.Close()
		out.Close()
		c.Wait()
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // what it left behind
	})
	var target struct{ TargetID string }
	b.call(t, "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call(t, "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	return b
}

func (b *tab) do(method string, params map[string]any) { b.ask(method, params, nil) }

func (b *tab) ask(method string, params map[string]any, result any) {
	b.t.Helper()
	b.call(b.t, b.session, method, params, result)
}

// eval runs a script in the page and gives the text that it comes to.
func (b *tab) eval(script string) string {
	b.t.Helper()
	var said struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.ask("Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &said)
	text, ok := said.Result.Value.(string)
	if said.ExceptionDetails != nil || !ok {
		b.t.Fatalf("%s: %v %s", script, said.Result.Value, said.ExceptionDetails)
	}
	return text
}

// outcome is a script that waits for the page's own test, and gives its result.
const outcome = `new Promise(done => {
	const look = () => { const r = document.getElementById("result"); r && r.className ? done(r.className + ": " + r.textContent) : setTimeout(look, 50) };
	look();
})`

func (b *tab) open(url string) {
	b.t.Helper()
	var page struct{ ErrorText string }
	b.ask("Page.navigate", map[string]any{"url": url}, &page)
	if page.ErrorText != "" {
		b.t.Fatalf("%s: %s", url, page.ErrorText)
	}
	for deadline := time.Now().Add(patience); b.eval("document.readyState") != "complete"; { // without scripts no event tells
		if time.Now().After(deadline) {
			b.t.Fatalf("%s is not there as a whole", url)
		}
	}
}

// shoot takes a picture of the whole page, for docs where -update is given.
func (b *tab) shoot(name string) {
	b.t.Helper()
	var picture struct{ Data string }
	b.ask("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &picture)
	data, err := base64.StdEncoding.DecodeString(picture.Data)
	if err != nil || len(data) < 10_000 {
		b.t.Errorf("%s: a picture of %d bytes: %v", name, len(data), err)
	}
	if *update {
		if err := home.WriteFile(filepath.Join("..", "docs", name), data, home.Public, true); err != nil {
			b.t.Error(err)
		}
	}
}

// screen is the size of a window, of a phone or of a desk.
func (b *tab) screen(width, height, scale int, userAgent string) {
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600})
	b.do("Emulation.setUserAgentOverride", map[string]any{"userAgent": userAgent})
}

const desk = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

// A visitor's whole way: refused; fetch what the page offers, install it; a tick.
func TestAVisitorOfTheOnboardingPageComesToTrust(t *testing.T) {
	_, page, _ := onboarded(t)
	user := t.TempDir()

	before := openTab(t, user)
	before.screen(1280, 900, 1, desk)
	before.open(page)
	if got := before.eval(outcome); !strings.HasPrefix(got, "bad: \u2717 Not yet.") {
		t.Errorf("before: %q", got)
	}
	before.shoot("onboarding-desktop.png")
	link := before.eval(`document.querySelector("details[open] a.get").href`)

	_, certificate := ask(t, "GET", link, desk)
	file := filepath.Join(user, "fetched.pem")
	if err := os.WriteFile(file, []byte(certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	db := "sql:" + filepath.Join(user, ".local", "share", "pki", "nssdb") // which the browser has made
	must(t, program(t, user, "certutil", "-A", "-d", db, "-n", "gw", "-t", "C,,", "-a", "-i", file))

	after := openTab(t, user)
	after.screen(390, 844, 1, iPhone)
	after.open(page)
	if got := after.eval(outcome); got != "good: \u2713 Trust has arrived: this browser connects over HTTPS and WSS." {
		t.Errorf("after: %q", got)
	}
	after.shoot("onboarding-phone.png")
}

// By keyboard, and as screen readers have it told: everything has a name, headings are in
// order, what changes is announced, and nothing is wider than a phone.
func TestTheOnboardingPageIsForEverybody(t *testing.T) {
	_, page, _ := onboarded(t)
	b := openTab(t, t.TempDir())
	b.screen(320, 640, 1, iPhone)
	b.open(page)
	b.eval(outcome)
	if got := b.eval(`String(document.documentElement.scrollWidth)`); got != "320" {
		t.Errorf("the page is %s wide on a screen of 320", got)
	}
	if got := b.eval(`[...document.querySelectorAll("h1, h2, h3")].map(h => h.tagName).join(" ")`); got != "H1 H2 H3 H2 H2 H2" {
		t.Errorf("headings: %s", got)
	}
	if got := b.eval(`document.getElementById("result").getAttribute("role") + " " + document.documentElement.lang + " " + document.title`); got != "status en Trust localhost" {
		t.Errorf("got %q", got)
	}

	var tree struct {
		Nodes []struct {
			Ignored bool
			Role    struct{ Value string }
			Name    struct{ Value string }
		}
	}
	b.do("Accessibility.enable", nil)
	b.ask("Accessibility.getFullAXTree", nil, &tree)
	roles := map[string]int{}
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		roles[n.Role.Value]++
		switch n.Role.Value {
		case "link", "button", "heading", "image", "DisclosureTriangle", "region":
			if n.Name.Value == "" {
				t.Errorf("a %s without a name", n.Role.Value)
			}
		}
	}
	for role, want := range map[string]int{"main": 1, "button": 1, "image": 1, "region": 4, "status": 1, "DisclosureTriangle": 9} {
		if roles[role] != want {
			t.Errorf("%d of role %s, want %d", roles[role], role, want)
		}
	}

	var reached []string
	for range 16 {
		for _, kind := range []string{"rawKeyDown", "keyUp"} {
			b.do("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9})
		}
		reached = append(reached, b.eval(`document.activeElement.tagName + (document.activeElement.id && "#" + document.activeElement.id)`))
	}
	if got := strings.Join(reached, " "); !strings.Contains(got, "SUMMARY A SUMMARY SUMMARY") || !strings.Contains(got, "BUTTON#again A") {
		t.Errorf("by Tab one comes to %s", got)
	}
}

// Text stands out from what is behind it by 4.5 to 1 (WCAG 2.2, 1.4.3), by day and by night.
func TestTheOnboardingPageCanBeRead(t *testing.T) {
	_, page, _ := onboarded(t)
	b := openTab(t, t.TempDir())
	for _, scheme := range []string{"light", "dark"} {
		b.screen(1280, 900, 1, desk)
		b.do("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
		b.open(page)
		b.eval(outcome)
		if got := b.eval(faint); got != "" {
			t.Errorf("%s: too faint: %s", scheme, got)
		}
	}
}

// faint is a script that names the texts with too little contrast.
const faint = `(() => {
	const rgb = text => text.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z };
	const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] };
	const bad = [];
	for (const d of document.querySelectorAll("details")) d.open = true;
	for (const e of document.querySelectorAll("body *")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.closest("script, style, svg, noscript")) continue;
		const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) bad.push(e.tagName + " " + ratio.toFixed(1) + " " + e.textContent.trim().slice(0, 30));
	}
	return bad.join("; ");
})()`

// Without JavaScript all is there but the test, which gives way to links.
func TestTheOnboardingPageNeedsNoJavaScript(t *testing.T) {
	_, page, secure := onboarded(t)
	b := openTab(t, t.TempDir())
	b.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	b.open(page)
	got := b.eval(`[
		document.getElementById("check").checkVisibility(), document.querySelector("noscript").innerText,
		document.querySelector(".words").innerText.trim().split(/\s+/).length, document.querySelectorAll("a.get").length > 5].join("|")`)
	if !strings.HasPrefix(got, "false|") || !strings.Contains(got, "https://"+secure+"/trust/test") || !strings.HasSuffix(got, "|12|true") {
		t.Errorf("got %q", got)
	}
}

// The page asks nobody but the gateway, and no content of others would be let in.
func TestTheOnboardingPageAsksNobodyElse(t *testing.T) {
	_, page, secure := onboarded(t)
	b := openTab(t, t.TempDir())
	b.open(page)
	b.eval(outcome)
	asked := b.eval(`performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith("https://` + secure + `/trust/")).join(" ")`)
	if asked != "" {
		t.Errorf("it asked for %s", asked)
	}
	got := b.eval(`new Promise(done => {
		const refused = [];
		document.addEventListener("securitypolicyviolation", e => { refused.push(e.effectiveDirective); if (refused.length === 3) done(refused.sort().join(" ")) });
		const add = (tag, set) => document.body.append(Object.assign(document.createElement(tag), set));
		add("script", { textContent: "window.broken = true" });
		add("img", { src: "http://192.0.2.1/x.png" });
		fetch("https://other.example.com/").catch(() => {});
	})`)
	if got != "connect-src img-src script-src-elem" {
		t.Errorf("refused are: %s", got)
	}
}
