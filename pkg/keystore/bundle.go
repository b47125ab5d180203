package keystore

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// Profile says for whom a PKCS#12 bundle is. A bundle holds one identity, or anchors
// alone; a store of several entries is written by [Store.Encode].
type Profile string

const (
	// Modern is read by OpenSSL 3, NSS, GnuTLS, Java 17, Python, node and curl.
	Modern Profile = "modern"
	// Legacy is for macOS, iOS up to 17, Android up to 13 and Windows Server up to 2016.
	// Its encryption is that of the nineties: its password should be long and random.
	Legacy Profile = "legacy"
)

// ParseProfile reads a profile's name.
func ParseProfile(name string) (Profile, error) {
	switch p := Profile(name); p {
	case Modern, Legacy:
		return p, nil
	}
	return "", fmt.Errorf("unknown profile %q: modern or legacy", name)
}

func (p Profile) encoder(rnd io.Reader) *pkcs12.Encoder {
	if rnd == nil {
		rnd = rand.Reader
	}
	if p == Legacy {
		return pkcs12.LegacyDES.WithRand(rnd)
	}
	return pkcs12.Modern2023.WithRand(rnd)
}

// EncodeIdentity writes a bundle of a key and its chain, leaf first. A nil rnd is
// crypto/rand.
func EncodeIdentity(p Profile, key crypto.Signer, chain []*x509.Certificate, password []byte, rnd io.Reader) ([]byte, error) {
	if len(chain) == 0 {
		return nil, errors.New("bundle: a key without a certificate")
	}
	if !samePublicKey(key.Public(), chain[0].PublicKey) {
		return nil, errors.New("bundle: the certificate is of another key")
	}
	data, err := p.encoder(rnd).Encode(key, chain[0], chain[1:], string(password))
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return data, nil
}

// EncodeTrust writes a bundle of the first certificate of each entry, by alias, marked
// as Java wants it. It holds nothing secret: with an rnd that repeats itself, such as one
// seeded by the content, the same entries are the same bytes.
func EncodeTrust(p Profile, entries []*Entry, password []byte, rnd io.Reader) ([]byte, error) {
	var anchors []pkcs12.TrustStoreEntry
	for _, e := range entries {
		chain, err := e.Chain()
		if err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
		if len(chain) == 0 {
			return nil, fmt.Errorf("bundle: %q has no certificate", e.Alias)
		}
		anchors = append(anchors, pkcs12.TrustStoreEntry{Cert: chain[0], FriendlyName: e.Alias})
	}
	data, err := p.encoder(rnd).EncodeTrustStoreEntries(anchors, string(password))
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return data, nil
}
