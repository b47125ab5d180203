package cert

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// OCSPStaple is what a server hands over of its CA's word on its certificate
// (RFC 6960, 4.2.1), as it stands there; the signature is not looked at.
type OCSPStaple struct {
	Status     string     `json:"status"` // good, revoked or unknown
	ThisUpdate time.Time  `json:"this_update"`
	NextUpdate *time.Time `json:"next_update,omitempty"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty"`
}

var oidOCSPBasic = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}

// ReadOCSP reads an OCSP response for a certificate.
func ReadOCSP(der []byte, c *x509.Certificate) (*OCSPStaple, error) {
	var response struct {
		Status   asn1.Enumerated
		Response struct {
			Type     asn1.ObjectIdentifier
			Response []byte
		} `asn1:"explicit,tag:0,optional"`
	}
	if rest, err := asn1.Unmarshal(der, &response); err != nil || len(rest) > 0 {
		return nil, errors.New("the OCSP response cannot be read")
	}
	if response.Status != 0 || !response.Response.Type.Equal(oidOCSPBasic) {
		return nil, fmt.Errorf("the OCSP response is none about a certificate (status %d)", response.Status)
	}
	var basic struct {
		Data struct {
			Version   int           `asn1:"explicit,tag:0,default:0,optional"`
			Responder asn1.RawValue // a choice
			Produced  time.Time     `asn1:"generalized"`
			Responses []ocspSingle
			Rest      asn1.RawValue `asn1:"explicit,tag:1,optional"`
		}
		Algorithm asn1.RawValue
		Signature asn1.BitString
		Certs     asn1.RawValue `asn1:"explicit,tag:0,optional"`
	}
	if _, err := asn1.Unmarshal(response.Response.Response, &basic); err != nil {
		return nil, fmt.Errorf("the OCSP response cannot be read: %w", err)
	}
	for _, r := range basic.Data.Responses {
		if r.ID.Serial.Cmp(c.SerialNumber) == 0 {
			return r.staple(), nil
		}
	}
	return nil, errors.New("the OCSP response is about another certificate")
}

type ocspSingle struct {
	ID struct {
		Hash            asn1.RawValue
		NameHash, KeyID []byte
		Serial          *big.Int
	}
	Good    asn1.Flag `asn1:"tag:0,optional"`
	Revoked struct {
		At     time.Time       `asn1:"generalized"`
		Reason asn1.Enumerated `asn1:"explicit,tag:0,optional"`
	} `asn1:"tag:1,optional"`
	Unknown    asn1.Flag     `asn1:"tag:2,optional"`
	ThisUpdate time.Time     `asn1:"generalized"`
	NextUpdate time.Time     `asn1:"generalized,explicit,tag:0,optional"`
	Extensions asn1.RawValue `asn1:"explicit,tag:1,optional"`
}

func (r ocspSingle) staple() *OCSPStaple {
	s := &OCSPStaple{Status: "unknown", ThisUpdate: r.ThisUpdate}
	switch {
	case bool(r.Good):
		s.Status = "good"
	case !r.Revoked.At.IsZero():
		s.Status, s.RevokedAt = "revoked", &r.Revoked.At
	}
	if !r.NextUpdate.IsZero() {
		s.NextUpdate = &r.NextUpdate
	}
	return s
}
