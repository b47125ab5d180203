package config_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/config"
)

// echoes is a file of echo services, one for each line of keys.
func echoes(keys ...string) string {
	text := "services:\n"
	for i, k := range keys {
		text += fmt.Sprintf("- {name: s%d, type: echo, %s}\n", i+1, k)
	}
	return text
}

func streams(keys ...string) string {
	text := "services:\n"
	for i, k := range keys {
		text += fmt.Sprintf("- {name: s%d, type: proxy, connect: ['tcp://127.0.0.1:7000'], %s}\n", i+1, k)
	}
	return text
}

// sockets describes listeners as ADDRESS=URL,URL.
func sockets(t *testing.T, c *config.Config) []string {
	t.Helper()
	list, err := c.Listeners(func(name string) ([]netip.Addr, error) {
		if name != "eth0" {
			return nil, fmt.Errorf("no network interface %s", name)
		}
		return []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range list {
		var doors []string
		for _, d := range l.Doors {
			doors = append(doors, d.Accept.String())
		}
		text := l.Address.String() + "=" + strings.Join(doors, ",")
		if l.Implied {
			text += " if there"
		}
		if l.Within != nil {
			text += " within " + l.Within.String()
		}
		out = append(out, text)
	}
	return out
}

func TestWhereAnAcceptURLListens(t *testing.T) {
	for _, c := range []struct {
		keys string
		want []string
	}{
		{"accept: ['ws://192.0.2.1:9001/']", []string{"192.0.2.1:9001=ws://192.0.2.1:9001/"}},
		{"accept: ['ws://[::1]:9001/']", []string{"[::1]:9001=ws://[::1]:9001/"}},
		{"accept: ['ws://0.0.0.0:9001/']", []string{"0.0.0.0:9001=ws://0.0.0.0:9001/"}},
		{"accept: ['ws://[::]:9001/']", []string{"*:9001=ws://[::]:9001/"}},
		{"accept: ['wss://localhost:9001/']", []string{"127.0.0.1:9001=wss://localhost:9001/", "[::1]:9001=wss://localhost:9001/ if there"}},
		{"accept: ['wss://a.localhost:9001/']", []string{"127.0.0.1:9001=wss://a.localhost:9001/", "[::1]:9001=wss://a.localhost:9001/ if there"}},
		{"accept: ['wss://localhost:0/']", []string{"127.0.0.1:0=wss://localhost:0/"}},
		{"accept: ['wss://GW.example.com./x']", []string{"*:443=wss://gw.example.com/x"}},
		{"accept: ['ws://gw.example.com']", []string{"*:80=ws://gw.example.com/"}},
		{"accept: ['wss://*.example.com:1/']", []string{"*:1=wss://*.example.com:1/"}},
		{"accept: ['wss://bücher.example:1/']", []string{"*:1=wss://xn--bcher-kva.example:1/"}},
		{"accept: ['ws://gw.example.com:9001/'], bind: {ws: '192.0.2.1:80'}", []string{"192.0.2.1:80=ws://gw.example.com:9001/"}},
		{"accept: ['ws://gw.example.com:9001/'], bind: {ws: '192.0.2.1'}", []string{"192.0.2.1:9001=ws://gw.example.com:9001/"}},
		{"accept: ['ws://gw.example.com:9001/'], bind: {ws: '[::1]:80'}", []string{"[::1]:80=ws://gw.example.com:9001/"}},
		{"accept: ['ws://gw.example.com:9001/'], bind: {ws: 8080}", []string{"*:8080=ws://gw.example.com:9001/"}},
		{"accept: ['ws://localhost:9001/'], bind: {ws: 8080}", []string{"127.0.0.1:8080=ws://localhost:9001/", "[::1]:8080=ws://localhost:9001/ if there"}},
		{"accept: ['ws://gw.example.com:9001/'], bind: {ws: ':8080'}", []string{"*:8080=ws://gw.example.com:9001/"}},
		{"accept: ['ws://gw.example.com:9001/'], bind: {ws: '[@eth0]:8080'}", []string{"192.0.2.7:8080=ws://gw.example.com:9001/", "[2001:db8::7]:8080=ws://gw.example.com:9001/"}},
		{"accept: ['ws://gw.example.com:9001/'], bind: {ws: 'unix:run/gw.sock'}", []string{"unix:/etc/gwtls/run/gw.sock=ws://gw.example.com:9001/"}},
	} {
		t.Run(c.keys, func(t *testing.T) {
			if got := sockets(t, mustParse(t, echoes(c.keys))); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestAnInterfaceThatIsNotThereIsNamed(t *testing.T) {
	c := mustParse(t, echoes("accept: ['ws://localhost:1/'], bind: {ws: '[@eth7]:1'}"))
	_, err := c.Listeners(func(name string) ([]netip.Addr, error) { return nil, fmt.Errorf("no network interface %s", name) })
	if err == nil || !strings.Contains(err.Error(), "gateway.yaml:2:63: no network interface eth7") {
		t.Errorf("got %v", err)
	}
}

// What accepts on one address is not reached at another, though the kernel has room
// for a single socket where one of them is every address.
func TestAPortThatIsListenedOnEverywhereAndAtSingleAddresses(t *testing.T) {
	got := sockets(t, mustParse(t, echoes(
		"accept: ['ws://localhost:9001/a']",
		"accept: ['ws://gw.example.com:9001/b']",
		"accept: ['ws://192.0.2.1:9001/c', 'ws://192.0.2.1:9002/c']",
		"accept: ['ws://0.0.0.0:9003/d']",
		"accept: ['ws://127.0.0.1:9003/e', 'ws://[::1]:9003/e']",
	)))
	want := []string{
		"127.0.0.1:9001=ws://localhost:9001/a,ws://gw.example.com:9001/b within *:9001",
		"[::1]:9001=ws://localhost:9001/a,ws://gw.example.com:9001/b if there within *:9001",
		"*:9001=ws://gw.example.com:9001/b",
		"192.0.2.1:9001=ws://192.0.2.1:9001/c,ws://gw.example.com:9001/b within *:9001",
		"192.0.2.1:9002=ws://192.0.2.1:9002/c",
		"0.0.0.0:9003=ws://0.0.0.0:9003/d",
		"127.0.0.1:9003=ws://127.0.0.1:9003/e,ws://0.0.0.0:9003/d within 0.0.0.0:9003",
		"[::1]:9003=ws://[::1]:9003/e",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestServicesOfOneAddressMustGoTogether(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"secure and plain", echoes("accept: ['wss://localhost:9001/a']", "accept: ['ws://localhost:9001/b']"),
			"3:35: wss://localhost:9001/a (service s1) and ws://localhost:9001/b (service s2) both listen on 127.0.0.1:9001: one is secure, the other plain"},
		{"secure and plain, by another name of it", echoes("accept: ['wss://gw.example.com:9001/a']", "accept: ['ws://127.0.0.1:9001/b']"),
			"both listen on 127.0.0.1:9001: one is secure, the other plain"},
		{"secure and plain, by bind", echoes("accept: ['wss://localhost:9001/a']", "accept: ['ws://localhost:9002/b'], bind: {ws: '127.0.0.1:9001'}"),
			"one is secure, the other plain"},
		{"secure and plain in one service", echoes("accept: ['wss://localhost:9001/', 'ws://localhost:9001/']"),
			"2:60: wss://localhost:9001/ (service s1) and ws://localhost:9001/ (service s1) both listen"},
		{"two plain streams", streams("accept: ['tcp://localhost:9001']", "accept: ['tcp://a.localhost:9001']"),
			"nothing tells a plain stream from what else comes there"},
		{"a plain stream and WebSocket", streams("accept: ['ws://localhost:9001/', 'tcp://localhost:9001']"),
			"nothing tells a plain stream"},
		{"tls and wss of one host", streams("accept: ['wss://localhost:9001/']", "accept: ['ssl://localhost:9001']"),
			"3:71: wss://localhost:9001/ (service s1) and tls://localhost:9001 (service s2) both listen on 127.0.0.1:9001: TLS alone does not tell which is meant"},
		{"the same place twice", echoes("accept: ['ws://localhost:9001/a']", "accept: ['ws://localhost:9001/a/']"),
			"3:35: ws://localhost:9001/a/ is accepted by service s1 already"},
		{"the same stream twice", streams("accept: ['tls://localhost:9001']", "accept: ['tls://localhost:9001']"),
			"tls://localhost:9001 is accepted by service s1 already"},
		{"protocols", echoes("accept: ['wss://localhost:9001/a']", "accept: ['wss://localhost:9001/b'], accept_options: {tls: {protocols: [TLSv1.3]}}"),
			"services s1 and s2 share localhost on 127.0.0.1:9001, where TLS is agreed on before the path is known: they have to name the same protocols, ciphers and groups"},
		{"ciphers", echoes("accept: ['wss://localhost:9001/a'], accept_options: {tls: {ciphers: [ECDHE-RSA-AES128-GCM-SHA256]}}", "accept: ['wss://localhost:9001/b']"),
			"services s1 and s2 share localhost"},
		{"groups", echoes("accept: ['wss://localhost:9001/a']", "accept: ['wss://localhost:9001/b'], accept_options: {tls: {groups: [X25519]}}"),
			"services s1 and s2 share localhost"},
		{"limits", echoes("accept: ['ws://localhost:9001/a'], accept_options: {limits: {header_timeout: 1}}", "accept: ['ws://localhost:9001/b'], accept_options: {limits: {header_timeout: 2}}"),
			"services s1 and s2 share 127.0.0.1:9001, and name different header_timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(c.file, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if n := len(config.Faults(err)); n > 1 {
				t.Errorf("%d faults for one slip: %v", n, err)
			}
		})
	}
}

func TestServicesThatGoTogether(t *testing.T) {
	for name, file := range map[string]string{
		"hosts with terms of their own":  echoes("accept: ['wss://localhost:9001/a'], accept_options: {tls: {protocols: [TLSv1.3]}}", "accept: ['wss://a.localhost:9001/']"),
		"protocols that are the default": echoes("accept: ['wss://localhost:9001/a'], accept_options: {tls: {protocols: [TLSv1.3, TLSv1.2]}}", "accept: ['wss://localhost:9001/b']"),
		"tls and wss of two hosts":       streams("accept: ['wss://localhost:9001/']", "accept: ['ssl://a.localhost:9001']"),
		"WebSocket and HTTP of one path": echoes("accept: ['wss://localhost:9001/']") + "- {name: site, type: directory, accept: ['https://localhost:9001/'], directory: {root: w}}",
		"secure and plain ports":         echoes("accept: ['wss://localhost:9001/', 'ws://localhost:9002/']"),
		"one service names a limit":      echoes("accept: ['ws://localhost:9001/a'], accept_options: {limits: {header_timeout: 1}}", "accept: ['ws://localhost:9001/b']"),
	} {
		t.Run(name, func(t *testing.T) { mustParse(t, file) })
	}
}

func TestLimitsOfASocketAreThoseThatWereNamed(t *testing.T) {
	c := mustParse(t, echoes("accept: ['ws://localhost:9001/a']", "accept: ['ws://localhost:9001/b'], accept_options: {limits: {header_timeout: 1, handshake_timeout: 2}}", "accept: ['ws://localhost:9001/c'], accept_options: {http: {keepalive_timeout: 3}}"))
	list, err := c.Listeners(nil)
	if err != nil {
		t.Fatal(err)
	}
	handshake, header, keepalive := c.Limits(list[0])
	if handshake != 2*time.Second || header != time.Second || keepalive != 3*time.Second {
		t.Errorf("got %v %v %v", handshake, header, keepalive)
	}
}

func TestPairsOfTheCommandLine(t *testing.T) {
	c, err := config.Pairs([]string{"wss://localhost:9001/", "ssl://localhost:9002"}, []string{"tcp://127.0.0.1:7000", "tls://mq:61617"})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 2 || c.Services[1].Accept[0].Scheme != "tls" || c.Services[1].Connect[0].Host != "mq" || c.DrainTimeout != 30*time.Second {
		t.Errorf("got %+v", c.Services)
	}
	for _, bad := range []struct{ accept, connect, want string }{
		{"wss:/localhost", "tcp://a:1", `--accept: "wss:/localhost" is no URL`},
		{"wss://localhost:1/", "http://a:1", "can connect by tcp, tls, ws or wss"},
		{"wss://localhost:1/", "tcp://a", "--connect: \"tcp://a\": there is no port in it"},
	} {
		_, err := config.Pairs([]string{bad.accept}, []string{bad.connect})
		if err == nil || !strings.HasPrefix(err.Error(), "--") && !strings.Contains(err.Error(), bad.want) || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("got %v, want %s", err, bad.want)
		}
	}
}
