package cmd

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/identity"
	"github.com/gwtls/gwtls/proxy"
)

// echoLimit is the largest message that an echo holds, unless it is told otherwise.
const echoLimit = 1 << 20

// compile makes the plan of what has been loaded. All that is wrong is found at once.
func (o *serveOptions) compile(l *loaded) (err error) {
	if l.listeners, err = l.config.Listeners(interfaceAddresses); err != nil {
		return o.faults(err)
	}
	var faults findings
	o.checkCertificates(l, &faults)
	services := map[*config.Service]*proxy.Service{}
	for _, s := range l.config.All() {
		services[s] = o.service(l, s, &faults)
	}
	if len(faults) > 0 {
		return faults
	}
	l.lint(o.env.Now())
	l.plan = &proxy.Plan{DrainTimeout: max(l.config.DrainTimeout, 1)} // a plan's 0 is its default
	l.within = map[string]string{}
	for _, listener := range l.listeners {
		if listener.Within != nil {
			_, wide := networkAddress(*listener.Within)
			_, own := networkAddress(listener.Address)
			l.within[own], l.within[wide] = wide, wide
		}
		l.plan.Endpoints = append(l.plan.Endpoints, o.endpoint(l, listener, services))
	}
	return nil
}

// checkCertificates finds the hosts that are accepted for and have no certificate.
func (o *serveOptions) checkCertificates(l *loaded, faults *findings) {
	for _, s := range l.identity.Skipped() {
		l.warnings.add(cert.Warning, "entry-skipped", l.keystore, "", "%s", s)
	}
	if l.embedded != nil && o.check {
		return // it is made when the gateway starts
	}
	told := map[string]bool{}
	for _, listener := range l.listeners {
		for _, door := range listener.Doors {
			host := door.Accept.Host
			if told[host] || !door.Accept.Secure() || l.presents(host) {
				continue
			}
			told[host] = true
			words := []string{"selfsign", host}
			if isAny(host) {
				words[1] = "HOST"
			}
			if o.keystorePath == "" && l.config.Keystore != nil {
				words = append(words, "--keystore", l.config.Keystore.File)
			}
			what := fmt.Sprintf("no certificate for %s in %s", host, l.keystore)
			if why := l.identity.Lacks(host); why != "" {
				what += ": " + why
			}
			o.blame(l, faults, door.At(), "name-not-covered", o.command(words...), "%s", what)
		}
	}
}

// presents says whether there is a certificate for a host; for every address any will do.
func (l *loaded) presents(host string) bool {
	if isAny(host) {
		return l.identity.Any()
	}
	_, _, ok := l.identity.For(host)
	return ok
}

// isAny says whether a host is no name but every address: 0.0.0.0 or ::.
func isAny(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsUnspecified()
}

// blame notes a fault at a path of the configuration.
func (o *serveOptions) blame(l *loaded, f *findings, path, code, fix, format string, args ...any) {
	fault := l.config.Fault(path, format, args...)
	where := ""
	if fault.Line > 0 {
		where = fault.Where()
	}
	f.add(cert.Error, code, where, fix, "%s", fault.What)
}

// service is what the proxy has to know of a service.
func (o *serveOptions) service(l *loaded, s *config.Service, faults *findings) *proxy.Service {
	ws := s.AcceptOptions.WS
	p := &proxy.Service{
		Name:                s.Name,
		MaximumPendingBytes: int(s.MaximumPendingBytes),
		ServerHeader:        s.AcceptOptions.HTTP.ServerHeader,
		WebSocket:           proxy.WebSocketOptions{InactivityTimeout: ws.InactivityTimeout, Subprotocols: ws.Subprotocols},
	}
	for _, site := range s.CrossSite {
		p.CrossSite = append(p.CrossSite, proxy.CrossSite(site))
	}
	switch {
	case ws.MaximumMessageSize != nil:
		p.WebSocket.MaximumMessageSize = int64(*ws.MaximumMessageSize)
	case s.Type == config.TypeEcho:
		p.WebSocket.MaximumMessageSize = echoLimit
	}
	switch s.Type {
	case config.TypeProxy:
		p.Proxy = o.proxy(l, s, faults)
	case config.TypeHTTPProxy:
		p.Forward = o.forward(l, s, faults)
	case config.TypeRedirect:
		to, _ := url.Parse(s.Redirect.To) // which was checked
		p.Redirect = &proxy.Redirect{To: to, Status: s.Redirect.Status}
	case config.TypeDirectory:
		p.Directory = o.directory(l, s, faults)
	case config.TypeEcho:
		p.Echo = &proxy.Echo{}
	case config.TypeOnboarding:
		p.Handler, l.onboarding.page = l.onboarding, p
	}
	return p
}

func (o *serveOptions) proxy(l *loaded, s *config.Service, faults *findings) *proxy.Proxy {
	return &proxy.Proxy{Backends: o.backends(l, s, faults), Balance: proxy.Balance(s.Balance)}
}

// forward is what a service does with requests that it passes on.
func (o *serveOptions) forward(l *loaded, s *config.Service, faults *findings) *proxy.Forward {
	kept := s.ConnectOptions.HTTP
	f := &proxy.Forward{
		Backends:             o.backends(l, s, faults),
		Balance:              proxy.Balance(s.Balance),
		KeepAlive:            kept.Keepalive,
		KeepAliveConnections: kept.KeepaliveConnections,
		KeepAliveTimeout:     kept.KeepaliveTimeout,
	}
	if h := s.HTTP; h != nil {
		f.Forwarded = proxy.Forwarded(h.Forwarded)
		f.Location = rewrites(h.Rewrite.Location)
		f.CookieDomain = rewrites(h.Rewrite.CookieDomain)
		f.CookiePath = rewrites(h.Rewrite.CookiePath)
	}
	return f
}

func rewrites(rules []config.Rewrite) (list []proxy.Rewrite) {
	for _, r := range rules {
		list = append(list, proxy.Rewrite(r))
	}
	return list
}

func (o *serveOptions) backends(l *loaded, s *config.Service, faults *findings) (list []proxy.Backend) {
	for _, u := range s.Connect {
		b := proxy.Backend{URL: &url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(u.Host, strconv.Itoa(u.Port)), Path: u.Path}}
		if u.Secure() {
			b.TLS = o.backend(l, s, u, faults)
		}
		list = append(list, b)
	}
	return list
}

// backend is how TLS is spoken with a back end.
func (o *serveOptions) backend(l *loaded, s *config.Service, u config.URL, faults *findings) *tls.Config {
	t := s.ConnectOptions.TLS
	b := identity.Backend{Roots: l.roots, ServerName: u.Host, Certificate: t.ClientCertificate}
	b.MinVersion, b.MaxVersion = config.Versions(t.Protocols)
	for _, pin := range t.Pins {
		b.Pins = append(b.Pins, pin)
	}
	if t.ServerName != "" {
		b.ServerName = t.ServerName
	}
	if !u.Stream() {
		b.NextProtos = []string{"http/1.1"}
	}
	c, err := l.identity.Client(b)
	if errors.Is(err, identity.ErrNoEntry) {
		o.blame(l, faults, s.At("connect_options.tls.client_certificate"), "client-certificate-missing", o.command("keystore", "list"), "%s: %v", l.keystore, err)
	}
	return c
}
