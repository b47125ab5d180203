package cert

import (
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ParseDN reads a name written as RFC 4514 says, such as CN=gw,O=Example,C=DE. Of
// its predecessors it takes spaces around separators and values in quotes, which
// keytool's users write.
func ParseDN(s string) (DN, error) {
	if strings.HasPrefix(s, "/") {
		return nil, fmt.Errorf("subject %q is written the OpenSSL way: write it as CN=gw,O=Example,C=DE", s)
	}
	var d DN
	p := dnParser{rest: s}
	for {
		rdn, err := p.relative()
		if err != nil {
			return nil, fmt.Errorf("subject %q: %w", s, err)
		}
		d = append(d, rdn)
		if p.rest == "" {
			break
		}
		p.rest = p.rest[1:] // the comma
	}
	slices.Reverse(d)
	return readDN(d.DER()) // which puts the attributes of a multi-valued part in their order
}

type dnParser struct{ rest string }

// relative reads attributes joined by +, and stops at a comma or the end.
func (p *dnParser) relative() (rdnSET, error) {
	var rdn rdnSET
	for {
		a, err := p.attribute()
		if err != nil {
			return nil, err
		}
		for _, other := range rdn {
			if other.Type.Equal(a.Type) {
				return nil, fmt.Errorf("%s stands twice in one part", a.Type)
			}
		}
		rdn = append(rdn, a)
		if p.rest == "" || p.rest[0] == ',' {
			return rdn, nil
		}
		p.rest = p.rest[1:] // the plus
	}
}

func (p *dnParser) attribute() (attribute, error) {
	name, rest, ok := strings.Cut(p.rest, "=")
	if !ok {
		return attribute{}, fmt.Errorf("%q has no =: write it as CN=gw,O=Example,C=DE", strings.TrimSpace(p.rest))
	}
	p.rest = strings.TrimLeft(rest, " ")
	t, err := typeByName(name)
	if err != nil {
		return attribute{}, err
	}
	if strings.HasPrefix(p.rest, "#") {
		v, err := p.hexValue()
		return attribute{t.oid, v}, err
	}
	read := p.plain
	if strings.HasPrefix(p.rest, `"`) {
		read = p.quoted
	}
	text, err := read()
	if err != nil {
		return attribute{}, err
	}
	return attributeOf(t, text)
}

// hexValue reads #, and then the encoding of the value in hex.
func (p *dnParser) hexValue() (asn1.RawValue, error) {
	end := strings.IndexAny(p.rest, ",+")
	if end < 0 {
		end = len(p.rest)
	}
	text := strings.TrimRight(p.rest[1:end], " ")
	p.rest = p.rest[end:]
	der, err := hex.DecodeString(text)
	if err != nil {
		return asn1.RawValue{}, fmt.Errorf("#%s is not hex", text)
	}
	var v asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &v); err != nil || len(rest) > 0 {
		return asn1.RawValue{}, fmt.Errorf("#%s is not one DER value", text)
	}
	return v, nil
}

// plain reads up to a separator; spaces at the end count only where escaped.
func (p *dnParser) plain() (string, error) {
	var b strings.Builder
	keep := 0 // length up to the last character that is not an unescaped space
	for p.rest != "" && p.rest[0] != ',' && p.rest[0] != '+' {
		c := p.rest[0]
		switch {
		case c == '\\':
			unescaped, err := p.escaped()
			if err != nil {
				return "", err
			}
			b.WriteByte(unescaped)
			keep = b.Len()
			continue
		case strings.IndexByte(`";<>`, c) >= 0:
			return "", fmt.Errorf(`%q has to be written as \%c`, c, c)
		}
		b.WriteByte(c)
		p.rest = p.rest[1:]
		if c != ' ' {
			keep = b.Len()
		}
	}
	return b.String()[:keep], nil
}

// quoted reads the older form "...", in which separators are plain (RFC 2253, 4).
func (p *dnParser) quoted() (string, error) {
	var b strings.Builder
	p.rest = p.rest[1:]
	for p.rest != "" && p.rest[0] != '"' {
		if p.rest[0] == '\\' {
			c, err := p.escaped()
			if err != nil {
				return "", err
			}
			b.WriteByte(c)
			continue
		}
		b.WriteByte(p.rest[0])
		p.rest = p.rest[1:]
	}
	if p.rest == "" {
		return "", errors.New("a quote is not closed")
	}
	p.rest = strings.TrimLeft(p.rest[1:], " ")
	if p.rest != "" && p.rest[0] != ',' && p.rest[0] != '+' {
		return "", errors.New("text follows a closing quote")
	}
	return b.String(), nil
}

// escaped reads a backslash and the special character or two hex digits after it.
func (p *dnParser) escaped() (byte, error) {
	if len(p.rest) >= 2 && strings.IndexByte(`"+,;<>= #\`, p.rest[1]) >= 0 {
		c := p.rest[1]
		p.rest = p.rest[2:]
		return c, nil
	}
	if len(p.rest) >= 3 {
		if c, err := hex.DecodeString(p.rest[1:3]); err == nil {
			p.rest = p.rest[3:]
			return c[0], nil
		}
	}
	return 0, errors.New(`after \ there has to be one of "+,;<>= #\ or two hex digits`)
}
