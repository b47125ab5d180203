package trust_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Proxies verify nothing, or the chain without the name, unless told to: each word that
// turns it on is there. The proxies themselves are not run.
func TestProxiesAreToldToVerifyChainAndName(t *testing.T) {
	dir := shapes(t)["one root"]
	for client, test := range map[string]struct {
		file string
		want []string
	}{
		"nginx":   {"nginx.conf", []string{"proxy_ssl_verify              on;", "proxy_ssl_trusted_certificate gw.example.com.pem;", "proxy_ssl_name                gw.example.com;", "proxy_ssl_session_reuse       off;"}},
		"haproxy": {"haproxy.cfg", []string{"ssl verify required ca-file gw.example.com.pem sni str(gw.example.com)"}},
		"envoy":   {"envoy.yaml", []string{"trusted_ca: { filename: gw.example.com.pem }", "matcher: { exact: gw.example.com }", "sni: gw.example.com"}},
	} {
		text, err := os.ReadFile(filepath.Join(write(t, client, dir), test.file))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %q in\n%s", client, want, text)
			}
		}
	}
}
