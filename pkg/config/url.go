package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
)

// URL is where a service accepts, or connects to.
type URL struct {
	Scheme string // ws, wss, http, https, tcp or tls
	Host   string // a DNS name in lower case, *.NAME, or an IP address without brackets
	Port   int
	Path   string // "/" at least; "" for tcp and tls
}

var schemes = []string{"ws", "wss", "http", "https", "tcp", "tls"}

// Secure says whether TLS is spoken.
func (u URL) Secure() bool { return u.Scheme == "wss" || u.Scheme == "https" || u.Scheme == "tls" }

// Stream says whether bytes are carried, and not messages or requests.
func (u URL) Stream() bool { return u.Scheme == "tcp" || u.Scheme == "tls" }

// IP is the host, where that is an address.
func (u URL) IP() (netip.Addr, bool) {
	ip, err := netip.ParseAddr(u.Host)
	return ip, err == nil
}

func (u URL) String() string {
	host := u.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Port != defaultPort(u.Scheme) {
		host += ":" + strconv.Itoa(u.Port)
	}
	return u.Scheme + "://" + host + u.Path
}

// defaultPort of a scheme; -1 where there is none.
func defaultPort(scheme string) int {
	switch scheme {
	case "ws", "http":
		return 80
	case "wss", "https":
		return 443
	}
	return -1
}

func (u *URL) parse(text string) error {
	scheme, rest, found := strings.Cut(text, "://")
	if scheme = plainScheme(scheme); !found || !slices.Contains(schemes, scheme) {
		if !found {
			return fmt.Errorf("%s is no URL, as wss://gw.example.com:9001/ is", quote(text))
		}
		return fmt.Errorf("unknown scheme %s; there are %s%s", quote(scheme), strings.Join(schemes, ", "), didYouMean(scheme, schemes))
	}
	parsed, err := url.Parse("//" + rest)
	switch {
	case err != nil:
		return fmt.Errorf("%s is no URL: %w", quote(text), errors.Unwrap(err))
	case parsed.User != nil:
		return errors.New("a URL of a service holds no user and no password")
	case parsed.ForceQuery || parsed.RawQuery != "" || strings.Contains(rest, "#"):
		return fmt.Errorf("%s: a URL of a service holds no query and no fragment", quote(text))
	}
	read := URL{Scheme: scheme, Path: parsed.Path}
	if read.Host, err = hostname(parsed.Hostname()); err != nil {
		return fmt.Errorf("%s: %w", quote(text), err)
	}
	if read.Port, err = port(parsed.Port(), defaultPort(scheme)); err != nil {
		return fmt.Errorf("%s: %w", quote(text), err)
	}
	if err := read.checkPath(text); err != nil {
		return err
	}
	*u = read // whole, so that nothing more is said of half a URL
	return nil
}

func (u *URL) checkPath(text string) error {
	if u.Stream() {
		if u.Path != "" && u.Path != "/" {
			return fmt.Errorf("%s: %s has no path", quote(text), u.Scheme)
		}
		u.Path = ""
		return nil
	}
	if u.Path == "" {
		u.Path = "/"
	}
	if clean := path.Clean(u.Path); clean != u.Path && clean+"/" != u.Path {
		return fmt.Errorf("%s: write its path as %s", quote(text), clean)
	}
	return nil
}

// plainScheme is a scheme in lower case; ssl is another word for tls.
func plainScheme(scheme string) string {
	if scheme = strings.ToLower(scheme); scheme == "ssl" {
		return "tls"
	}
	return scheme
}

// hostname is a host in the one spelling that names are compared in. Back ends of
// a local network have names that no certificate could hold, such as db_1.
func hostname(host string) (string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().String(), nil
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	name, err := cert.ParseDNS(host)
	switch {
	case host == "":
		return "", errors.New("there is no host in it")
	case err == nil:
		return name, nil
	case strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == "":
		return host, nil
	}
	return "", err
}

func port(text string, otherwise int) (int, error) {
	if text == "" {
		if otherwise < 0 {
			return 0, errors.New("there is no port in it")
		}
		return otherwise, nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s is no port", quote(text))
	}
	return int(n), nil
}
