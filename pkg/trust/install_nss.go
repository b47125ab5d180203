package trust

import (
	"bytes"
	"encoding/pem"
	"regexp"
	"strings"
)

// NSSStore is an NSS database: of a browser, of one of its profiles.
type NSSStore struct {
	Client string
	Path   string // its folder
	New    bool   // it is not there yet

	entries []nssEntry
}

type nssEntry struct {
	nickname, flags string
	der             []byte
}

// List is the command that lists the database.
func (s NSSStore) List() []string { return s.certutil("-L") }

// Export is the command that gives one certificate of it in PEM.
func (s NSSStore) Export(nickname string) []string { return s.certutil("-L", "-n", nickname, "-a") }

func (s NSSStore) certutil(verb string, more ...string) []string {
	return append([]string{"certutil", verb, "-d", "sql:" + s.Path}, more...)
}

var nssLine = regexp.MustCompile(`^(.*\S)\s+([a-zA-Z]*),([a-zA-Z]*),([a-zA-Z]*)\s*$`)

// Load takes what List says, and what Export gives of the entries that may matter: of
// those with a word on servers, and of the nicknames that anchors have from us. Browsers
// keep many more that they met on their way.
func (s NSSStore) Load(listed []byte, anchors []Anchor, export func(nickname string) ([]byte, error)) (NSSStore, error) {
	ours := map[string]bool{}
	for _, a := range anchors {
		ours[a.Nickname()] = true
	}
	s.entries = nil
	for line := range strings.Lines(string(listed)) {
		m := nssLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil || m[2] == "SSL" || m[2] == "" && !ours[m[1]] {
			continue
		}
		text, err := export(m[1])
		if err != nil {
			return s, err
		}
		if block, _ := pem.Decode(text); block != nil {
			s.entries = append(s.entries, nssEntry{m[1], strings.Join(m[2:], ","), block.Bytes})
		}
	}
	return s, nil
}

// Standing finds an anchor under any nickname.
func (s NSSStore) Standing(a Anchor) Standing {
	var st Standing
	for _, e := range s.entries {
		if bytes.Equal(e.der, a.Raw) {
			st.Names = append(st.Names, e.nickname)
			st.Trusted = st.Trusted || missingFlags(e.flags, a.NSSTrust()) == ""
		}
	}
	return st
}

// missingFlags are those for servers that an entry lacks.
func missingFlags(has, wanted string) (missing string) {
	ssl, _, _ := strings.Cut(has, ",")
	wanted, _, _ = strings.Cut(wanted, ",")
	for _, flag := range wanted {
		if !strings.ContainsRune(ssl, flag) {
			missing += string(flag)
		}
	}
	return missing
}

// withFlags adds to the flags of an entry what it lacks; p alone would be distrust.
func withFlags(has, wanted string) string {
	ssl, rest, _ := strings.Cut(has, ",")
	return missingFlags(has, wanted) + strings.ReplaceAll(ssl, "p", "") + "," + rest
}

// Install adds anchors, or gives one that is there the flags that it lacks.
func (s NSSStore) Install(anchors []Anchor) []Step {
	var steps []Step
	if s.New {
		steps = []Step{{Args: []string{"mkdir", "-p", "-m", "0700", s.Path}}, {Args: s.certutil("-N", "--empty-password")}}
	}
	for _, a := range anchors {
		if e := s.entry(a); e != nil {
			steps = append(steps, Step{Args: s.certutil("-M", "-n", e.nickname, "-t", withFlags(e.flags, a.NSSTrust()))})
			continue
		}
		steps = append(steps, a.step(s.certutil("-A", "-n", a.Nickname(), "-t", a.NSSTrust(), "-a")...))
	}
	return steps
}

func (s NSSStore) entry(a Anchor) *nssEntry {
	for i, e := range s.entries {
		if bytes.Equal(e.der, a.Raw) {
			return &s.entries[i]
		}
	}
	return nil
}

// Remove deletes anchors, under whatever nickname.
func (s NSSStore) Remove(anchors []Anchor) []Step {
	var steps []Step
	for _, a := range anchors {
		for _, name := range s.Standing(a).Names {
			steps = append(steps, Step{Args: s.certutil("-D", "-n", name)})
		}
	}
	return steps
}
