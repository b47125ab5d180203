package cmd

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/gwtls/gwtls/pkg/trust"
)

// How a store of the machine stands, for people and scripts.
const (
	statePresent   = "present"   // it trusts the anchors already
	stateAbsent    = "absent"    // it does not know them anyway
	statePlanned   = "planned"   // its commands were not run
	stateInstalled = "installed" // it trusts them now
	stateRemoved   = "removed"   // it does no longer
	stateFailed    = "failed"
)

// installPlan is what is to be done, and later what came of it.
type installPlan struct {
	remove  bool
	anchors []trust.Anchor
	stores  []*plannedStore
}

type plannedStore struct {
	place
	todo  []trust.Anchor
	steps []trust.Step
	state string
	err   error
}

// plan looks at each store and decides what is to be done with it.
func (o *trustInstallOptions) plan(ctx context.Context, places []place, anchors []trust.Anchor) *installPlan {
	p := &installPlan{remove: o.remove, anchors: anchors}
	for _, where := range places {
		s := &plannedStore{place: where}
		p.stores = append(p.stores, s)
		store, err := s.open(ctx, anchors)
		if err != nil {
			s.state, s.err = stateFailed, err
			continue
		}
		s.todo = o.todo(s, store, anchors)
		switch {
		case len(s.todo) == 0 && o.remove:
			s.state = stateAbsent
		case len(s.todo) == 0:
			s.state = statePresent
		case o.remove:
			s.state, s.steps = statePlanned, store.Remove(s.todo)
		default:
			if !s.follows || !p.changesSystem() {
				s.steps = store.Install(s.todo)
			}
			s.state = statePlanned
		}
		o.elevate(s)
	}
	return p
}

// todo are the anchors that a store does not have as it should.
func (o *trustInstallOptions) todo(s *plannedStore, store trustStore, anchors []trust.Anchor) (todo []trust.Anchor) {
	for _, a := range anchors {
		st := store.Standing(a)
		switch {
		case !o.remove && !st.Trusted, o.remove && len(st.Names) > 0:
			todo = append(todo, a)
		case o.remove && st.Trusted:
			o.warn("%s trusts %s by a list of its own, which is left alone", s.path, a.Subject())
		}
	}
	return todo
}

// elevate has the administrator's commands run by sudo, where it is not the
// administrator who runs us.
func (o *trustInstallOptions) elevate(s *plannedStore) {
	if !s.admin || len(s.steps) == 0 || os.Geteuid() <= 0 { // -1: there is no such thing here
		return
	}
	if _, err := lookProgram("sudo"); err != nil {
		s.state, s.err = stateFailed, errors.New("only root may change it, and there is no sudo")
		return
	}
	for i, step := range s.steps {
		s.steps[i].Args = append([]string{"sudo"}, step.Args...)
	}
}

// changesSystem says whether the system's store is changed, which others are made from.
func (p *installPlan) changesSystem() bool {
	return slices.ContainsFunc(p.stores, func(s *plannedStore) bool { return s.system && s.state == statePlanned })
}

func (p *installPlan) changes() bool {
	return slices.ContainsFunc(p.stores, func(s *plannedStore) bool { return s.state == statePlanned })
}
