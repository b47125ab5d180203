package cert

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
)

// oidPending marks the placeholder of a key whose certificate has been asked for.
// Its arc is a random number below 2.25; a whole UUID would not fit crypto/x509.
var oidPending = asn1.ObjectIdentifier{2, 25, 1437220679, 1}

// Pending makes the certificate that stands beside a new key until the CA's reply
// comes, because Java shows a key only with a certificate. It holds what was asked
// for, so that the reply can be compared with it.
func Pending(r Request, key crypto.Signer) (*x509.Certificate, error) {
	t, _, err := r.template(key.Public())
	if err != nil {
		return nil, err
	}
	t.ExtraExtensions = []pkix.Extension{{Id: oidPending, Value: asn1.NullBytes}}
	return sign(t, t, key.Public(), key)
}

// IsPending says whether a certificate is such a placeholder.
func IsPending(c *x509.Certificate) bool {
	return slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidPending) })
}
