package config

import (
	"slices"
	"strings"
)

// cipherClasses are OpenSSL's words for many ciphers, and what they become.
var cipherClasses = []string{"ALL", "DEFAULT", "HIGH", "MEDIUM", "COMPLEMENTOFALL", "COMPLEMENTOFDEFAULT", "FIPS", "ECDH", "ECDHE", "EECDH", "RSA", "AES", "AESGCM", "AES128", "AES256", "TLSV1", "TLSV1.2", "SHA256", "SHA384", "SHA", "ECDSA", "KEECDH", "AECDSA", "STRENGTH"}

// ciphers takes those that are still safe to offer.
func (im *importer) ciphers(s *draft, e *element) {
	e.told = true
	var kept, dead []string
	classes := false
	for _, word := range strings.FieldsFunc(im.expand(e.text), func(r rune) bool { return r == ',' || r == ':' || r == ' ' }) {
		var c Cipher
		switch {
		case strings.ContainsAny(word[:1], "!-+@"): // only takes from what the others give
		case slices.Contains(cipherClasses, strings.ToUpper(word)):
			classes = true
		case c.parse(word) == nil:
			kept = append(kept, word)
		case strings.HasPrefix(word, "TLS_AES_") || strings.HasPrefix(word, "TLS_CHACHA20_"):
			classes = true // of TLS 1.3, where they are not for choosing
		default:
			dead = append(dead, word)
		}
	}
	where := s.where()
	if len(dead) > 0 {
		im.warn(e, "dropped", "old clients that know no others have to be renewed", "%s%s: nobody should use %s any more", where, e.name, clip(dead))
	}
	switch {
	case classes || len(kept) == 0:
		im.info(e, "changed", "", "%s%s: Go's own choice, which is of strong ones only", where, e.name)
	default:
		set(s.keys, "accept_options.tls.ciphers", list(kept))
	}
}

// protocols takes those that are still safe to speak, and adds TLS 1.3.
func (im *importer) protocols(s *draft, path string, e *element) {
	e.told = true
	var dead []string
	named := map[Protocol]bool{}
	for _, word := range separated(im.expand(e.text)) {
		var p Protocol
		if p.parse(word) == nil {
			named[p] = true
		} else {
			dead = append(dead, word)
		}
	}
	newest, before := protocols["TLSv1.3"], protocols["TLSv1.2"]
	where := s.where()
	if len(dead) > 0 {
		im.warn(e, "dropped", "old clients that know no others have to be renewed", "%s%s: %s is not spoken any more", where, e.name, clip(dead))
	}
	if !named[newest] {
		im.info(e, "changed", "", "%s%s: TLSv1.3 added", where, e.name)
	}
	spoken := []string{"TLSv1.3"}
	if named[before] || !named[newest] {
		spoken = []string{"TLSv1.2", "TLSv1.3"}
	}
	set(s.keys, path, list(spoken))
}

// where is how a remark begins about a service, or about the defaults of all.
func (s *draft) where() string {
	if s.name == "" {
		return ""
	}
	return "service " + s.name + ": "
}

// clip writes a list out that is no longer than a line can bear.
func clip(words []string) string {
	const most = 12
	if len(words) > most {
		return strings.Join(words[:most], ", ") + " and more"
	}
	return strings.Join(words, ", ")
}
