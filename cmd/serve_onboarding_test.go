//go:build unix

package cmd_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"

// onboarded is a gateway with a page for those who do not trust it yet.
func onboarded(t *testing.T) (w *world, page, secure string) {
	w = newWorld(t)
	w.run("selfsign", "gw.example.com", "localhost")
	plain, tls := unusedPort(t), unusedPort(t)
	w.write("gateway.yaml", `
onboarding: { accept: "http://localhost:`+plain+`/trust" }
services:
  - { name: echo, type: echo, accept: ["wss://localhost:`+tls+`/echo"] }
`)
	g := w.serve()
	if said := g.said(); !regexp.MustCompile(`msg=onboarding url=\S+ trust="gwtls root [^"]*" words="(\w+ ){11}\w+" sha256=([0-9A-F]{2}:){31}`).MatchString(said) {
		t.Errorf("the operator is not told what to compare:\n%s", said)
	}
	return w, "http://localhost:" + plain + "/trust", "localhost:" + tls
}

// ask gets a page as a browser of that name.
func ask(t *testing.T, method, url, userAgent string) (*http.Response, string) {
	t.Helper()
	return askFrom(t, "127.0.0.1", method, url, userAgent)
}

// askFrom does so as a peer of that address.
func askFrom(t *testing.T, peer, method, url, userAgent string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", userAgent)
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(peer)}}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp4", address)
		},
	}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(r)
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

var openSteps = regexp.MustCompile(`(?s)<details open>\s*<summary>([^<]*)</summary>`)

func TestTheOnboardingPageHasTheVisitorsPlatformFirst(t *testing.T) {
	_, page, secure := onboarded(t)
	for userAgent, want := range map[string]string{
		iPhone: "iPhone and iPad",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36":         "Android",
		"Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0":                                                          "Android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0": "Windows: Edge, Chrome and others",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0":                                              "Windows: Edge, Chrome and others, Firefox",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":         "Mac: Safari, Chrome and others",
		"Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0":                                                        "Firefox",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36":                         "Chrome, Chromium, Edge on Linux and ChromeOS",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36":                "Chrome, Chromium, Edge on Linux and ChromeOS",
		"curl/8.0":            "Linux: the whole machine",
		"Java-http-client/17": "Java",
		"Nobody/1.0 <script>": "",
	} {
		_, text := ask(t, "GET", page, userAgent)
		var open []string
		for _, m := range openSteps.FindAllStringSubmatch(text, -1) {
			open = append(open, m[1])
		}
		if got := strings.Join(open, ", "); got != want {
			t.Errorf("%s: open are %q, want %q", userAgent, got, want)
		}
		if want != "" && !strings.Contains(text[strings.Index(text, "<details"):][:80], "<details open>") {
			t.Errorf("%s: its steps are not the first", userAgent)
		}
		if n := strings.Count(text, "<details"); n != 9 {
			t.Errorf("%s: %d platforms, want all 9", userAgent, n)
		}
	}
	if _, text := ask(t, "GET", "https://"+secure+"/trust", iPhone); !strings.Contains(text, "This page came over HTTPS") {
		t.Error("the page is not the same over HTTPS")
	}
}

func TestFilesOfTheOnboardingPageComeAsTheirPlatformsWantThem(t *testing.T) {
	w, page, secure := onboarded(t)
	dir := t.TempDir()
	w.run("trust-export", "--for", "all", "-o", dir)
	for name, media := range map[string]string{
		"ios/gw.example.com.mobileconfig":    "application/x-apple-aspen-config",
		"windows/gw.example.com.cer":         "application/pkix-cert",
		"android/gw.example.com.crt":         "application/x-x509-ca-cert",
		"windows/gw.example.com.p7b":         "application/x-pkcs7-certificates",
		"java/README.md":                     "text/plain; charset=utf-8",
		"java/truststore.p12":                "application/octet-stream",
		"android/res/raw/gw_example_com.pem": "application/octet-stream",
	} {
		resp, body := ask(t, "GET", page+"/"+name, "")
		h := resp.Header
		if resp.StatusCode != 200 || h.Get("Content-Type") != media || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", name, resp.StatusCode, h)
		}
		if want := string(readFile(t, dir+"/"+name)); body != want {
			t.Errorf("%s is not what trust-export makes", name)
		}
		if saved := h.Get("Content-Disposition") != ""; saved != (media == "application/octet-stream") {
			t.Errorf("%s: Content-Disposition %q", name, h.Get("Content-Disposition"))
		}
	}
	for path, want := range map[string]int{
		"/nothing": 404, "/java": 404, "/java/": 404, "/keystore.p12": 404, "/keystore.pw": 404, "/java/%2e%2e/keystore.p12": 400, "/test": 204,
	} {
		if resp, _ := ask(t, "GET", page+path, ""); resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	if resp, _ := ask(t, "POST", page, ""); resp.StatusCode != 405 {
		t.Errorf("POST: %d", resp.StatusCode)
	}
	if resp, _ := ask(t, "GET", "https://"+secure+"/other", ""); resp.StatusCode == 200 {
		t.Errorf("beside the page: %d", resp.StatusCode)
	}
}

// What is given out is read whole: there is no private key, in whatever form, in any file
// that the page links to.
func TestTheOnboardingPageGivesNoKeyAway(t *testing.T) {
	_, page, _ := onboarded(t)
	_, text := ask(t, "GET", page, iPhone)
	links := regexp.MustCompile(`href="(/trust/[^"]+)"`).FindAllStringSubmatch(text, -1)
	seen := map[string]bool{}
	for _, m := range links {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		peer := fmt.Sprintf("127.0.0.%d", 2+len(seen)/50) // no visitor wants all of them
		resp, body := askFrom(t, peer, "GET", strings.TrimSuffix(page, "/trust")+m[1], "")
		if resp.StatusCode != 200 {
			t.Errorf("%s: %d", m[1], resp.StatusCode)
		}
		for rest := []byte(body); ; {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			if strings.Contains(block.Type, "PRIVATE KEY") {
				t.Errorf("%s holds a %s", m[1], block.Type)
			}
		}
		// Of PKCS#12 a bag of a key (RFC 7292, 4.2), of JKS the tag of a key's entry.
		for _, key := range []string{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02"} {
			if strings.Contains(body, key) {
				t.Errorf("%s holds a key", m[1])
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("the page links to %d files only", len(seen))
	}
}

func TestOnePeerCannotHaveThePageWithoutEnd(t *testing.T) {
	_, page, _ := onboarded(t)
	refused := 0
	for range 90 {
		resp, _ := ask(t, "GET", page+"/test", "")
		if resp.StatusCode == http.StatusTooManyRequests {
			refused++
			if resp.Header.Get("Retry-After") == "" {
				t.Fatal("who is refused is not told when to come again")
			}
		}
	}
	if refused == 0 || refused > 40 {
		t.Errorf("of 90 requests %d were refused", refused)
	}
}

func TestOnboardingWithNothingToTrustIsAFault(t *testing.T) {
	w := newWorld(t)
	w.write("gateway.yaml", `
onboarding: { accept: "http://localhost:18081/trust" }
services:
  - { name: echo, type: echo, accept: ["ws://localhost:18082/echo"] }
`)
	out, errs, code := gwtls(t, "serve", "--check", "--home", w.home)
	if code != 3 || !strings.Contains(out, "there is nothing that clients could be given to trust") {
		t.Errorf("exit code %d, said %q and %q", code, out, errs)
	}
}
