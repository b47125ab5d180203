package keystore

import (
	"fmt"
	"strconv"
	"strings"
)

// maxWarnings is how many remarks a person may want to read on one file.
const maxWarnings = 100

// aliasSet finds names for entries as they are read. It holds the aliases in lower case,
// each with the number that its last namesake got, so that a file of nothing but namesakes
// takes no longer than another.
type aliasSet map[string]int

// free gives the alias, or the first of alias-2, alias-3 ... that no entry has.
func (a aliasSet) free(alias string) string {
	lower := strings.ToLower(alias)
	n, taken := a[lower]
	if !taken {
		a[lower] = 1
		return alias
	}
	for n++; ; n++ {
		next := fmt.Sprintf("%s-%d", alias, n)
		if _, taken := a[strings.ToLower(next)]; !taken {
			a[lower], a[strings.ToLower(next)] = n, 1
			return next
		}
	}
}

// number is what Java calls an entry without a name: 1, 2 and so on.
func (a aliasSet) number() string {
	for n := a[""] + 1; ; n++ {
		if _, taken := a[strconv.Itoa(n)]; !taken {
			a[""] = n
			return strconv.Itoa(n)
		}
	}
}

// add appends an entry as read from a file. Of two with one alias, as GnuTLS writes
// them, the second is renamed.
func (s *Store) add(e *Entry, aliases aliasSet) {
	if e.Alias == "" {
		e.Alias = aliases.number()
	}
	alias := e.Alias
	e.Alias = aliases.free(alias)
	if e.Alias != alias && len(s.warnings) < maxWarnings {
		if s.from != nil {
			s.from.renamed = append(s.from.renamed, alias)
		}
		s.warn("two entries are named %q: the second is shown as %q", alias, e.Alias)
	}
	s.entries = append(s.entries, e)
}
