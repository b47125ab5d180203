package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/trust"
)

// storeStanding is a store as scripts read it.
type storeStanding struct {
	Client   string   `json:"client"`
	What     string   `json:"what"`
	Path     string   `json:"path"`
	State    string   `json:"state"`
	Follows  bool     `json:"follows_system,omitempty"`
	Commands []string `json:"commands"`
	Error    string   `json:"error,omitempty"`
}

type installJSON struct {
	Anchors []anchorJSON    `json:"anchors"`
	Stores  []storeStanding `json:"stores"`
}

func (p *installPlan) json() installJSON {
	v := installJSON{Anchors: []anchorJSON{}, Stores: []storeStanding{}}
	for _, a := range p.anchors {
		v.Anchors = append(v.Anchors, anchorJSON{a.Aliases, a.Single, a.Refusers(), cert.Describe(a.Certificate)})
	}
	for _, s := range p.stores {
		j := storeStanding{Client: s.client, What: s.what, Path: s.path, State: s.state, Follows: s.follows, Commands: []string{}}
		for _, step := range s.steps {
			j.Commands = append(j.Commands, commandLine(step))
		}
		if s.err != nil {
			j.Error = oneLine(s.err.Error())
		}
		v.Stores = append(v.Stores, j)
	}
	return v
}

// write shows what is trusted, by name and reach, and where.
func (p *installPlan) write(w io.Writer) {
	for _, a := range p.anchors {
		fmt.Fprintf(w, "%s\n", a.Subject())
		field(w, "of", strings.Join(a.Aliases, ", "))
		field(w, "vouches", reachOf(a))
		field(w, "SHA-256", a.Fingerprint())
	}
	for _, s := range p.stores {
		fmt.Fprintf(w, "%s: %s (%s)\n", s.client, s.path, s.what)
		fmt.Fprintf(w, "  %s\n", s.says(p.remove))
		if s.state == statePlanned {
			for _, step := range s.steps {
				fmt.Fprintf(w, "  $ %s\n", commandLine(step))
			}
		}
	}
}

// reachOf says for whom an anchor may vouch, which is what an owner lets in.
func reachOf(a trust.Anchor) string {
	limits := a.Limits()
	switch {
	case a.Single:
		return "for itself alone"
	case limits == "":
		return "for every server there is"
	}
	return "for " + limits
}

// says is how a store stands, in words.
func (s *plannedStore) says(remove bool) string {
	switch s.state {
	case statePresent:
		return "trusts it already"
	case stateAbsent:
		return "does not have it"
	case stateInstalled:
		return "trusts it now"
	case stateRemoved:
		return "has it no longer"
	case stateFailed:
		return "not done: " + oneLine(s.err.Error())
	}
	switch {
	case s.follows && !remove:
		return "will trust it, since it follows the whole machine"
	case remove:
		return "will have it no longer"
	}
	return "will trust it"
}

// commandLine shows a command as a shell takes it, in the folder of an export.
func commandLine(s trust.Step) string {
	var words []string
	for _, word := range s.Args {
		words = append(words, shellQuoted(word))
	}
	if s.From != "" {
		words = append(words, "<", shellQuoted(s.From))
	}
	return strings.Join(words, " ")
}
