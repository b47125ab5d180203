package cmd

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
	tlsidentity "github.com/gwtls/gwtls/pkg/identity"
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
	for i := range l.config.Services {
		s := &l.config.Services[i]
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

// interfaceAddresses are those that can be listened on: link-local ones of IPv6 mean
// nothing without their interface, and are left out.
func interfaceAddresses(name string) ([]netip.Addr, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("no network interface %s", name)
	}
	list, err := i.Addrs()
	if err != nil {
		return nil, fmt.Errorf("network interface %s: %w", name, err)
	}
	var out []netip.Addr
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
			out = append(out, p.Addr().Unmap())
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("network interface %s has no address", name)
	}
	return out, nil
}

// networkAddress is an address in the words of package net.
func networkAddress(a config.Address) (network, address string) {
	switch {
	case a.Unix != "":
		return "unix", a.Unix
	case !a.IP.IsValid():
		return "tcp", ":" + strconv.Itoa(a.Port)
	case a.IP.Is4():
		return "tcp4", a.String()
	}
	return "tcp6", a.String()
}

// endpoint is what the proxy has to know of an address.
func (o *serveOptions) endpoint(l *loaded, listener *config.Listener, services map[*config.Service]*proxy.Service) *proxy.Endpoint {
	e := &proxy.Endpoint{Optional: listener.Implied}
	e.Network, e.Address = networkAddress(listener.Address)
	e.Limits.HandshakeTimeout, e.Limits.HeaderTimeout, e.Limits.KeepAliveTimeout = l.config.Limits(listener)
	policy := func(string) string { return "" }
	if listener.Secure() {
		server := l.identity.Server(hosts(listener), o.tickets)
		e.TLS, e.Policy = server.Config(), server.Policy
		policy = server.Policy
	}
	for _, door := range listener.Doors {
		u := door.Accept
		r := proxy.Route{Scheme: scheme(u), Host: u.Host, Path: u.Path, Policy: policy(u.Host), Service: services[door.Service]}
		if isAny(u.Host) {
			r.Host = ""
		}
		e.Routes = append(e.Routes, r)
	}
	return e
}

func scheme(u config.URL) proxy.Scheme {
	switch u.Scheme {
	case "ws", "wss":
		return proxy.WebSocket
	case "tcp", "tls":
		return proxy.Stream
	}
	return proxy.HTTP
}

// hosts are the names behind an address with the terms of TLS for each: HTTP/2 where
// there is HTTP, since WebSocket is spoken over HTTP/1.1 alone; no ALPN for streams,
// whose protocol is not known here.
func hosts(l *config.Listener) []tlsidentity.Host {
	var list []tlsidentity.Host
	for _, door := range l.Doors {
		u, o := door.Accept, door.Service.AcceptOptions.TLS
		at := slices.IndexFunc(list, func(h tlsidentity.Host) bool { return h.Name == u.Host })
		if at < 0 {
			at = len(list)
			terms := tlsidentity.Terms{Bulk: u.Stream()}
			terms.MinVersion, terms.MaxVersion = config.Versions(o.Protocols)
			for _, c := range o.Ciphers {
				terms.CipherSuites = append(terms.CipherSuites, uint16(c))
			}
			for _, g := range o.Groups {
				terms.Groups = append(terms.Groups, tls.CurveID(g))
			}
			list = append(list, tlsidentity.Host{Name: u.Host, Terms: terms})
		}
		switch scheme(u) {
		case proxy.HTTP:
			list[at].Terms.NextProtos = []string{"h2", "http/1.1"}
		case proxy.WebSocket:
			if list[at].Terms.NextProtos == nil {
				list[at].Terms.NextProtos = []string{"http/1.1"}
			}
		}
	}
	return list
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
	case config.TypeDirectory:
		p.Directory = o.directory(l, s, faults)
	case config.TypeEcho:
		p.Echo = &proxy.Echo{}
	}
	return p
}

func (o *serveOptions) proxy(l *loaded, s *config.Service, faults *findings) *proxy.Proxy {
	p := &proxy.Proxy{Balance: proxy.Balance(s.Balance)}
	for _, u := range s.Connect {
		b := proxy.Backend{URL: &url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(u.Host, strconv.Itoa(u.Port)), Path: u.Path}}
		if u.Secure() {
			b.TLS = o.backend(l, s, u, faults)
		}
		p.Backends = append(p.Backends, b)
	}
	return p
}

// backend is how TLS is spoken with a back end.
func (o *serveOptions) backend(l *loaded, s *config.Service, u config.URL, faults *findings) *tls.Config {
	t := s.ConnectOptions.TLS
	b := tlsidentity.Backend{Roots: l.roots, ServerName: u.Host, Certificate: t.ClientCertificate}
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
	if errors.Is(err, tlsidentity.ErrNoEntry) {
		o.blame(l, faults, s.At("connect_options.tls.client_certificate"), "client-certificate-missing", o.command("keystore", "list"), "%s: %v", l.keystore, err)
	}
	return c
}
