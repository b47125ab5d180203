package cert_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"slices"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

func TestCSRAsksForEveryName(t *testing.T) {
	for _, kt := range cert.KeyTypes {
		key := keyOf(t, kt)
		want := names(t, "gw.example.com", "*.bücher.example", "10.1.2.3", "2001:db8::1", "ops@example.com", "spiffe://example.com/gw")
		csr, err := cert.CSR(cert.Request{Names: want, Client: true}, key)
		if err != nil {
			t.Fatal(err)
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "NEW CERTIFICATE REQUEST", Bytes: csr.Raw})
		for _, form := range [][]byte{csr.Raw, text, append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...)} {
			read, err := cert.ParseCSR(form)
			if err != nil {
				t.Fatalf("%s: %v", kt, err)
			}
			if got := cert.NamesOfRequest(read); !slices.Equal(got.Strings(), want.Strings()) || !cert.SameKey(read.PublicKey, key.Public()) {
				t.Errorf("%s: read back as %v", kt, got)
			}
		}
		broken := slices.Clone(csr.Raw)
		broken[len(broken)-1] ^= 1
		if _, err := cert.ParseCSR(broken); err == nil || errors.Is(err, cert.ErrNoRequest) {
			t.Errorf("%s: a request with another signature gives %v", kt, err)
		}
	}
}

func FuzzParseCSR(f *testing.F) {
	key, err := cert.P256.Generate()
	if err != nil {
		f.Fatal(err)
	}
	n, err := cert.ParseNames([]string{"gw.example.com", "10.1.2.3", "ops@example.com"})
	if err != nil {
		f.Fatal(err)
	}
	csr, err := cert.CSR(cert.Request{Names: n}, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(csr.Raw)
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr.Raw}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if csr, err := cert.ParseCSR(data); err == nil {
			cert.NamesOfRequest(csr).Alias()
			cert.FormatDN(csr.RawSubject)
		}
	})
}
