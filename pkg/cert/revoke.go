package cert

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// reasonsByName are the reasons that may be given for a revocation, by the names of
// RFC 5280, 5.3.1. Those that say something of a delta or an attribute CRL are left out,
// and so is a hold, which would have to be taken back.
var reasonsByName = map[string]int{
	"unspecified": 0, "keyCompromise": 1, "cACompromise": 2, "affiliationChanged": 3,
	"superseded": 4, "cessationOfOperation": 5, "privilegeWithdrawn": 9,
}

// ParseReason reads a reason for a revocation, hyphens and case aside.
func ParseReason(s string) (int, error) {
	for name, code := range reasonsByName {
		if strings.EqualFold(name, strings.ReplaceAll(s, "-", "")) {
			return code, nil
		}
	}
	return 0, fmt.Errorf("reason %q is not one of %s", s, strings.Join(slices.Sorted(maps.Keys(reasonsByName)), ", "))
}

// KeyID is an authority's key identifier in hex, by which a ledger knows it.
func (a *Authority) KeyID() string { return hex.EncodeToString(a.Certificate().SubjectKeyId) }

// CRL makes the list of what the authority revoked and has not expired since
// (RFC 5280, 5).
func (a *Authority) CRL(issued []Record, number int64, now time.Time, lifetime time.Duration) (*x509.RevocationList, error) {
	begin := now.UTC().Truncate(time.Second)
	t := &x509.RevocationList{
		Number:             big.NewInt(number),
		ThisUpdate:         begin,
		NextUpdate:         begin.Add(lifetime),
		SignatureAlgorithm: signatureAlgorithm(a.Key.Public()),
	}
	for _, c := range issued {
		if c.Revoked.IsZero() || c.Issuer != a.KeyID() || c.NotAfter.Before(begin) {
			continue
		}
		serial, ok := new(big.Int).SetString(c.Serial, 16)
		if !ok {
			return nil, fmt.Errorf("%w: serial number %q", ErrLedger, c.Serial)
		}
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: serial, RevocationTime: c.Revoked, ReasonCode: c.Reason,
		})
	}
	der, err := x509.CreateRevocationList(rand.Reader, t, a.Certificate(), a.Key)
	if err != nil {
		return nil, err
	}
	return x509.ParseRevocationList(der)
}
