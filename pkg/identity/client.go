package identity

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// Backend is how TLS is spoken with a back end.
type Backend struct {
	Roots                  *x509.CertPool // nil: the system's
	ServerName             string         // what its certificate is for
	MinVersion, MaxVersion uint16
	NextProtos             []string
	Certificate            string              // the alias of the one that is shown to it; "": none
	Pins                   [][sha256.Size]byte // of a certificate or public key, one of which its chain has to hold
}

// ErrNoEntry says that the keystore has no entry of an alias that could be presented.
var ErrNoEntry = errors.New("no usable key and certificate")

// Client makes what meets a back end. It is always verified.
func (id *Identity) Client(b Backend) (*tls.Config, error) {
	c := &tls.Config{
		MinVersion:         max(b.MinVersion, tls.VersionTLS12),
		MaxVersion:         b.MaxVersion,
		RootCAs:            b.Roots,
		ServerName:         b.ServerName,
		NextProtos:         b.NextProtos,
		ClientSessionCache: tls.NewLRUClientSessionCache(0),
	}
	if b.Certificate != "" {
		p := id.aliases[strings.ToLower(b.Certificate)]
		if p == nil {
			return nil, fmt.Errorf("%w under the alias %q", ErrNoEntry, b.Certificate)
		}
		// Shown whatever CAs the back end names: it is the one that was asked for.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &p.Certificate, nil
		}
	}
	if len(b.Pins) > 0 {
		c.VerifyConnection = b.checkPins // for resumed sessions too
	}
	return c, nil
}

func (b Backend) checkPins(state tls.ConnectionState) error {
	for _, chain := range state.VerifiedChains {
		for _, c := range chain {
			if slices.Contains(b.Pins, sha256.Sum256(c.Raw)) || slices.Contains(b.Pins, sha256.Sum256(c.RawSubjectPublicKeyInfo)) {
				return nil
			}
		}
	}
	return errors.New("no certificate of the back end's chain is pinned")
}

// Roots are the certificates that a truststore trusts. A store without any is an
// error: it would trust nobody, and is never made up for by the system's roots.
func Roots(store *keystore.Store) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	n := 0
	for _, e := range store.Entries() {
		if e.Kind != keystore.TrustedCert {
			continue
		}
		chain, err := e.Chain()
		if err != nil {
			return nil, err
		}
		for _, c := range chain {
			pool.AddCert(c)
			n++
		}
	}
	if n == 0 {
		return nil, errors.New("no trusted certificate in it")
	}
	return pool, nil
}
