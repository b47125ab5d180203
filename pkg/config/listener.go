package config

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Listener is an address that is listened on, and the accept URLs behind it.
type Listener struct {
	Address
	Implied bool     // localhost means it, where the machine has it
	Within  *Address // the wider one whose socket takes what comes here: the kernel has no room for both
	Doors   []Door
}

// Door is one accept URL of a service.
type Door struct {
	Service *Service
	Accept  URL

	path string // services[N].accept[M]
}

// At is the path of the accept URL in the configuration, for [Config.Fault].
func (d Door) At() string { return d.path }

// Interfaces gives the addresses of a network interface.
type Interfaces func(name string) ([]netip.Addr, error)

// Listeners are the addresses to listen on, each once. Where a port is listened on
// at every address and at single ones too, the doors of the former are behind the
// latter as well, and not the other way round: what accepts on localhost is not to
// be reached from elsewhere by who says he wants localhost.
func (c *Config) Listeners(interfaces Interfaces) ([]*Listener, error) {
	r := &rules{config: c}
	list := r.listen(interfaces)
	r.agree(list)
	return list, join(r.faults)
}

// listeners checks what no network interface has to be looked at for.
func (r *rules) listeners() {
	r.agree(r.listen(nil))
}

func (r *rules) listen(interfaces Interfaces) []*Listener {
	var list []*Listener
	byAddress := map[Address]*Listener{}
	for _, s := range r.config.All() {
		for j, u := range s.Accept {
			if u.Scheme == "" {
				continue // did not parse
			}
			door := Door{Service: s, Accept: u, path: fmt.Sprintf("%s.accept[%d]", s.path, j)}
			for _, a := range r.addresses(door, interfaces) {
				l := byAddress[a]
				if l == nil {
					l = &Listener{Address: a, Implied: true}
					byAddress[a] = l
					list = append(list, l)
				}
				l.Implied = l.Implied && a.IP == netip.IPv6Loopback() && implies(u, s.Bind)
				l.Doors = append(l.Doors, door)
			}
		}
	}
	widen(list, byAddress)
	return list
}

// addresses of a door, those of network interfaces looked up.
func (r *rules) addresses(door Door, interfaces Interfaces) []Address {
	var list []Address
	for _, a := range listens(door.Accept, door.Service.Bind) {
		if a.Interface == "" || interfaces == nil {
			list = append(list, a)
			continue
		}
		ips, err := interfaces(a.Interface)
		if err != nil {
			r.fault(door.Service.At("bind"), "%v", err)
		}
		for _, ip := range ips {
			list = append(list, Address{IP: ip, Port: a.Port})
		}
	}
	return list
}

// widen puts the doors of wider addresses behind narrower ones too.
func widen(list []*Listener, byAddress map[Address]*Listener) {
	own := map[*Listener][]Door{}
	for _, l := range list {
		own[l] = l.Doors
	}
	for _, l := range list {
		has := map[string]bool{}
		for _, door := range own[l] {
			has[door.path] = true
		}
		for _, a := range l.covering() {
			wide := byAddress[a]
			if wide == nil {
				continue
			}
			if l.Within == nil {
				l.Within = &wide.Address
			}
			for _, door := range own[wide] {
				if !has[door.path] {
					l.Doors = append(l.Doors, door)
				}
			}
		}
	}
}

// covering are the addresses that leave no room for another socket at this one, the
// widest first.
func (a Address) covering() []Address {
	if !a.IP.IsValid() || a.Port == 0 {
		return nil
	}
	all := []Address{{Port: a.Port}}
	if all4 := netip.IPv4Unspecified(); a.IP.Is4() && a.IP != all4 {
		all = append(all, Address{IP: all4, Port: a.Port})
	}
	return all
}

// Secure says whether TLS is spoken here; all doors of an address agree.
func (l *Listener) Secure() bool { return l.Doors[0].Accept.Secure() }

// limits are the times that count before it is known which service is wanted.
var limits = []struct {
	path string
	of   func(AcceptOptions) time.Duration
}{
	{"limits.handshake_timeout", func(o AcceptOptions) time.Duration { return o.Limits.HandshakeTimeout }},
	{"limits.header_timeout", func(o AcceptOptions) time.Duration { return o.Limits.HeaderTimeout }},
	{"http.keepalive_timeout", func(o AcceptOptions) time.Duration { return o.HTTP.KeepaliveTimeout }},
}

// Limits are those of the services here that name any; they agree.
func (c *Config) Limits(l *Listener) (handshake, header, keepalive time.Duration) {
	into := []*time.Duration{&handshake, &header, &keepalive}
	for i, limit := range limits {
		for _, door := range slices.Backward(l.Doors) {
			_, named := c.named[door.Service.At("accept_options."+limit.path)]
			if named || *into[i] == 0 {
				*into[i] = limit.of(door.Service.AcceptOptions)
			}
		}
	}
	return handshake, header, keepalive
}
