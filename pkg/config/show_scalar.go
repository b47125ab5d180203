package config

import (
	"crypto/tls"
	"encoding/hex"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// shown is a type whose values have words of their own; parse reads them back.
type shown interface{ text() string }

// word is the node of a single value; nil of an empty text.
func word(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode}
	switch x := v.Interface().(type) {
	case Size:
		n.Value = x.text()
	case shown:
		text := x.text()
		if text == "" {
			return nil
		}
		n.SetString(text)
	case time.Duration:
		n.SetString(durationText(x))
	case bool:
		n.Value = strconv.FormatBool(x)
	case int:
		n.Value = strconv.Itoa(x)
	default:
		if v.String() == "" {
			return nil
		}
		n.SetString(v.String())
	}
	return n
}

// durationText is 5m where Go writes 5m0s.
func durationText(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

func (s Size) text() string {
	for _, unit := range []struct {
		name  string
		bytes Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if s > 0 && s%unit.bytes == 0 {
			return strconv.FormatInt(int64(s/unit.bytes), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

func (u URL) text() string {
	if u.Scheme == "" {
		return ""
	}
	return u.String()
}

func (p Protocol) text() string {
	for name, version := range protocols {
		if version == p {
			return name
		}
	}
	return ""
}

func (c Cipher) text() string { return tls.CipherSuiteName(uint16(c)) }

func (g Group) text() string {
	for name, id := range groups {
		if id == tls.CurveID(g) {
			return name
		}
	}
	return ""
}

func (p Pin) text() string { return hex.EncodeToString(p[:]) }

func (b Bind) text() string {
	port := strconv.Itoa(b.Port)
	switch {
	case b.Unix != "" || b.FD != 0 || b.Interface != "":
		return b.String()
	case b.anyIP:
		return port
	case b.anyPort && b.IP.IsValid():
		return b.IP.String()
	case b.anyPort:
		return "[::]"
	case !b.IP.IsValid():
		return "[::]:" + port
	}
	return b.String()
}
