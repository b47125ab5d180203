package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Address is where the gateway listens. Equal addresses are one socket.
type Address struct {
	IP        netip.Addr // the zero value: every address of the machine
	Interface string     // every address of this one; IP is zero then
	Port      int
	Unix      string // the path of a socket; all else is zero then
	FD        int    // a socket the process was started with, counted from 3; 0: none
}

func (a Address) String() string {
	port := ":" + strconv.Itoa(a.Port)
	switch {
	case a.Unix != "":
		return "unix:" + a.Unix
	case a.FD != 0:
		return "fd:" + strconv.Itoa(a.FD)
	case a.Interface != "":
		return "[@" + a.Interface + "]" + port
	case !a.IP.IsValid():
		return "*" + port
	}
	return netip.AddrPortFrom(a.IP, uint16(a.Port)).String()
}

// Bind is where an accept URL really listens. What it leaves open is as the URL says.
type Bind struct {
	Address
	anyIP, anyPort bool
}

func (b *Bind) parse(text string) error {
	wrong := fmt.Errorf("%s is no address: write IP:PORT, PORT, IP, [@eth0]:PORT, unix:PATH or fd:N", quote(text))
	var err error
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if path == "" || len(path) > 107 { // sun_path, unix(7)
			return fmt.Errorf("%s: a socket's path has 1 to 107 bytes", quote(text))
		}
		b.Unix = path
		return nil
	}
	if number, ok := strings.CutPrefix(text, "fd:"); ok {
		if b.FD, err = parseCount(number); err != nil || b.FD < 3 {
			return fmt.Errorf("%s: sockets are handed over from fd:3 on", quote(text))
		}
		return nil
	}
	if ip, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		b.setIP(ip)
		b.anyPort = true
		return nil
	}
	host, number, found := cutPort(text)
	if !found {
		host, number, b.anyIP = "", text, true
	}
	if b.Port, err = port(number, -1); err != nil {
		return wrong
	}
	if name, ok := strings.CutPrefix(host, "@"); ok && name != "" {
		b.Interface = name
	} else if host != "" {
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return wrong
		}
		b.setIP(ip)
	}
	return nil
}

func (b *Bind) relativeTo(dir string) { b.Unix = relative(dir, b.Unix) }

// setIP takes an address; [::] is every one, of IPv4 too.
func (b *Bind) setIP(ip netip.Addr) {
	if ip = ip.Unmap(); ip != netip.IPv6Unspecified() {
		b.IP = ip
	}
}

// cutPort splits HOST:PORT, the host out of its brackets; an empty host is kept.
func cutPort(text string) (host, port string, found bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", "", false
	}
	host = text[:i]
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	return host, text[i+1:], true
}

// listens gives the addresses of an accept URL: its own, where its host is one;
// loopback for localhost and the names under it (RFC 6761); every one for all
// other names, since SNI and Host decide the rest. No DNS is asked.
func listens(u URL, bind map[string]Bind) []Address {
	if b, ok := bindOf(u, bind); ok {
		if b.anyPort {
			b.Port = u.Port
		}
		if !b.anyIP {
			return []Address{b.Address}
		}
		u.Port = b.Port
	}
	if ip, ok := u.IP(); ok {
		var b Bind
		b.setIP(ip)
		return []Address{{IP: b.IP, Port: u.Port}}
	}
	if u.Host == "localhost" || strings.HasSuffix(u.Host, ".localhost") {
		v4 := Address{IP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Port: u.Port}
		if u.Port == 0 { // any free port, which is but one
			return []Address{v4}
		}
		return []Address{v4, {IP: netip.IPv6Loopback(), Port: u.Port}}
	}
	return []Address{{Port: u.Port}}
}

// implies says whether the addresses of an accept URL come from its name alone.
func implies(u URL, bind map[string]Bind) bool {
	b, bound := bindOf(u, bind)
	_, ip := u.IP()
	return !ip && (!bound || b.anyIP)
}

// bindOf finds the bind of a URL's scheme, under either name of tls.
func bindOf(u URL, bind map[string]Bind) (Bind, bool) {
	for scheme, b := range bind {
		if plainScheme(scheme) == u.Scheme {
			return b, true
		}
	}
	return Bind{}, false
}
