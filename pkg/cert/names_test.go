package cert_test

import (
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

func TestNamesAreToldApartByTheirForm(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"gw.example.com", "DNS gw.example.com"},
		{"GW.Example.COM", "DNS gw.example.com"},
		{"*.example.com", "DNS *.example.com"},
		{"localhost", "DNS localhost"},
		{"Bücher.example", "DNS xn--bcher-kva.example"},
		{"*.straße.example", "DNS *.xn--strae-oqa.example"},
		{"xn--bcher-kva.example", "DNS xn--bcher-kva.example"},
		{"日本語。jp", "DNS xn--wgv71a119e.jp"},
		{"127.0.0.1", "IP 127.0.0.1"},
		{"[::1]", "IP ::1"},
		{"2001:DB8::1", "IP 2001:db8::1"},
		{"::ffff:10.0.0.1", "IP 10.0.0.1"},
		{"Ops@Example.com", "email Ops@example.com"},
		{"ops@bücher.example", "email ops@xn--bcher-kva.example"},
		{"spiffe://TD.example.com/gw", "URI spiffe://td.example.com/gw"},
		{"https://10.0.0.1:8443/x", "URI https://10.0.0.1:8443/x"},
		{"urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", "URI urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
	} {
		n, err := cert.ParseNames([]string{tt.in})
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if got := kindOf(n) + " " + n.String(); got != tt.want {
			t.Errorf("%s: read as %s, want %s", tt.in, got, tt.want)
		}
		if want := strings.ToLower(n.String()); n.Alias() != want {
			t.Errorf("%s: alias %s, want %s", tt.in, n.Alias(), want)
		}
	}
}

func kindOf(n cert.Names) string {
	switch {
	case len(n.DNS) > 0:
		return "DNS"
	case len(n.IPs) > 0:
		return "IP"
	case len(n.Emails) > 0:
		return "email"
	}
	return "URI"
}

func TestNamesThatNoClientTakesAreRefused(t *testing.T) {
	for in, why := range map[string]string{
		"":                                "empty",
		"gw.example.com.":                 "ends in a dot",
		"gw..example.com":                 "empty label",
		".example.com":                    "empty label",
		"my_gw.example.com":               "underscore",
		"gw.*.example.com":                "*",
		"g*.example.com":                  "*",
		"*":                               "*",
		"*.":                              "dot",
		"*.*.example.com":                 "*",
		"gw.example.com:8443":             "port",
		"localhost:8443":                  "port",
		"10.0.0.1:8443":                   "port",
		"[::1]:8443":                      "port",
		"10.0.0.0/8":                      "network",
		"fe80::1%eth0":                    "zone",
		"10.0.0.256":                      "number",
		"1.2.3":                           "number",
		"gw.0x7f":                         "number",
		"-gw.example.com":                 "",
		"gw-.example.com":                 "",
		"xn--a.example":                   "",
		"exa mple.com":                    "",
		"a\x00b.example":                  "",
		"a／b.example":                     "",
		strings.Repeat("a", 64) + ".com":  "63",
		strings.Repeat("a.", 127) + "com": "253",
		"@example.com":                    "e-mail",
		"a b@example.com":                 "e-mail",
		"a..b@example.com":                "e-mail",
		"grün@example.com":                "ASCII",
		"ops@":                            "empty",
		"ops@*.example.com":               "wildcard",
		"https://":                        "host",
		"https://user:pw@example.com/":    "user name",
		"https://ex_ample.com/":           "underscore",
		"://example.com":                  "URI",
	} {
		n, err := cert.ParseNames([]string{in})
		if err == nil {
			t.Errorf("%q was taken as %s %s", in, kindOf(n), n)
		} else if !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v does not say %q", in, err, why)
		}
	}
	if _, err := cert.ParseNames([]string{"https://user:hunter2@example.com/"}); strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error quotes a password: %v", err)
	}
}

func TestFirstNameGivesAliasAndFirstDNSNameTheCN(t *testing.T) {
	long := strings.Repeat("a", 60) + ".example.com"
	for _, tt := range []struct{ hosts, alias, subject string }{
		{"GW.example.com localhost", "gw.example.com", "CN=gw.example.com"},
		{"127.0.0.1 gw.example.com", "127.0.0.1", "CN=gw.example.com"},
		{"127.0.0.1", "127.0.0.1", "O=127.0.0.1"},
		{"Ops@example.com", "ops@example.com", "O=Ops@example.com"},
		{"*.example.com", "*.example.com", "CN=*.example.com"},
		{long + " gw.example.com", long, "CN=gw.example.com"},
		{long, long, "O=" + long[:64]},
	} {
		n := names(t, strings.Fields(tt.hosts)...)
		if n.Alias() != tt.alias || n.Subject().String() != tt.subject {
			t.Errorf("%s: alias %s, subject %s; want %s, %s", tt.hosts, n.Alias(), n.Subject(), tt.alias, tt.subject)
		}
	}
}

func TestNamesCoverWhatRFC9525Says(t *testing.T) {
	for _, tt := range []struct {
		names, host string
		want        bool
	}{
		{"gw.example.com", "GW.example.com", true},
		{"gw.example.com", "gw.example.com", true},
		{"gw.example.com", "example.com", false},
		{"*.example.com", "a.example.com", true},
		{"*.example.com", "a.b.example.com", false},
		{"*.example.com", "example.com", false},
		{"*.bücher.example", "a.xn--bcher-kva.example", true},
		{"bücher.example", "BÜCHER.example", true},
		{"127.0.0.1", "127.0.0.1", true},
		{"::1", "[0:0::1]", true},
		{"*.0.0.1.example", "127.0.0.1", false},
		{"a@example.com", "example.com", false},
		{"https://example.com/", "example.com", false},
	} {
		if got := names(t, tt.names).Covers(tt.host); got != tt.want {
			t.Errorf("%s covers %s: %v, want %v", tt.names, tt.host, got, tt.want)
		}
	}
}

func FuzzParseNames(f *testing.F) {
	for _, s := range []string{"gw.example.com", "*.bücher.example", "::1", "ops@example.com", "spiffe://a.b/c", "urn:x:y", "a:1", "xn--"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := cert.ParseNames([]string{s})
		if err != nil {
			return
		}
		again, err := cert.ParseNames(n.Strings())
		if err != nil || again.String() != n.String() || kindOf(again) != kindOf(n) {
			t.Fatalf("%q gives %s %q, which gives %s %q (%v)", s, kindOf(n), n, kindOf(again), again, err)
		}
	})
}
