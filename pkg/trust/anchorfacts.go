package trust

import (
	"encoding/pem"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// PEM is the anchor alone.
func (a Anchor) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Raw})
}

// Fingerprint is what people compare.
func (a Anchor) Fingerprint() string { return cert.Fingerprint(a.Raw) }

// Subject is the name by which certificate managers list it.
func (a Anchor) Subject() string { return cert.FormatDN(a.RawSubject) }

// CN is the short form of that name.
func (a Anchor) CN() string { return cert.Name(a.Certificate) }

// Until is the day on which the anchor ends.
func (a Anchor) Until() string { return a.NotAfter.UTC().Format(time.DateOnly) }

// Limits is what a root may sign for, empty where that is anything.
func (a Anchor) Limits() []string {
	c, _ := cert.ConstraintsOf(a.Certificate)
	return c.Strings()
}

// Refusers lists clients that will not take the anchor, however it gets there, as
// they were found to do with the shapes that certificates have.
func (a Anchor) Refusers() []string {
	switch {
	case !a.Single:
		return nil
	case len(a.DNSNames)+len(a.IPAddresses) == 0:
		return []string{"every browser", "Go", "iPhones and Macs"}
	case !a.BasicConstraintsValid:
		return []string{"iPhones and Macs"}
	case a.IsCA:
		return []string{"Firefox"}
	}
	return []string{"iPhones and Macs", "Chromium where a managed policy trusts it"}
}
