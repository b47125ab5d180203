package config_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/gwtls/gwtls/pkg/config"
)

func TestOnboardingListensAsAServiceDoes(t *testing.T) {
	c, err := config.Source{File: "gateway.yaml"}.Parse([]byte(`
properties: { host: gw.example.com }
onboarding: { accept: "http://${host}:8080/trust" }
services:
  - { name: echo, type: echo, accept: ["wss://${host}:9001/"] }
`))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 1 {
		t.Errorf("the file's services are %d, want the one that it names", len(c.Services))
	}
	all := c.All()
	if len(all) != 2 || all[1].Name != "onboarding" || all[1].Type != config.TypeOnboarding {
		t.Fatalf("all services: %+v", all)
	}
	list, err := c.Listeners(func(string) ([]netip.Addr, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(list, func(l *config.Listener) bool { return l.Port == 8080 })
	if at < 0 || list[at].Secure() || list[at].Doors[0].Service != all[1] {
		t.Errorf("listeners: %+v", list)
	}
}

func TestFaultsOfOnboardingAreNamedWhereTheyAre(t *testing.T) {
	const rest = "\nservices:\n  - { name: site, type: directory, accept: ['http://localhost:8080/'], directory: { root: . } }\n"
	for _, c := range []struct{ line, want string }{
		{"onboarding: { accept: 'http://localhost:8080/trust' }", ""},
		{"onboarding: { accept: 'https://localhost:8443/trust' }", ""},
		{"onboarding: {}", "1:13: onboarding accepts nowhere: onboarding: { accept: http://HOST:8080/trust }"},
		{"onboarding: { accept: 'wss://localhost:8443/trust' }", "1:23: wss://localhost:8443/trust: onboarding accepts by http or https"},
		{"onboarding: { accept: 'http://local_host:8080/' }", "1:23: http://local_host:8080/: name \"local_host\" has an underscore, which host names must not have"},
		{"onboarding: { accept: 'http://localhost:8080/' }", "1:23: http://localhost:8080/ is accepted by service site already"},
		{"onboarding: { accept: nowhere }", "1:23: accept: \"nowhere\" is no URL, as wss://gw.example.com:9001/ is"},
	} {
		_, err := config.Source{File: "g"}.Parse([]byte(c.line + rest))
		got := ""
		if err != nil {
			got = err.Error()[len("g:"):]
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}
