package config_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/config"
)

// draft reads text as parse does, and what is not carried out yet too.
func draft(text string, env map[string]string) (*config.Config, error) {
	s := config.Source{File: "/etc/gwtls/gateway.yaml", Getenv: func(name string) string { return env[name] }}
	return s.Draft([]byte(text))
}

// shown is what is shown of a file.
func shown(t *testing.T, text string) string {
	t.Helper()
	c, err := draft(text, map[string]string{"PORT": "9002"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestTheConfigurationIsShownWithItsDefaults(t *testing.T) {
	got := shown(t, `
properties: { host: GW.example.com }
keystore: keystore.p12
services:
  - { name: orders, type: proxy, accept: ["ssl://${host}:${PORT}"], connect: ["tls://mq:1"], bind: { ssl: "10.0.0.1:77" } }
  - { name: echo, type: echo, accept: ["ws://[::1]:80/echo"], accept_options: { ws: { maximum_message_size: 128k, inactivity_timeout: 90 } } }
`)
	const want = `keystore:
  file: /etc/gwtls/keystore.p12
drain_timeout: 30s
services:
  - name: orders
    type: proxy
    accept: ['tls://gw.example.com:9002']
    connect: ['tls://mq:1']
    bind:
      ssl: 10.0.0.1:77
    balance: round_robin
    maximum_pending_bytes: 64KiB
    accept_options:
      tls:
        verify_client: none
        protocols: [TLSv1.2, TLSv1.3]
        encryption: enabled
      ws:
        inactivity_timeout: 0s
      http:
        keepalive_timeout: 30s
        server_header: true
        handshake_timeout: 10s
        header_timeout: 10s
    accept: ['ws://[::1]/echo']
        maximum_message_size: 128KiB
        inactivity_timeout: 1m30s
`
	for _, line := range strings.SplitAfter(want, "\n") {
		if !strings.Contains(got, line) {
			t.Errorf("%q is missing in\n%s", line, got)
		}
	}
	if _, err := parse(got, nil); err != nil {
		t.Errorf("what is shown is refused: %v", err)
	}
}

func TestWhatIsShownMeansTheSame(t *testing.T) {
	every, err := os.ReadFile("testdata/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(every), service, echo,
		service + "    bind: {wss: 77}", service + "    bind: {wss: '[::]'}", service + "    bind: {wss: '[@eth0]:1'}", service + "    bind: {wss: '0.0.0.0'}",
		service + "    connect_options: {tls: {pins: ['" + strings.Repeat("ab:", 32) + "']}}",
		service + "    accept_options: {tls: {groups: [P-256, X25519MLKEM768], ciphers: [ECDHE-RSA-AES128-GCM-SHA256], protocols: [tls1.3]}}",
	} {
		once := shown(t, text)
		if twice := shown(t, once); once != twice {
			t.Errorf("shown:\n%s\nthat, shown again:\n%s", once, twice)
		}
	}
}

func TestEveryKeyThatIsNamedIsShown(t *testing.T) {
	every, err := os.ReadFile("testdata/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := shown(t, string(every))
	for _, line := range []string{"rotate: 12h", "policy: hard", "listen: 127.0.0.1:9180", "accept: http://gw.example.com:8080/trust",
		"verify_client: required", "- uri: spiffe://example.com/**", "forwarded: inject", "status: 308", "clients: ignore",
		"from: [10.0.0.0/8]", "proxy_protocol: v2", "client_certificate: ALIAS", "root: /etc/gwtls/web", "control: max-age=3600", ".md: text/markdown",
		"keepalive_connections: 32", "fall: 2", "balance: round_robin", "allow_origin: https://app.example.com", "forward_client_certificate: true"} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("%q is missing in\n%s", line, got)
		}
	}
}

func TestTheConfigurationIsShownAsJSON(t *testing.T) {
	c, err := draft(service+"    accept_options: {http: {server_header: false}}\n    prepared_connections: 3", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name":"orders"`, `"server_header":false`, `"prepared_connections":3`, `"maximum_pending_bytes":"64KiB"`, `"accept":["wss://gw.example.com:9001/orders"]`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
}

func TestPropertiesAreNotShown(t *testing.T) {
	if got := shown(t, "properties: {unused: hunter2}\n"+echo); strings.Contains(got, "hunter2") {
		t.Errorf("got %s", got)
	}
}

func FuzzShow(f *testing.F) {
	f.Add(echo)
	f.Add(service + "    bind: {wss: '[@eth0]:1'}\n")
	if data, err := os.ReadFile("testdata/every-key.yaml"); err == nil {
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := draft(text, map[string]string{"PORT": "9002"})
		if err != nil {
			return
		}
		once, err := c.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(once), "${") {
			return // pieces of one, put together; there is no way to write it
		}
		again, err := draft(string(once), nil)
		if err != nil {
			t.Fatalf("what is shown is refused: %v\n%s", err, once)
		}
		if twice, _ := again.YAML(); string(once) != string(twice) {
			t.Errorf("shown:\n%s\nthat, shown again:\n%s", once, twice)
		}
	})
}
