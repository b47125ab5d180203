package keystore

import "bytes"

// Sniff sees from the bytes what a file is; "" for none of the formats.
func Sniff(data []byte) Format {
	switch {
	case bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}):
		return JKS
	case bytes.HasPrefix(data, []byte{0xce, 0xce, 0xce, 0xce}):
		return JCEKS
	case bytes.Contains(data, []byte("-----BEGIN ")):
		return PEM
	case len(data) > 0 && data[0] == tagSequence:
		return sniffDER(data)
	}
	return ""
}

// sniffDER looks at the first value inside: a version, a content type, a certificate.
func sniffDER(data []byte) Format {
	header, _, ok := derHeader(data)
	if !ok || len(data) < header+3 {
		return ""
	}
	switch inside := data[header:]; {
	case bytes.HasPrefix(inside, []byte{tagInteger, 1, 3}):
		return PKCS12
	case bytes.HasPrefix(inside, oidSignedData.der()):
		return PKCS7
	case isBCFKS(data):
		return ""
	case inside[0] == tagSequence || inside[0] == tagInteger:
		return DER
	}
	return ""
}

// NeedsPassword says whether the bytes cannot be read without a password: where [Decode]
// cannot, and for a PKCS#12 file in the open whose keys are encrypted. JKS and JCEKS can be
// listed without.
func NeedsPassword(data []byte) bool {
	switch Sniff(data) {
	case PKCS12:
		return pkcs12NeedsPassword(data)
	case PEM:
		return pemNeedsPassword(data)
	case DER:
		return isEncryptedKeyInfo(data)
	}
	return false
}
