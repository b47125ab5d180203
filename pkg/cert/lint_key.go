package cert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
)

// weakKey says which lint a public key runs into, and why; "" where it is sound. An
// Ed25519 key is sound, but not for a public CA (Baseline Requirements, 6.1.5).
func weakKey(pub crypto.PublicKey, p Profile) (code, why string) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		switch bits := k.N.BitLen(); {
		case bits < 2048:
			return "rsa-below-2048", "RSA has to have 2048 bits at least"
		case bits%8 != 0:
			return "rsa-odd-size-or-exponent", "the size of an RSA key has to be a multiple of 8"
		case k.E%2 == 0 || k.E < 3:
			return "rsa-odd-size-or-exponent", "its exponent is not one that is safe"
		}
	case *ecdsa.PublicKey:
		switch k.Curve.Params().BitSize {
		case 256, 384, 521:
		default:
			return "curve-unusual", "clients take P-256, P-384 and P-521 only"
		}
	case ed25519.PublicKey:
		if p == Public {
			return "ed25519-server", "browsers do not take it"
		}
	default:
		return "curve-unusual", "it is of a kind that clients do not take"
	}
	return "", ""
}

// weakSignature says that signatures of this kind can be forged.
func weakSignature(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		return true
	}
	return false
}
