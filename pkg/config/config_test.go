package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/config"
)

// parse reads text as the file gateway.yaml of the folder /etc/gwtls.
func parse(text string, env map[string]string) (*config.Config, error) {
	s := config.Source{File: "/etc/gwtls/gateway.yaml", Getenv: func(name string) string { return env[name] }}
	return s.Parse([]byte(text))
}

func mustParse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := parse(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNearestWordToAMisspeltOne(t *testing.T) {
	words := []string{"curl", "java", "npm", "openssl", "pem"}
	for word, want := range map[string]string{"jav": "java", "jva": "java", "kurl": "curl", "OPNSSL": "openssl", "open": "openssl", "pen": "pem", "x": "", "zzzzzzzz": "", "": ""} {
		if got := config.Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestAURLThatIsNoneIsToldOfOnce(t *testing.T) {
	for _, u := range []string{"tcp://127.0.0.1", "tcp://127.0.0.1:70000", "tcp://a:1/x", "tcp://:7000", "nowhere"} {
		_, err := parse(strings.Replace(service, "tcp://127.0.0.1:7000", u, 1), nil)
		if n := len(config.Faults(err)); n != 1 {
			t.Errorf("%s: %d faults: %v", u, n, err)
		}
	}
}

// echo is a file with one service, and what is to be tried in it from line 2 on.
const echo = "services: [{name: echo, type: echo, accept: ['wss://localhost:9001/echo']}]\n"

// service is a file with one service whose keys from line 6 on are to be tried.
const service = `services:
  - name: orders
    type: proxy
    accept: ["wss://gw.example.com:9001/orders"]
    connect: ["tcp://127.0.0.1:7000"]
`

func TestFaultsAreNamedWithLineAndColumn(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"an unknown key", echo + "keystor: a.p12", `2:1: unknown key "keystor"; did you mean keystore?`},
		{"an unknown key of a service", service + "    balnce: first", `6:5: unknown key "balnce" in services[0]; did you mean balance?`},
		{"an unknown key without a near one", service + "    frobnicate: 1", `6:5: unknown key "frobnicate" in services[0]`},
		{"a key twice", echo + "keystore: a.p12\nkeystore: b.p12", `3:1: "keystore" is named twice, in line 2 too`},
		{"a list for a value", echo + "drain_timeout: [1]", `2:16: drain_timeout wants a single value, not a list`},
		{"a value for a list", "services: 5", `1:11: services wants a list, as in [a, b], not a single value`},
		{"a value for a mapping", service + "    accept_options: fast", `6:21: accept_options wants keys and values, not a single value`},
		{"nothing for a list element", "services: [{name: a, type: echo, accept: [{}]}]", `1:43: accept[0] wants a single value, not keys and values`},
		{"an empty alias", "properties: {a: &n }\nservices: [{name: a, type: echo, accept: [*n]}]", `2:43: accept[0] is empty`},
		{"a hexadecimal duration", echo + "drain_timeout: 0x10", `2:16: drain_timeout: "0x10" is no duration`},
		{"a mapping for a list element", "services: [{name: a, type: echo, accept: [{a: b}]}]", `1:43: accept[0] wants a single value, not keys and values`},
		{"an empty list element", "services: [{name: a, type: echo, accept: [~]}]", `1:43: accept[0] is empty`},
		{"no service", "drain_timeout: 5s", `1:1: there are no services`},
		{"nothing", "# nothing here", `1:1: there are no services`},
		{"a duration", echo + "drain_timeout: soon", `2:16: drain_timeout: "soon" is no duration: write seconds, or 30s, 5m, 500ms`},
		{"a negative duration", echo + "drain_timeout: -1s", `2:16: drain_timeout: "-1s" is no duration`},
		{"a duration of ages", echo + "drain_timeout: 1e99", `2:16: drain_timeout: "1e99" is no duration`},
		{"a duration that is no number", echo + "drain_timeout: NaN", `2:16: drain_timeout: "NaN" is no duration`},
		{"a size", service + "    maximum_pending_bytes: lots", `6:28: maximum_pending_bytes: "lots" is no size: write bytes, or 64kB, 128k, 1MiB`},
		{"a size too large", service + "    maximum_pending_bytes: 9999999999GiB", `6:28: maximum_pending_bytes: "9999999999GiB" is too large`},
		{"a truth", service + "    accept_options: {http: {server_header: yes}}", `6:44: server_header: "yes" is neither true nor false`},
		{"a word of few", service + "    balance: rond_robin", `6:14: balance: "rond_robin" is not round_robin, least_connections or first; did you mean round_robin?`},
		{"a type", "services: [{name: a, type: ecco, accept: ['ws://localhost/']}]", `1:28: type: "ecco" is not proxy, http.proxy, directory, echo, broadcast or redirect; did you mean echo?`},
		{"no type", "services: [{name: a, accept: ['ws://localhost/']}]", `1:12: service a has no type: proxy, http.proxy`},
		{"an empty type", "services: [{name: a, type: , accept: ['ws://localhost/']}]", `1:12: service a has no type`},
		{"no name", "services: [{type: echo, accept: ['ws://localhost/']}]", `1:12: a service without name`},
		{"a name twice", "services:\n- {name: a, type: echo, accept: ['ws://localhost/a']}\n- {name: a, type: echo, accept: ['ws://localhost/b']}", `3:10: service a is named in line 2 already`},
		{"a password in the file", echo + "keystore: {file: a.p12, password: hunter2}", `2:35: password: a password is not written here`},
		{"a tab", "services:\n\t- name: a", `2:1: a tab: YAML is indented by spaces alone`},
		{"no YAML", "services: [", `1:1: `},
		{"a second document", echo + "---\na: b", `a second document`},
		{"a property that is not there", "properties: {host: gw}\nservices: [{name: '${hots}', type: echo, accept: ['ws://localhost/']}]", `2:19: name: ${hots} is neither a property nor in the environment; did you mean host?`},
		{"a property without end", echo + "keystore: ${a", `2:11: keystore: ${ without its }`},

		{"a cipher", service + "    accept_options: {tls: {ciphers: [TLS_RSA_WITH_RC4_128_SHA]}}", `6:38: ciphers[0]: unknown cipher "TLS_RSA_WITH_RC4_128_SHA"; there are TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA`},
		{"a cipher of TLS 1.3", service + "    accept_options: {tls: {ciphers: [TLS_AES_128_GCM_SHA256]}}", `6:38: ciphers[0]: TLS_AES_128_GCM_SHA256 belongs to TLSv1.3`},
		{"a group", service + "    accept_options: {tls: {groups: [brainpool]}}", `6:37: groups[0]: unknown group "brainpool"; there are P-256, P-384, P-521, SecP256r1MLKEM768, SecP384r1MLKEM1024, X25519, X25519MLKEM768`},
		{"a protocol", service + "    accept_options: {tls: {protocols: [TLSv1.1]}}", `6:40: protocols[0]: unknown protocol "TLSv1.1"; there are TLSv1.2 and TLSv1.3`},
		{"a pin", service + "    connect_options: {tls: {pins: ['AB:CD']}}", `6:36: pins[0]: "AB:CD" is no SHA-256 fingerprint in hex`},

		{"a scheme", "services: [{name: a, type: echo, accept: ['wsx://localhost/']}]", `1:43: accept[0]: unknown scheme "wsx"; there are ws, wss, http, https, tcp, tls; did you mean ws?`},
		{"no URL", "services: [{name: a, type: echo, accept: [localhost]}]", `1:43: accept[0]: "localhost" is no URL`},
		{"no host", "services: [{name: a, type: echo, accept: ['ws:///x']}]", `1:43: accept[0]: "ws:///x": there is no host in it`},
		{"no port", strings.Replace(service, "tcp://127.0.0.1:7000", "tcp://127.0.0.1", 1), `5:15: connect[0]: "tcp://127.0.0.1": there is no port in it`},
		{"a port too high", strings.Replace(service, ":7000", ":70000", 1), `5:15: connect[0]: "tcp://127.0.0.1:70000": "70000" is no port`},
		{"port 0 of a back end", strings.Replace(service, ":7000", ":0", 1), `5:15: tcp://127.0.0.1:0: 0 is no port to connect to`},
		{"a user in a URL", strings.Replace(service, "127.0.0.1:7000", "me:secret@127.0.0.1:7000", 1), `5:15: connect[0]: a URL of a service holds no user and no password`},
		{"a query", strings.Replace(service, "/orders", "/orders?a=b", 1), `4:14: accept[0]: "wss://gw.example.com:9001/orders?a=b": a URL of a service holds no query and no fragment`},
		{"a path with dots", strings.Replace(service, "/orders", "/a/../orders", 1), `write its path as /orders`},
		{"a path of a stream", strings.Replace(service, ":7000", ":7000/x", 1), `5:15: connect[0]: "tcp://127.0.0.1:7000/x": tcp has no path`},
		{"an accept host nobody can have", strings.Replace(service, "gw.example.com", "gw_1.example.com", 1), `4:14: wss://gw_1.example.com:9001/orders: name "gw_1.example.com" has an underscore`},
		{"a back end with a wildcard", strings.Replace(service, "127.0.0.1", "*.example.com", 1), `there is no host of this name to connect to`},

		{"accept nothing", "services: [{name: a, type: echo}]", `1:12: service a accepts nowhere`},
		{"connect to nothing", "services: [{name: a, type: proxy, accept: ['ws://localhost/']}]", `1:12: service a connects to nothing`},
		{"a scheme that the type does not accept", "services: [{name: a, type: echo, accept: ['https://localhost/']}]", `1:43: https://localhost/: a service of type echo accepts by ws or wss`},
		{"a bridge that is none", "services: [{name: a, type: proxy, accept: ['tls://localhost:1'], connect: ['ws://b:2/']}]", `1:76: ws://b:2/: service a, of type proxy and accepting by tls, can connect by tcp or tls`},
		{"a proxy to http", "services: [{name: a, type: proxy, accept: ['ws://localhost/'], connect: ['http://b:2/']}]", `1:74: http://b:2/: service a, of type proxy and accepting by ws, can connect by tcp, tls, ws or wss`},
		{"back ends of two kinds", "services: [{name: a, type: proxy, accept: ['ws://localhost/'], connect: ['ws://b:2/', 'tcp://b:3']}]", `1:87: tcp://b:3: the back ends of a service speak alike, and ws://b:2/ is the first`},
		{"a key of another type", service + "    directory: {root: web}", `6:16: directory is not for services of type proxy`},
		{"a directory without root", "services: [{name: a, type: directory, accept: ['http://localhost/']}]", `1:12: service a has no folder to serve`},
		{"an index with a path", "services: [{name: a, type: directory, accept: ['http://localhost/'], directory: {root: w, index: ../x}}]", `1:98: index is the name of a file`},
		{"a media type without extension", "services: [{name: a, type: directory, accept: ['http://localhost/'], directory: {root: w}, mime: {md: text/x}}]", `1:103: "md" is no extension`},
		{"an origin with a path", service + "    cross_site: [{allow_origin: 'https://a.example/x'}]", `6:33: "https://a.example/x" is no origin`},
		{"a cross_site without origin", service + "    cross_site: [{allow_methods: [PUT]}]", `6:18: "" is no origin`},
		{"an origin with the default port", service + "    cross_site: [{allow_origin: 'https://A.example:443'}]", `6:33: "https://A.example:443" is not as browsers send it, https://a.example`},
		{"a pattern", "services: [{name: a, type: directory, accept: ['http://localhost/'], directory: {root: w, cache: [{patterns: ['[a'], control: x}]}}]", `1:111: "[a" is no pattern, as *.js is`},
		{"no time for a handshake", service + "    accept_options: {limits: {handshake_timeout: 0}}", `6:50: handshake_timeout has to be more than 0`},
		{"no bytes pending", service + "    maximum_pending_bytes: 0", `6:28: maximum_pending_bytes has to be more than 0`},
		{"a server name", service + "    connect_options: {tls: {server_name: 'a b'}}", `6:42: name "a b" is not a host name`},
		{"a bind of nothing", service + "    bind: {ws: '127.0.0.1:80'}", `6:16: service orders accepts nothing by ws`},
		{"a bind that is no address", service + "    bind: {wss: 'somewhere:80'}", `6:17: wss: "somewhere:80" is no address: write IP:PORT, PORT, IP, [@eth0]:PORT, unix:PATH or fd:N`},
		{"a bind to a low fd", service + "    bind: {wss: 'fd:1'}", `6:17: wss: "fd:1": sockets are handed over from fd:3 on`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(c.file, nil)
			if err == nil {
				t.Fatalf("was taken, want %s", c.want)
			}
			if got := strings.ReplaceAll(err.Error(), "/etc/gwtls/gateway.yaml:", ""); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAllFaultsOfAFileAreFoundAtOnce(t *testing.T) {
	_, err := parse(`keystor: a.p12
drain_timeout: soon
services:
  - name: a
    type: echo
    accept: ["wss://localhost:9001/", "http://localhost:9001/"]
  - name: a
    type: proxy
    accept: ["ws://localhost:9001/b"]
    accept_options: { tls: { ciphers: [NULL-MD5] } }
`, nil)
	var got []string
	for _, f := range config.Faults(err) {
		got = append(got, fmt.Sprintf("%d:%d", f.Line, f.Column))
	}
	want := []string{"1:1", "2:16", "6:39", "6:39", "7:5", "7:11", "9:14", "10:40"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("faults at %v, want %v:\n%v", got, want, err)
	}
}

func TestWhatIsNotSupportedIsRefused(t *testing.T) {
	top := func(line string) string { return echo + line }
	in := func(line string) string { return service + "    " + line }
	for _, c := range []struct{ file, want string }{
		{top("clients: c.p12"), "2:10: clients is not supported by this version"},
		{top("crl: {files: [a.crl]}"), "2:6: crl is not supported by this version"},
		{top("tickets: {rotate: 12h}"), "2:19: rotate is not supported by this version"},
		{top("admin: {listen: '127.0.0.1:9180'}"), "2:8: admin is not supported by this version"},
		{in("type: http.proxy"), ""},
		{in("balance: least_connections"), "6:14: balance least_connections is not supported by this version"},
		{in("health: {interval: 5s}"), "6:13: health is not supported by this version"},
		{in("maximum_recovery_interval: 30s"), "6:32: maximum_recovery_interval 30s is not supported by this version"},
		{in("prepared_connections: 3"), "6:27: prepared_connections 3 is not supported by this version"},
		{in("accept_options: {tls: {verify_client: required}}"), "6:43: verify_client required is not supported by this version"},
		{in("accept_options: {tls: {encryption: disabled}}"), "6:40: encryption disabled is not supported by this version"},
		{in("accept_options: {tcp: {maximum_outbound_rate: 1M}}"), "6:51: maximum_outbound_rate 1M is not supported by this version"},
		{in("accept_options: {proxy_protocol: {from: ['10.0.0.0/8']}}"), "6:38: proxy_protocol is not supported by this version"},
		{in("accept_options: {limits: {connections: 7}}"), "6:44: connections 7 is not supported by this version"},
		{in("accept_options: {limits: {connections_per_ip: 7}}"), "6:51: connections_per_ip 7 is not supported by this version"},
		{in("connect_options: {http: {maximum_redirects: 3}}"), "6:49: maximum_redirects 3 is not supported by this version"},
		{in("connect_options: {proxy_protocol: v2}"), "6:39: proxy_protocol is not supported by this version"},
		{in("allow: [{cn: a}]"), "6:12: allow is not supported by this version"},
		{in("allow:"), "6:11: allow is not supported by this version"},
		{in("forward_client_certificate: true"), "6:33: forward_client_certificate true is not supported by this version"},
		{in("bind: {wss: 'fd:3'}"), "6:17: fd: is not supported by this version"},
		{"services: [{name: a, type: broadcast, accept: ['ws://localhost/'], broadcast: {from: ['tcp://b:1'], clients: relay}}]", "1:28: type broadcast is not supported by this version"},
		{"defaults: {accept_options: {tls: {verify_client: optional}}}\n" + echo, "1:50: verify_client optional is not supported by this version"},
	} {
		_, err := parse(c.file, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s\nfor %s", err, c.want, c.file)
		}
	}
}

func TestRequestsAreForwardedAndRedirected(t *testing.T) {
	c := mustParse(t, `services:
  - name: api
    type: http.proxy
    accept: ["https://gw.example.com/api/"]
    connect: ["http://b/", "https://c/x"]
    connect_options: { http: { keepalive: true, keepalive_connections: 7, keepalive_timeout: 5s } }
    http: { forwarded: exclude, rewrite: { location: [{ from: a, to: b }], cookie_domain: [{ from: c, to: "" }], cookie_path: [{ from: /d, to: /e }] } }
  - { name: old, type: redirect, accept: ["http://gw.example.com/"], redirect: { to: "https://gw.example.com/x?y=z" } }
`)
	api, old := c.Services[0], c.Services[1]
	if want := (config.ConnectHTTP{Keepalive: true, KeepaliveConnections: 7, KeepaliveTimeout: 5 * time.Second}); api.ConnectOptions.HTTP != want {
		t.Errorf("connections are kept by %v", api.ConnectOptions.HTTP)
	}
	want := config.HTTPProxy{Forwarded: "exclude", Rewrite: config.Rewrites{
		Location: []config.Rewrite{{From: "a", To: "b"}}, CookieDomain: []config.Rewrite{{From: "c"}}, CookiePath: []config.Rewrite{{From: "/d", To: "/e"}}}}
	if !reflect.DeepEqual(*api.HTTP, want) {
		t.Errorf("http is %v", *api.HTTP)
	}
	if want := (config.Redirect{To: "https://gw.example.com/x?y=z", Status: 308}); *old.Redirect != want {
		t.Errorf("redirect is %v", *old.Redirect)
	}
}

func TestWhatCannotBeForwardedOrRedirectedIsRefused(t *testing.T) {
	redirect := func(keys string) string {
		return "services: [{name: a, type: redirect, accept: ['http://localhost/'], redirect: {" + keys + "}}]"
	}
	for _, c := range []struct{ file, want string }{
		{redirect("to: 'https://b/', status: 304"), "304 is no status that redirects; there are 301, 302, 303, 307, 308"},
		{redirect("to: /b"), `"/b" is no URL to send clients to`},
		{redirect("to: 'wss://b/'"), "is no URL to send clients to"},
		{redirect("to: 'https://u:p@b/'"), "is no URL to send clients to"},
		{redirect("to: 'https:///b'"), "is no URL to send clients to"},
		{service + "    connect_options: {http: {keepalive_connections: 0}}", "write keepalive: false"},
		{service + "    connect_options: {http: {keepalive_timeout: 0}}", "write keepalive: false"},
	} {
		if _, err := parse(c.file, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s\nfor %s", err, c.want, c.file)
		}
	}
}

func TestWhatAsksForNothingMayStand(t *testing.T) {
	mustParse(t, service+`    balance: round_robin
    prepared_connections: 0
    accept_options:
      tls: { verify_client: none, encryption: enabled, ciphers: [], groups: [] }
      ws:
      tcp: { maximum_outbound_rate: 0 }
      limits: { connections: 0, connections_per_ip: 0, handshake_timeout: 10s, header_timeout: 10s }
    bind: { wss: }
    connect_options: { tls: { pins: [], protocols: [] } }
    forward_client_certificate: false
`)
}

func TestEverythingSupportedIsRead(t *testing.T) {
	c := mustParse(t, `
properties: { host: gw.example.com, base: "/srv/${host}" }
keystore:   { file: stores/keystore.p12, password: "file:stores/keystore.pw" }
truststore: /var/lib/trust.pem
drain_timeout: 90
defaults:
  accept_options: { ws: { inactivity_timeout: 60s, subprotocols: [amqp] }, http: { server_header: false } }
services:
  - name: orders
    description: orders for the web shop
    type: proxy
    accept:  ["wss://${host}:9001/orders", "ssl://${host}:5671"]
    connect: ["tls://mq1.example.com:61617", "tls://mq2.example.com:61617"]
    bind:    { wss: "0.0.0.0:9444", ssl: "7777" }
    balance: first
    maximum_pending_bytes: 128k
    accept_options:
      tls:  { protocols: [TLSv1.3], ciphers: [ECDHE-RSA-AES128-GCM-SHA256], groups: [secp256r1, x25519] }
      ws:   { maximum_message_size: 1MiB, inactivity_timeout: 500ms }
      limits: { handshake_timeout: 3s, header_timeout: 4s }
      http: { keepalive_timeout: 5m }
    connect_options:
      tls:  { server_name: mq.example.com, client_certificate: gateway, protocols: [TLSv1.2, TLSv1.3] }
    cross_site: [ { allow_origin: "https://app.example.com", allow_methods: [PUT], allow_headers: [X-A], maximum_age: 10 } ]
  - { name: site, type: directory, accept: ["https://${host}:9000/"], directory: { root: "${base}", index: i.html, errors: errors, listing: true, cache: [ { patterns: ["*.js"], control: "max-age=3600" } ] }, mime: { ".md": "text/markdown" } }
  - { name: echo, type: echo, accept: ["ws://[::1]:${PORT:-9002}/echo"] }
`)
	orders, site, echo := c.Services[0], c.Services[1], c.Services[2]
	size := config.Size(1 << 20)
	for _, v := range []struct {
		what      string
		got, want any
	}{
		{"keystore", *c.Keystore, config.Store{File: "/etc/gwtls/stores/keystore.p12", Password: "file:/etc/gwtls/stores/keystore.pw"}},
		{"truststore", *c.Truststore, config.Store{File: "/var/lib/trust.pem"}},
		{"drain_timeout", c.DrainTimeout, 90 * time.Second},
		{"name", orders.Name, "orders"},
		{"description", orders.Description, "orders for the web shop"},
		{"accept", orders.Accept, []config.URL{{Scheme: "wss", Host: "gw.example.com", Port: 9001, Path: "/orders"}, {Scheme: "tls", Host: "gw.example.com", Port: 5671}}},
		{"connect", orders.Connect[1].String(), "tls://mq2.example.com:61617"},
		{"balance", orders.Balance, config.Balance("first")},
		{"maximum_pending_bytes", orders.MaximumPendingBytes, config.Size(128 << 10)},
		{"protocols", orders.AcceptOptions.TLS.Protocols, []config.Protocol{0x304}},
		{"ciphers", orders.AcceptOptions.TLS.Ciphers, []config.Cipher{0xc02f}},
		{"groups", orders.AcceptOptions.TLS.Groups, []config.Group{23, 29}},
		{"maximum_message_size", orders.AcceptOptions.WS.MaximumMessageSize, &size},
		{"inactivity_timeout", orders.AcceptOptions.WS.InactivityTimeout, 500 * time.Millisecond},
		{"inactivity_timeout by default", echo.AcceptOptions.WS.InactivityTimeout, time.Minute},
		{"subprotocols by default", orders.AcceptOptions.WS.Subprotocols, []string{"amqp"}},
		{"server_header by default", site.AcceptOptions.HTTP.ServerHeader, false},
		{"handshake_timeout", orders.AcceptOptions.Limits.HandshakeTimeout, 3 * time.Second},
		{"header_timeout", orders.AcceptOptions.Limits.HeaderTimeout, 4 * time.Second},
		{"header_timeout where none is named", echo.AcceptOptions.Limits.HeaderTimeout, 10 * time.Second},
		{"keepalive_timeout", orders.AcceptOptions.HTTP.KeepaliveTimeout, 5 * time.Minute},
		{"server_name", orders.ConnectOptions.TLS.ServerName, "mq.example.com"},
		{"client_certificate", orders.ConnectOptions.TLS.ClientCertificate, "gateway"},
		{"cross_site", orders.CrossSite, []config.CrossSite{{"https://app.example.com", []string{"PUT"}, []string{"X-A"}, 10 * time.Second}}},
		{"directory", *site.Directory, config.Directory{"/srv/gw.example.com", "i.html", "/etc/gwtls/errors", true, []config.Cache{{[]string{"*.js"}, "max-age=3600"}}}},
		{"mime", site.MIME, map[string]string{".md": "text/markdown"}},
		{"accept by an address", echo.Accept[0].String(), "ws://[::1]:9002/echo"},
	} {
		if !reflect.DeepEqual(v.got, v.want) {
			t.Errorf("%s: got %v, want %v", v.what, v.got, v.want)
		}
	}
}

// The file of the design names every key; it is read but for what is refused.
func TestEveryKeyIsKnown(t *testing.T) {
	data, err := os.ReadFile("testdata/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = parse(string(data), nil)
	for _, f := range config.Faults(err) {
		if !strings.Contains(f.What, "not supported by this version") {
			t.Errorf("line %d: %s", f.Line, f.What)
		}
	}
}

func TestPropertiesComeFirstThenTheEnvironmentThenTheDefault(t *testing.T) {
	env := map[string]string{"A": "env-a", "B": "env-b", "EMPTY": ""}
	c, err := parse(`
properties: { A: file-a, SUM: "${A}+${B}" }
services:
  - { name: "${A} ${B} ${C:-default} ${EMPTY:-was empty} ${SUM} ${D:-} $A {B}", type: echo, accept: ["ws://localhost/"] }
`, env)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Services[0].Name, "file-a env-b default was empty file-a+env-b  $A {B}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnchorsAndMergesAreFollowed(t *testing.T) {
	c := mustParse(t, `
defaults: { accept_options: &options { ws: { subprotocols: [a] } } }
services:
  - &one { name: one, type: echo, accept: ["ws://localhost/1"], accept_options: *options }
  - { <<: *one, name: two, accept: ["ws://localhost/2"] }
`)
	two := c.Services[1]
	if two.Type != "echo" || two.Name != "two" || len(two.AcceptOptions.WS.Subprotocols) != 1 {
		t.Errorf("got %+v", two)
	}
}

func TestBombsAreRefused(t *testing.T) {
	var lists, strings10 strings.Builder
	lists.WriteString("properties: {}\nservices:\n- &s {name: a, type: echo, accept: &u [" + strings.Repeat("'ws://localhost/',", 1000) + "]}\n")
	lists.WriteString(strings.Repeat("- *s\n", 1000))
	strings10.WriteString("properties:\n  p0: 0123456789\n")
	for i := range 20 {
		fmt.Fprintf(&strings10, "  p%d: %s\n", i+1, strings.Repeat(fmt.Sprintf("${p%d}", i), 10))
	}
	for name, c := range map[string]struct{ file, want string }{
		"aliases":    {lists.String(), "too many values"},
		"properties": {strings10.String(), "too long once its ${} are filled in"},
		"a cycle":    {"services: &a [*a]", "wants keys and values"},
		"merges":     {"services: [&a {<<: *a}]", "merged too deep"},
		"length":     {"# " + strings.Repeat("x", 2<<20), "too long"},
		"depth":      {strings.Repeat("[", 20000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(c.file, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.200v, want %s", err, c.want)
			}
		})
	}
}

func TestPasswordsPutIntoTheFileAreNotRepeated(t *testing.T) {
	_, err := parse(echo+"keystore: {file: a.p12, password: hunter2}", nil)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(echo)
	f.Add(service + "    bind: {wss: '[@eth0]:1'}\n    accept_options: {limits: {header_timeout: 1}}\n")
	f.Add("properties: {a: '${b:-c}'}\nservices: [&a {<<: *a}]")
	if data, err := os.ReadFile(filepath.Join("testdata", "every-key.yaml")); err == nil {
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parse(text, map[string]string{"NAME": "value"})
		if err == nil {
			if _, err := c.Listeners(nil); err != nil {
				t.Errorf("what was taken does not listen: %v", err)
			}
			return
		}
		if len(config.Faults(err)) == 0 {
			t.Errorf("an error without faults: %v", err)
		}
		for _, f := range config.Faults(err) {
			if f.Line < 1 || f.Column < 1 {
				t.Errorf("a fault without a place: %v", f)
			}
		}
	})
}
