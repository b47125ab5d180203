package cert_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"os/exec"
	"slices"
	"testing"
)

// zlintSays runs the oracle of testdata/zlint, which is a module of its own so that
// neither the program nor our go.mod depends on it.
func zlintSays(t *testing.T, certs []*party) [][]string {
	t.Helper()
	var in bytes.Buffer
	for _, c := range certs {
		pem.Encode(&in, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = "../../testdata/zlint"
	cmd.Stdin = &in
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("zlint: %v\n%s", err, complaint.String())
	}
	var all [][]string
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var broken []string
		if err := dec.Decode(&broken); err != nil {
			t.Fatal(err)
		}
		all = append(all, broken)
	}
	if len(all) != len(certs) {
		t.Fatalf("zlint spoke of %d certificates, want %d", len(all), len(certs))
	}
	return all
}

// zlintRules are the rules of zlint that say what a lint of ours says under a public
// root. The other lints are about chains, clients or the time, of which zlint knows
// nothing.
var zlintRules = map[string][]string{
	"san-missing":              {"e_ext_san_missing"},
	"cn-not-in-san":            {"e_subject_common_name_not_exactly_from_san"},
	"eku-serverauth-missing":   {"e_sub_cert_eku_missing"},
	"ca-true-leaf":             {"e_sub_cert_not_is_ca"},
	"rsa-below-2048":           {"e_rsa_mod_less_than_2048_bits"},
	"rsa-odd-size-or-exponent": {"e_mp_modulus_must_be_divisible_by_8"},
	"curve-unusual":            {"e_ec_improper_curves"},
	"ed25519-server":           {"e_algorithm_identifier_improper_encoding"},
	"sig-sha1-md5":             {"e_sub_cert_or_sub_ca_using_sha1"},
	"days-over-825":            {"e_sub_cert_valid_time_longer_than_825_days"},
	"days-over-limit-at-issue": {
		"e_tls_server_cert_valid_time_longer_than_398_days", "e_server_cert_valid_time_longer_than_200_days",
		"e_server_cert_valid_time_longer_than_100_days", "e_server_cert_valid_time_longer_than_47_days"},
	"name-syntax":                       {"e_underscore_not_permissible_in_dnsname", "e_dnsname_empty_label"},
	"ip-as-dns-name":                    {"e_subject_contains_reserved_ip"},
	"internal-name":                     {"e_dnsname_not_valid_tld"},
	"serial-over-20-octets-or-negative": {"e_serial_number_not_positive"},
}

func TestPublicLintsAgreeWithZlint(t *testing.T) {
	l := &lab{T: t}
	var cases []lintCase
	var certs []*party
	for _, c := range lintCases {
		if zlintRules[c.code] != nil {
			cases = append(cases, c)
			certs = append(certs, &party{Certificate: c.chain(l)[0]})
		}
	}
	good := []*party{
		{Certificate: leafWith()(l)[0]},
		{Certificate: leafWith(dnsNames("*.example.com"))(l)[0]},
		{Certificate: leafWith(issued(2026, 3, 14, 398))(l)[0]},
		{Certificate: leafWith(issued(2026, 3, 15, 200))(l)[0]},
		{Certificate: leafWith(issued(2027, 3, 15, 100))(l)[0]},
		{Certificate: leafWith(issued(2029, 3, 15, 47))(l)[0]},
	}
	says := zlintSays(t, append(certs, good...))
	for n, c := range cases {
		if !slices.ContainsFunc(zlintRules[c.code], func(rule string) bool { return slices.Contains(says[n], rule) }) {
			t.Errorf("%s: zlint says %v, none of %v", c.code, says[n], zlintRules[c.code])
		}
	}
	for n := range good {
		for code, rules := range zlintRules {
			for _, rule := range rules {
				if slices.Contains(says[len(cases)+n], rule) {
					t.Errorf("zlint finds %s (%s) in a certificate that we find good", rule, code)
				}
			}
		}
	}
}
