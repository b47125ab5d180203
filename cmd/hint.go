package cmd

import (
	"strings"
)

// command writes a command line of gwtls that can be pasted: verb, operands and
// flags as given, then the global flags of this run that say where things are.
func (g *globals) command(words ...string) string {
	line := append([]string{"gwtls"}, words...)
	for _, f := range []struct{ name, value string }{
		{"--home", g.homeLocation},
		{"--keystore", g.keystorePath},
		{"--truststore", g.truststorePath},
		{"--clients", g.clientsPath},
		{"--storetype", g.storeType},
		{"--storepass", g.storepassSource},
		{"--keypass", g.keypassSource},
	} {
		if f.value != "" {
			line = append(line, f.name, f.value)
		}
	}
	for i, word := range line {
		line[i] = shellQuoted(word)
	}
	return strings.Join(line, " ")
}

// shellQuoted puts a word in quotes where a shell would read it as something else.
func shellQuoted(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
