package trust

import (
	"bytes"
	"errors"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// JavaStore is the file of roots that a Java goes by.
type JavaStore struct {
	Path    string
	Keytool string // that belongs to it

	entries []*keystore.Entry
}

// Load takes the content of the file. It is opened with the password that Java gives
// it, or without one, as newer ones have it.
func (s JavaStore) Load(data []byte) (JavaStore, error) {
	store, _, err := keystore.Decode(data, keystore.Passwords{Store: []byte(DefaultPassword)})
	if errors.Is(err, keystore.ErrPassword) {
		store, _, err = keystore.Decode(data, keystore.Passwords{})
	}
	if err != nil {
		return s, err
	}
	s.entries = nil
	for _, e := range store.Entries() {
		if e.Kind == keystore.TrustedCert && len(e.RawChain()) > 0 {
			s.entries = append(s.entries, e)
		}
	}
	return s, nil
}

// Standing finds an anchor under any alias.
func (s JavaStore) Standing(a Anchor) Standing {
	var st Standing
	for _, e := range s.entries {
		if bytes.Equal(e.RawChain()[0], a.Raw) {
			st.Names, st.Trusted = append(st.Names, e.Alias), true
		}
	}
	return st
}

// Install imports anchors.
func (s JavaStore) Install(anchors []Anchor) []Step {
	var steps []Step
	for _, a := range anchors {
		steps = append(steps, a.step(s.keytool("-importcert", "-noprompt", "-alias", a.Nickname())...))
	}
	return steps
}

// Remove deletes anchors, under whatever alias.
func (s JavaStore) Remove(anchors []Anchor) []Step {
	var steps []Step
	for _, a := range anchors {
		for _, alias := range s.Standing(a).Names {
			steps = append(steps, Step{Args: s.keytool("-delete", "-noprompt", "-alias", alias)})
		}
	}
	return steps
}

// keytool gives the password of Java itself openly, since everybody knows it.
func (s JavaStore) keytool(args ...string) []string {
	return append(append([]string{s.Keytool}, args...), "-keystore", s.Path, "-storepass", DefaultPassword)
}
