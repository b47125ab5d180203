package cmd

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/trust"
	"github.com/gwtls/gwtls/proxy"
)

// target is an address of the gateway at which a page can see whether it is trusted.
type target struct {
	Address    string // HOST:PORT
	HTTPS, WSS string // URLs
}

// testPath is behind the page's, at each secure address.
const testPath = "/test"

// loadOnboarding finds what clients have to trust for the hosts that they are met under,
// and makes the page that gives it to them.
func (o *serveOptions) loadOnboarding(ctx context.Context, l *loaded) error {
	if l.config.Onboarding == nil {
		return nil
	}
	roots, unread, err := (&trustExportOptions{globals: o.globals}).roots(ctx)
	if err != nil {
		return err
	}
	bundle, public := new(trust.Bundle), false
	told := map[string]bool{}
	for _, c := range l.shown() {
		if told[c.alias] {
			continue
		}
		told[c.alias] = true
		anchor, err := roots.Anchor(c.chain)
		switch {
		case errors.As(err, new(*trust.PublicError)):
			public = true
		case err != nil:
			l.warnings.add(cert.Warning, "onboarding-root-unknown", l.keystore, o.command("trust", "add", "ROOT.pem"),
				"clients get nothing for entry %s: %v", c.alias, errors.Join(err, unread))
		default:
			bundle.Add(c.alias, c.chain[0], anchor)
		}
	}
	if len(bundle.Anchors) == 0 && !public {
		var f findings
		o.blame(l, &f, "onboarding", "onboarding-empty", o.command("trust", "add", "ROOT.pem"),
			"there is nothing that clients could be given to trust: no host has a certificate here whose root is known")
		return f
	}
	l.onboarding, err = o.newOnboarding(l.config.Onboarding.Accept, bundle, l.targets())
	return err
}

// shown are the certificates that clients may meet, that of the page's own host among
// them.
func (l *loaded) shown() []served {
	list := l.certificates()
	host := l.config.Onboarding.Accept.Host
	if alias, chain, ok := l.identity.For(host); ok {
		list = append(list, served{host, alias, chain})
	}
	return list
}

// maxTargets bounds what a page tries in a visitor's browser.
const maxTargets = 6

// targets are the secure addresses of the gateway that a browser can try: not those that
// want to know who comes, or whose name or port is not known; first that of the page's
// own host.
func (l *loaded) targets() []target {
	page := l.config.Onboarding.Accept
	var own, others []target
	seen := map[string]bool{}
	for _, s := range l.config.All() {
		for _, u := range s.Accept {
			if !u.Secure() || u.Stream() || u.Port == 0 || s.AcceptOptions.TLS.VerifyClient == "required" {
				continue
			}
			host := u.Host
			if isAny(host) {
				host = page.Host
			}
			// A policy for content knows no address of IPv6 (CSP 3, 2.3.1).
			if isAny(host) || strings.ContainsAny(host, "*:") {
				continue
			}
			address := net.JoinHostPort(host, strconv.Itoa(u.Port))
			if seen[address] {
				continue
			}
			seen[address] = true
			path := (&url.URL{Path: strings.TrimSuffix(page.Path, "/") + testPath}).EscapedPath()
			t := target{address, "https://" + address + path, "wss://" + address + path}
			if host == page.Host {
				own = append(own, t)
			} else {
				others = append(others, t)
			}
		}
	}
	list := append(own, others...)
	return list[:min(len(list), maxTargets)]
}

// routes lead to the page over HTTPS, and to an echo beside it, at an address of other
// services. A place that one of these has is left to it.
func (p *onboarding) routes(l *config.Listener, policy func(string) string) []proxy.Route {
	if p == nil || !l.Secure() {
		return nil
	}
	path := strings.TrimSuffix(p.url.Path, "/")
	var routes []proxy.Route
	for _, door := range l.Doors {
		host := door.Accept.Host
		for _, r := range []proxy.Route{
			{Scheme: proxy.HTTP, Path: path, Service: p.page},
			{Scheme: proxy.WebSocket, Path: path + testPath, Service: p.echo},
		} {
			taken := slices.ContainsFunc(l.Doors, func(d config.Door) bool {
				return d.Accept.Host == host && scheme(d.Accept) == r.Scheme && strings.TrimSuffix(d.Accept.Path, "/") == r.Path
			})
			if r.Host = host; isAny(host) {
				r.Host = ""
			}
			r.Policy = policy(host)
			listed := slices.ContainsFunc(routes, func(other proxy.Route) bool { return other.Scheme == r.Scheme && other.Host == r.Host })
			if !door.Accept.Stream() && !taken && !listed {
				routes = append(routes, r)
			}
		}
	}
	return routes
}

// echoFor is what a page of this origin opens a WebSocket to.
func echoFor(page config.URL) *proxy.Service {
	origin := page
	origin.Path = ""
	site := proxy.CrossSite{AllowOrigin: origin.String()}
	if isAny(page.Host) || page.Port == 0 {
		site.AllowOrigin = "*"
	}
	return &proxy.Service{
		Name: "onboarding", Echo: &proxy.Echo{}, CrossSite: []proxy.CrossSite{site},
		WebSocket: proxy.WebSocketOptions{MaximumMessageSize: 1 << 10, InactivityTimeout: 10 * time.Second},
	}
}

// lines tell the operator, on a screen of their own, what visitors of the page compare.
func (p *onboarding) lines() (lines []line) {
	if p == nil {
		return nil
	}
	for _, a := range p.bundle.Anchors {
		lines = append(lines, line{slog.LevelInfo, "onboarding", []slog.Attr{slog.String("url", p.url.String()),
			slog.String("trust", a.CN()), slog.String("words", strings.Join(a.Words(), " ")), slog.String("sha256", a.Fingerprint())}})
	}
	return lines
}
