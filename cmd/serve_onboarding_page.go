package cmd

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/trust"
	"github.com/gwtls/gwtls/proxy"
	"github.com/gwtls/gwtls/templates"
)

// onboarding is the page on which clients fetch what makes them trust the gateway, and
// the files behind it.
type onboarding struct {
	url     config.URL
	bundle  *trust.Bundle
	targets []target
	page    *proxy.Service // which has it as its handler
	echo    *proxy.Service // beside it, for the test

	clients []onboardingClient
	files   map[string][]byte // by CLIENT/NAME
	text    *template.Template
	style   template.CSS
	script  template.JS
	policy  string // of content
	limit   *limiter
}

// onboardingClient is a kind of client and its files.
type onboardingClient struct {
	Name, What string
	Files      []onboardingFile
}

type onboardingFile struct {
	Name string
	URL  string
	Deep bool // in a folder of its client's
}

func (o *serveOptions) newOnboarding(at config.URL, bundle *trust.Bundle, targets []target) (*onboarding, error) {
	p := &onboarding{
		url: at, bundle: bundle, targets: targets, echo: echoFor(at),
		files: map[string][]byte{}, limit: newLimiter(o.env.Now),
	}
	if len(bundle.Anchors) > 0 {
		for _, c := range trust.Clients() {
			if err := p.add(c); err != nil {
				return nil, err
			}
		}
	}
	style, err := templates.Onboarding.ReadFile("onboarding/style.css")
	if err != nil {
		return nil, err
	}
	script, err := templates.Onboarding.ReadFile("onboarding/test.js")
	if err != nil {
		return nil, err
	}
	p.style, p.script = template.CSS(style), template.JS(script)
	p.policy = p.contentPolicy(style, script)
	p.text, err = template.ParseFS(templates.Onboarding, "onboarding/page.html", "onboarding/platforms/*.html")
	return p, err
}

// add makes the files of a client, as trust-export would.
func (p *onboarding) add(c trust.Client) error {
	files, err := c.Export(p.bundle)
	if err != nil {
		return err
	}
	client := onboardingClient{Name: c.Name, What: c.What}
	for _, f := range files {
		name := c.Name + "/" + f.Name
		p.files[name] = f.Data
		if f.Name != "README.md" {
			client.Files = append(client.Files, onboardingFile{f.Name, p.path() + name, strings.Contains(f.Name, "/")})
		}
	}
	p.clients = append(p.clients, client)
	return nil
}

// path is where the page's files are.
func (p *onboarding) path() string { return strings.TrimSuffix(p.url.Path, "/") + "/" }

// contentPolicy allows the page its own style, its own script and the addresses that the
// script tries, and nothing else.
func (p *onboarding) contentPolicy(style, script []byte) string {
	hash := func(text []byte) string {
		sum := sha256.Sum256(text)
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	connect := ""
	for _, t := range p.targets {
		connect += " https://" + t.Address + " wss://" + t.Address
	}
	if connect == "" {
		connect = " 'none'"
	}
	return "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) + "; connect-src" + connect +
		"; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// ServeHTTP answers with the page or a file. Nothing is kept by caches on the way: what
// is trusted may change.
func (p *onboarding) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	name := strings.TrimPrefix(r.URL.Path, "/")
	data, found := p.files[name]
	switch {
	case !p.limit.allow(r.RemoteAddr):
		h.Set("Retry-After", strconv.Itoa(int(p.limit.wait().Seconds())))
		answer(w, http.StatusTooManyRequests, "too many requests from your address: wait a little")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		answer(w, http.StatusMethodNotAllowed, "there is only something to fetch here")
	case name == "":
		p.servePage(w, r)
	case "/"+name == testPath:
		w.WriteHeader(http.StatusNoContent)
	case found:
		serveOnboardingFile(w, name, data)
	default:
		answer(w, http.StatusNotFound, "no such file; the page is at "+p.url.String())
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// mediaTypes are those by which platforms know what a file is for; what is not among
// them is only to be saved.
var mediaTypes = map[string]string{
	".mobileconfig": "application/x-apple-aspen-config",
	".cer":          "application/pkix-cert",
	".crt":          "application/x-x509-ca-cert",
	".p7b":          "application/x-pkcs7-certificates",
	".md":           "text/plain; charset=utf-8",
}

func serveOnboardingFile(w http.ResponseWriter, name string, data []byte) {
	h := w.Header()
	media, known := mediaTypes[path.Ext(name)]
	if !known {
		media = "application/octet-stream"
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(name)}))
	}
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.Write(data)
}

func (p *onboarding) servePage(w http.ResponseWriter, r *http.Request) {
	var page bytes.Buffer
	err := p.write(&page, r)
	if err != nil {
		answer(w, http.StatusInternalServerError, "the page cannot be made")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Vary", "User-Agent")
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	page.WriteTo(w)
}

// onboardingView is what the templates see.
type onboardingView struct {
	*onboarding
	Host      string
	URL       string // of the page
	Plain     bool   // it came over plain HTTP
	Style     template.CSS
	Script    template.JS
	QR        trust.QRCode
	Platforms []platformView
}

func (p *onboarding) write(w io.Writer, r *http.Request) error {
	v := &onboardingView{onboarding: p, Host: p.url.Host, URL: p.url.String(), Plain: r.TLS == nil, Style: p.style, Script: p.script}
	if isAny(v.Host) || p.url.Port == 0 { // what it is called here is not what others call it
		v.URL = p.url.Scheme + "://" + r.Host + p.url.Path
		v.Host = r.Host
		if host, _, err := net.SplitHostPort(r.Host); err == nil {
			v.Host = host
		}
	}
	var err error
	if v.QR, err = trust.QR(v.URL); err != nil {
		return err
	}
	if v.Platforms, err = v.platforms(r.UserAgent()); err != nil {
		return err
	}
	return p.text.ExecuteTemplate(w, "page.html", v)
}

// Path is where the files are; Base the same with host.
func (v *onboardingView) Path() string { return v.path() }
func (v *onboardingView) Base() string { return strings.TrimSuffix(v.URL, "/") + "/" }

// Targets are the addresses that the page tries.
func (v *onboardingView) Targets() []target { return v.targets }

// Clients are all kinds of clients.
func (v *onboardingView) Clients() []onboardingClient { return v.clients }

// Get finds the files of a client whose names end so.
func (v *onboardingView) Get(client, ending string) (list []onboardingFile) {
	for _, c := range v.clients {
		for _, f := range c.Files {
			if c.Name == client && strings.HasSuffix(f.Name, ending) {
				list = append(list, f)
			}
		}
	}
	return list
}

// anchorView is an anchor with its fingerprint in pieces.
type anchorView struct{ trust.Anchor }

// Pairs are the digits of the SHA-256, two by two.
func (a anchorView) Pairs() []string { return strings.Split(a.Fingerprint(), ":") }

// Anchors are what is to be trusted.
func (v *onboardingView) Anchors() (list []anchorView) {
	for _, a := range v.bundle.Anchors {
		list = append(list, anchorView{a})
	}
	return list
}
