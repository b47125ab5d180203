package cert_test

import (
	"compress/gzip"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// limboCase is a case of C2SP/x509-limbo.
type limboCase struct {
	ID            string
	Kind          string                         `json:"validation_kind"`
	Trusted       []string                       `json:"trusted_certs"`
	Intermediates []string                       `json:"untrusted_intermediates"`
	Peer          string                         `json:"peer_certificate"`
	ValidAt       *time.Time                     `json:"validation_time"`
	Expected      string                         `json:"expected_result"`
	Name          *struct{ Kind, Value string }  `json:"expected_peer_name"`
	Names         []struct{ Kind, Value string } `json:"expected_peer_names"`
	MaxDepth      *int                           `json:"max_chain_depth"`
	CRLs          []string
}

func parsePEM(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

func (c *limboCase) verify(t *testing.T, p cert.Profile) *cert.Verdict {
	leaf, err := parsePEM(c.Peer)
	if err != nil {
		return &cert.Verdict{Faults: []cert.Fault{{Code: cert.FaultMalformed, What: err.Error()}}}
	}
	o := cert.VerifyOptions{Leaf: leaf, At: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Profile: p, Purpose: cert.ForServer}
	for _, text := range c.Trusted {
		if r, err := parsePEM(text); err == nil {
			o.Roots = append(o.Roots, r)
		}
	}
	for _, text := range c.Intermediates {
		if r, err := parsePEM(text); err == nil {
			o.Helpers = append(o.Helpers, r)
		}
	}
	for _, text := range c.CRLs {
		block, _ := pem.Decode([]byte(text))
		l, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		o.CRLs = append(o.CRLs, l)
	}
	if c.ValidAt != nil {
		o.At = *c.ValidAt
	}
	if c.Kind == "CLIENT" {
		o.Purpose = cert.ForClient
	}
	if c.Name != nil {
		o.Host = c.Name.Value
	}
	if len(c.Names) > 0 {
		o.Host = c.Names[0].Value
	}
	if c.MaxDepth != nil {
		o.MaxIntermediates = *c.MaxDepth
		if *c.MaxDepth == 0 {
			o.MaxIntermediates = -1
		}
	}
	return cert.Verify(o)
}

// limboProfile: the cases of webpki and those seen online are about public CAs, all
// others about RFC 5280.
func limboProfile(id string) cert.Profile {
	if strings.HasPrefix(id, "webpki::") || strings.HasPrefix(id, "online::") {
		return cert.Public
	}
	return cert.Private
}

// limboDisagreements are the cases that are judged otherwise here, and why.
var limboDisagreements = map[string]string{
	"rfc5280::aki::cross-signed-root-missing-aki": "the key identifier of an anchor's issuer is of no use, for nobody looks for that issuer; " +
		"cve::cve-2024-0567 trusts just such a certificate and is to succeed",
	"webpki::nc::nc-permits-dns-san-pattern": commonNameArgument,
	"webpki::san::exact-localhost-ip-san":    commonNameArgument,
	"webpki::san::leftmost-wildcard-san":     commonNameArgument,
}

const commonNameArgument = "its common name example.com is none of its alternative names, for which webpki::cn::not-in-san is to be refused (Baseline Requirements, 7.1.4.3)"

// TestLimbo holds verification to C2SP/x509-limbo, where its vectors are at hand
// (GWTLS_LIMBO names the file). Where they are not, the cases that
// TestVerifyNamesEveryFaultAndNoOther makes, which are of the same kinds, stand alone.
func TestLimbo(t *testing.T) {
	path := os.Getenv("GWTLS_LIMBO")
	if path == "" {
		path = "../../../shared/vectors/x509-limbo-core.json.gz"
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			t.Log("the vectors are not here: GWTLS_LIMBO names no file; our own cases run instead")
			TestVerifyNamesEveryFaultAndNoOther(t)
			return
		}
	}
	cases := readLimbo(t, path)
	agreed := 0
	for _, c := range cases {
		v := c.verify(t, limboProfile(c.ID))
		agrees := v.Valid() == (c.Expected == "SUCCESS")
		if agrees {
			agreed++
		}
		why, argued := limboDisagreements[c.ID]
		switch {
		case !agrees && !argued:
			t.Errorf("%s: want %s, got faults:\n%s", c.ID, c.Expected, whats(v))
		case agrees && argued:
			t.Errorf("%s: judged as it asks for, so there is nothing to argue: %s", c.ID, why)
		}
	}
	t.Logf("agrees on %d of %d", agreed, len(cases))
}

func readLimbo(t *testing.T, path string) []limboCase {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Testcases []limboCase }
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all.Testcases
}
