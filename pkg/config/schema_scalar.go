package config

import (
	"crypto/tls"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// scalarSchema refers to the definition of a type of single values.
func scalarSchema(v reflect.Value) object {
	name := "text"
	switch x := v.Interface().(type) {
	case choice:
		return anyOf(object{"enum": x.words()}, definedAs("expanded"))
	case time.Duration:
		name = "duration"
	case Size:
		name = "size"
	case URL:
		name = "url"
	case Protocol:
		name = "protocol"
	case Cipher:
		name = "cipher"
	case Group:
		name = "group"
	case Pin:
		name = "pin"
	case Secret:
		name = "secret"
	case bool:
		name = "truth"
	case int:
		name = "count"
	}
	return definedAs(name)
}

func definedAs(name string) object { return object{"$ref": "#/$defs/" + name} }

func anyOf(list ...object) object { return object{"anyOf": list} }

func pattern(expression string) object { return object{"type": "string", "pattern": expression} }

// definitions are the schemas of single values. Any of them may be put together by ${}.
func definitions() object {
	orExpanded := func(list ...object) object { return anyOf(append(list, definedAs("expanded"))...) }
	return object{
		"expanded": object{"type": "string", "pattern": `\$\{`, "description": "${NAME} or ${NAME:-default}, of properties, else of the environment"},
		"text":     object{"type": []string{"string", "number", "boolean"}},
		"truth":    orExpanded(object{"type": "boolean"}, object{"enum": []string{"true", "false"}}),
		"count":    orExpanded(object{"type": "integer", "minimum": 0, "maximum": 1<<31 - 1}, pattern(`^[0-9]+$`)),
		"duration": with(orExpanded(object{"type": "number", "minimum": 0, "maximum": longest.Seconds()}, pattern(`^[-+]?[0-9.]+((ns|us|µs|μs|ms|s|m|h)[0-9.]*)*$`)),
			object{"examples": []string{"30s", "5m", "500ms"}}),
		"size": with(orExpanded(object{"type": "integer", "minimum": 0}, pattern(`^[0-9]+\s*([bB]|[kKmMgG]([iI]?[bB])?)?\s*$`)),
			object{"examples": []string{"64kB", "128k", "1MiB"}}),
		"url": with(orExpanded(pattern(`^(`+anyCase(append(schemes, "ssl"))+`)://`)),
			object{"examples": []string{"wss://gw.example.com:9001/", "tcp://127.0.0.1:7000"}}),
		"protocol": orExpanded(object{"enum": names(protocols)}, pattern(spelled(names(protocols), true))),
		"cipher":   orExpanded(object{"enum": cipherNames()}),
		"group":    orExpanded(object{"enum": names(groups)}, pattern(spelled(append(names(groups), names(groupAliases)...), false))),
		"pin":      orExpanded(pattern(`^:*([0-9A-Fa-f]:*){64}$`)),
		"secret": with(orExpanded(pattern(`^(file:|env:|fd:|stdin$|prompt$)`)),
			object{"examples": []string{"file:keystore.pw", "env:STOREPASS"}}),
	}
}

func names[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }

// cipherNames are those of TLS 1.2, in both spellings.
func cipherNames() (list []string) {
	for _, suite := range tls.CipherSuites() {
		if slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			list = append(list, suite.Name, opensslName(suite.Name))
		}
	}
	return list
}

// anyCase is a pattern of words in capitals or not.
func anyCase(words []string) string {
	var list []string
	for _, word := range words {
		list = append(list, spaced(word, ""))
	}
	return strings.Join(list, "|")
}

// spelled is a pattern of names as people spell them: see letters. The v of a
// protocol's version may be missing.
func spelled(names []string, version bool) string {
	var list []string
	for _, name := range names {
		one := spaced(letters(name), "[-_ ]*")
		if version {
			one = strings.Replace(one, "[vV]", "[vV]?", 1)
		}
		list = append(list, one)
	}
	return "^[-_ ]*(" + strings.Join(list, "|") + ")$"
}

// spaced is a pattern of a word in capitals or not, with a gap after each letter.
func spaced(word, gap string) string {
	var b strings.Builder
	for _, r := range word {
		if unicode.IsLetter(r) {
			b.WriteString("[" + string(unicode.ToLower(r)) + string(unicode.ToUpper(r)) + "]" + gap)
		} else {
			b.WriteString(strings.ReplaceAll(string(r), ".", `\.`) + gap)
		}
	}
	return b.String()
}
