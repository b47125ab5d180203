package config

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Protocol is a version of TLS that is spoken.
type Protocol uint16

var protocols = map[string]Protocol{"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}

func (p *Protocol) parse(text string) error {
	if v, ok := protocols[text]; ok {
		*p = v
		return nil
	}
	for name := range protocols { // tls1.2, TLS 1.3
		if letters(name) == letters(text) || strings.Replace(letters(name), "v", "", 1) == letters(text) {
			*p = protocols[name]
			return nil
		}
	}
	return fmt.Errorf("unknown protocol %s; there are TLSv1.2 and TLSv1.3", quote(text))
}

// Versions are the lowest and the highest of protocols; of none, those there are.
func Versions(list []Protocol) (lowest, highest uint16) {
	if len(list) == 0 {
		return tls.VersionTLS12, tls.VersionTLS13
	}
	return uint16(slices.Min(list)), uint16(slices.Max(list))
}

// Cipher is a cipher suite of TLS 1.2; those of TLS 1.3 are not for choosing.
type Cipher uint16

func (c *Cipher) parse(text string) error {
	var there []string
	for _, suite := range tls.CipherSuites() {
		if !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			if suite.Name == text {
				return fmt.Errorf("%s belongs to TLSv1.3, whose ciphers are not for choosing: leave it out", text)
			}
			continue
		}
		if suite.Name == text || opensslName(suite.Name) == text {
			*c = Cipher(suite.ID)
			return nil
		}
		there = append(there, suite.Name)
	}
	return fmt.Errorf("unknown cipher %s; there are %s%s", quote(text), strings.Join(there, ", "), didYouMean(text, there))
}

// opensslName is what OpenSSL calls a suite: ECDHE-RSA-AES128-GCM-SHA256.
func opensslName(name string) string {
	return strings.NewReplacer("TLS_", "", "_WITH", "", "AES_128", "AES128", "AES_256", "AES256",
		"_CBC", "", "POLY1305_SHA256", "POLY1305", "_", "-").Replace(name)
}

// Group is a way to agree on a key.
type Group tls.CurveID

var groups = map[string]tls.CurveID{
	"X25519MLKEM768":     tls.X25519MLKEM768,
	"SecP256r1MLKEM768":  tls.SecP256r1MLKEM768,
	"SecP384r1MLKEM1024": tls.SecP384r1MLKEM1024,
	"X25519":             tls.X25519,
	"P-256":              tls.CurveP256,
	"P-384":              tls.CurveP384,
	"P-521":              tls.CurveP521,
}

// groupAliases are what others call them.
var groupAliases = map[string]string{
	"secp256r1": "P-256", "prime256v1": "P-256", "curvep256": "P-256",
	"secp384r1": "P-384", "curvep384": "P-384",
	"secp521r1": "P-521", "curvep521": "P-521",
}

func (g *Group) parse(text string) error {
	wanted := text
	if name, ok := groupAliases[strings.ToLower(text)]; ok {
		wanted = name
	}
	var there []string
	for name, id := range groups {
		if letters(name) == letters(wanted) {
			*g = Group(id)
			return nil
		}
		there = append(there, name)
	}
	slices.Sort(there)
	return fmt.Errorf("unknown group %s; there are %s%s", quote(text), strings.Join(there, ", "), didYouMean(text, there))
}

// letters is a name without what people spell differently.
func letters(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// Pin is the SHA-256 of a certificate or of its public key.
type Pin [sha256.Size]byte

func (p *Pin) parse(text string) error {
	raw, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(raw) != len(p) {
		return fmt.Errorf("%s is no SHA-256 fingerprint in hex", quote(text))
	}
	copy(p[:], raw)
	return nil
}
