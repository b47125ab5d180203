package proxy

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// endpoint is an Endpoint, compiled.
type endpoint struct {
	*Endpoint
	streams  map[string]*service // by server name
	fallback *service            // of streams without one of these names: the first
	hosts    map[string]*host    // by name, "*.name", or "" for any
	settings httpSettings
}

// host is what is served under one name.
type host struct {
	webSocket, http map[string]place // by canonical path without a trailing slash
}

// place is where a route leads.
type place struct {
	service *service
	policy  string
	slash   bool // the route's path ends with one
}

// service is a Service, compiled.
type service struct {
	*Service
	relay     *relay
	forward   *forward
	directory *directory
	buffers   *buffers
}

const (
	defaultHandshakeTimeout = 10 * time.Second
	defaultHeaderTimeout    = 10 * time.Second
	defaultKeepAlive        = 30 * time.Second
	defaultHeaderBytes      = 64 << 10
)

// compile checks a plan, and makes of it what can be asked quickly.
func compile(plan *Plan) ([]*endpoint, error) {
	services := map[*Service]*service{}
	var endpoints []*endpoint
	var faults []error
	seen := map[string]bool{}
	for _, e := range plan.Endpoints {
		ep, err := compileEndpoint(e, services)
		if seen[key(e)] {
			err = errors.Join(err, errors.New("address is listed twice"))
		}
		seen[key(e)] = true
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", e.Address, err))
		}
		endpoints = append(endpoints, ep)
	}
	return endpoints, errors.Join(faults...)
}

func compileEndpoint(e *Endpoint, services map[*Service]*service) (*endpoint, error) {
	ep := &endpoint{
		Endpoint: e,
		streams:  map[string]*service{},
		hosts:    map[string]*host{},
		settings: httpSettings{
			header:    cmp.Or(e.Limits.HeaderTimeout, defaultHeaderTimeout),
			keepAlive: cmp.Or(e.Limits.KeepAliveTimeout, defaultKeepAlive),
			bytes:     cmp.Or(e.Limits.HeaderBytes, defaultHeaderBytes),
		},
	}
	var faults []error
	for _, r := range e.Routes {
		svc := services[r.Service]
		if svc == nil {
			var err error
			if svc, err = compileService(r.Service); err != nil {
				faults = append(faults, fmt.Errorf("service %s: %w", r.Service.Name, err))
			}
			services[r.Service] = svc
		}
		if err := ep.add(r, svc); err != nil {
			faults = append(faults, fmt.Errorf("service %s: %w", r.Service.Name, err))
		}
	}
	if e.TLS == nil && ep.fallback != nil && len(e.Routes) > 1 {
		faults = append(faults, errors.New("a plain address with a stream service can have no other: nothing tells them apart"))
	}
	return ep, errors.Join(faults...)
}

func compileService(s *Service) (*service, error) {
	svc := &service{Service: s, buffers: buffersFor(s.MaximumPendingBytes)}
	kinds := 0
	for _, set := range []bool{s.Proxy != nil, s.Forward != nil, s.Redirect != nil, s.Directory != nil, s.Handler != nil, s.Echo != nil} {
		if set {
			kinds++
		}
	}
	var err error
	switch {
	case kinds != 1:
		err = errors.New("must be exactly one of proxy, forward, redirect, directory, handler and echo")
	case s.Proxy != nil:
		svc.relay, err = compileRelay(s.Proxy, "tcp", "tls", "ws", "wss")
	case s.Forward != nil:
		svc.forward, err = compileForward(s.Forward)
	case s.Redirect != nil:
		err = checkRedirect(s.Redirect)
	case s.Directory != nil:
		svc.directory, err = compileDirectory(s.Directory)
	}
	return svc, err
}

// add makes a route findable.
func (ep *endpoint) add(r Route, svc *service) error {
	name := hostName(r.Host)
	path, ok := routePath(r.Path)
	if !ok {
		return fmt.Errorf("path %s: must have no dot segments", r.Path)
	}
	h := ep.hosts[name]
	if h == nil && r.Scheme != Stream {
		h = &host{webSocket: map[string]place{}, http: map[string]place{}}
		ep.hosts[name] = h
	}
	taken := false
	switch {
	case r.Scheme == Stream && svc.relay != nil && !svc.relay.framed:
		_, taken = ep.streams[name]
		ep.streams[name] = svc
		ep.fallback = cmp.Or(ep.fallback, svc)
	case r.Scheme == WebSocket && (svc.relay != nil || svc.Echo != nil):
		_, taken = h.webSocket[path]
		h.webSocket[path] = place{svc, r.Policy, r.Path == "" || strings.HasSuffix(r.Path, "/")}
	case r.Scheme == HTTP && (svc.forward != nil || svc.Redirect != nil || svc.directory != nil || svc.Handler != nil):
		_, taken = h.http[path]
		h.http[path] = place{svc, r.Policy, r.Path == "" || strings.HasSuffix(r.Path, "/")}
	default:
		return fmt.Errorf("cannot serve %s clients", r.Scheme)
	}
	if taken {
		return fmt.Errorf("another service has %s %s%s", r.Scheme, r.Host, cmp.Or(r.Path, "/"))
	}
	return nil
}

// stream is the service for a TLS client that is no HTTP one; nil where HTTP is meant.
func (ep *endpoint) stream(state *tls.ConnectionState) *service {
	name := hostName(state.ServerName)
	for _, n := range candidates(name) {
		if svc := ep.streams[n]; svc != nil {
			return svc
		}
		if ep.hosts[n] != nil {
			return nil
		}
	}
	if len(ep.hosts) > 0 {
		return nil
	}
	return ep.fallback
}

// candidates are the keys that a host name may be found under, best first.
func candidates(name string) []string {
	if i := strings.IndexByte(name, '.'); i > 0 {
		return []string{name, "*" + name[i:], ""}
	}
	return []string{name, ""}
}

// find gives the place for a request, and what of its path lies behind the route's. Where
// there is none, the status says why.
func (ep *endpoint) find(hostHeader, escapedPath string, upgrade bool) (p place, rest string, status int) {
	path, ok := canonicalPath(escapedPath)
	if !ok || path == "" || path[0] != '/' {
		return place{}, "", http.StatusBadRequest
	}
	status = http.StatusNotFound
	for _, name := range candidates(hostName(hostHeader)) {
		h := ep.hosts[name]
		if h == nil {
			continue
		}
		if upgrade {
			if p, n, ok := longest(h.webSocket, path); ok {
				return p, p.behind(escapedPath, n), http.StatusOK
			}
		}
		if p, n, ok := longest(h.http, path); ok {
			return p, p.behind(escapedPath, n), http.StatusOK
		}
		if _, _, ok := longest(h.webSocket, path); ok {
			status = http.StatusUpgradeRequired
		}
	}
	return place{}, "", status
}

// longest finds the longest prefix of path that has a place, and how many segments it has.
func longest(places map[string]place, path string) (place, int, bool) {
	if len(places) == 0 {
		return place{}, 0, false
	}
	for path = strings.TrimSuffix(path, "/"); ; path = path[:strings.LastIndexByte(path, '/')] {
		if p, ok := places[path]; ok {
			return p, strings.Count(path, "/"), true
		}
		if path == "" {
			return place{}, 0, false
		}
	}
}
