package config

import (
	"regexp"
	"slices"
	"strings"
)

// unsupported are the keys that this version of the gateway reads and does not
// carry out, with the values that ask for nothing and so may stand.
var unsupported = map[string][]string{
	"clients":                              nil,
	"crl":                                  nil,
	"tickets.rotate":                       nil,
	"admin":                                nil,
	"services[].health":                    nil,
	"services[].balance":                   {"round_robin", "first"},
	"services[].maximum_recovery_interval": {"0", "0s"},
	"services[].prepared_connections":      {"0"},
	"services[].accept_options.tls.verify_client":         {"none"},
	"services[].accept_options.tls.encryption":            {"enabled"},
	"services[].accept_options.tcp.maximum_outbound_rate": {"0"},
	"services[].accept_options.proxy_protocol":            nil,
	"services[].accept_options.limits.connections":        {"0"},
	"services[].accept_options.limits.connections_per_ip": {"0"},
	"services[].connect_options.http.maximum_redirects":   {"0"},
	"services[].connect_options.proxy_protocol":           nil,
	"services[].allow":                      nil,
	"services[].forward_client_certificate": {"false"},
}

// unsupportedTypes of services.
var unsupportedTypes = []string{"broadcast"}

var index = regexp.MustCompile(`\[\d+\]`)

// unsupported refuses what would have to be ignored.
func (r *rules) unsupported() {
	for path, m := range r.config.named {
		key := index.ReplaceAllString(path, "[]")
		if rest, ok := strings.CutPrefix(key, "defaults."); ok {
			key = "services[]." + rest
		}
		name := key[strings.LastIndexByte(key, '.')+1:]
		harmless, found := unsupported[key]
		switch {
		case key == "services[].type" && slices.Contains(unsupportedTypes, m.text):
			r.fault(path, "type %s is not supported by this version", m.text)
		case found && len(harmless) > 0 && !slices.Contains(harmless, m.text):
			r.fault(path, "%s %s is not supported by this version", name, m.text)
		case found && len(harmless) == 0:
			r.fault(path, "%s is not supported by this version", name)
		}
	}
}
