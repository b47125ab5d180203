package cmd

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/identity"
	"github.com/gwtls/gwtls/proxy"
)

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
	e.Routes = append(e.Routes, l.onboarding.routes(listener, policy)...)
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
func hosts(l *config.Listener) []identity.Host {
	var list []identity.Host
	for _, door := range l.Doors {
		u, o := door.Accept, door.Service.AcceptOptions.TLS
		at := slices.IndexFunc(list, func(h identity.Host) bool { return h.Name == u.Host })
		if at < 0 {
			at = len(list)
			terms := identity.Terms{Bulk: u.Stream()}
			terms.MinVersion, terms.MaxVersion = config.Versions(o.Protocols)
			for _, c := range o.Ciphers {
				terms.CipherSuites = append(terms.CipherSuites, uint16(c))
			}
			for _, g := range o.Groups {
				terms.Groups = append(terms.Groups, tls.CurveID(g))
			}
			list = append(list, identity.Host{Name: u.Host, Terms: terms})
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
