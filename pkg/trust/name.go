package trust

import (
	"fmt"
	"strings"
)

// FileName is what files for an alias are called: the alias in lower case, each
// character outside a-z 0-9 . _ - as _.
func FileName(alias string) string {
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, strings.ToLower(alias))
	if name == "" {
		return "_"
	}
	return name
}

// unique tells names that have become one apart, by a number at the end.
func unique(name, separator string, taken map[string]bool) string {
	for n, base := 2, name; taken[name]; n++ {
		name = fmt.Sprintf("%s%s%d", base, separator, n)
	}
	taken[name] = true
	return name
}
