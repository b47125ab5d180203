package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/gwtls/gwtls/pkg/trust"
)

// carryOut runs the commands of each store, and looks whether they did what they
// should: some tools end well and have done nothing. What fails in one store does not
// keep another from being changed.
func (o *trustInstallOptions) carryOut(ctx context.Context, p *installPlan) {
	for _, s := range p.stores {
		if s.state != statePlanned {
			continue
		}
		err := o.runSteps(ctx, s.steps)
		switch wrong := o.wrong(ctx, s); {
		case wrong == nil && o.remove:
			s.state = stateRemoved
		case wrong == nil:
			s.state = stateInstalled
		case err != nil:
			s.state, s.err = stateFailed, err
		default:
			s.state, s.err = stateFailed, wrong
		}
	}
}

func (o *trustInstallOptions) runSteps(ctx context.Context, steps []trust.Step) error {
	for _, step := range steps {
		o.note("$ %s", commandLine(step))
		if _, err := o.execute(ctx, step.Args, step.Input); err != nil {
			return err
		}
	}
	return nil
}

// wrong says what is not as it should be, once the commands have run.
func (o *trustInstallOptions) wrong(ctx context.Context, s *plannedStore) error {
	store, err := s.open(ctx, s.todo)
	if err != nil {
		return err
	}
	for _, a := range s.todo {
		st := store.Standing(a)
		switch {
		case o.remove && len(st.Names) > 0:
			return fmt.Errorf("%s is there still, though the commands ended well", a.Subject())
		case !o.remove && !st.Trusted:
			return fmt.Errorf("%s is not trusted, though the commands ended well", a.Subject())
		}
	}
	return nil
}

// query runs a command that only looks.
func (o *trustInstallOptions) query(ctx context.Context, args []string) ([]byte, error) {
	return o.execute(ctx, args, nil)
}

// execute runs a program of this machine; where it fails, what it said is the error.
func (o *trustInstallOptions) execute(ctx context.Context, args []string, input []byte) ([]byte, error) {
	program, err := lookProgram(args[0])
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, program, args[1:]...)
	c.Stdin = bytes.NewReader(input)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		words := oneLine(said.String())
		if words == "" {
			words = oneLine(out.String()) // where keytool says what is wrong
		}
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(args[0]), err, words)
	}
	return out.Bytes(), nil
}
