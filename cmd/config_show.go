package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/config"
)

type configShowOptions struct {
	*globals
	file string
}

func newConfigShowCommand(g *globals) *cobra.Command {
	o := &configShowOptions{globals: g}
	return &cobra.Command{
		Use:   "show [FILE]",
		Short: "Print a configuration as it is carried out",
		Long: `Prints a configuration with its defaults filled in and each ${} replaced, as YAML
(or JSON) that means the same wherever it lies. Passwords are not in it.`,
		Example: `  gwtls config show
  gwtls config show gateway.yaml --json`,
		Args: configOperand(&o.file),
		RunE: action(o.run),
	}
}

func (o *configShowOptions) run(ctx context.Context) error {
	path, text, err := o.configText(ctx, o.file)
	if err != nil {
		return err
	}
	source := config.Source{File: path, Getenv: o.env.Getenv}
	c, err := source.Draft(text)
	if err != nil {
		return fail(codeConfig, o.checkCommand(), "%w", err)
	}
	if _, err := source.Parse(text); err != nil {
		o.warn("%d keys are shown that this version does not carry out: %s", len(config.Faults(err)), o.checkCommand())
	}
	if err := o.fillIn(ctx, c); err != nil {
		return err
	}
	shown, err := c.YAML()
	if err != nil {
		return err
	}
	return o.print(c, func(w io.Writer) { w.Write(shown) })
}

func (o *configShowOptions) checkCommand() string {
	words := []string{"config", "check"}
	if o.file != "" {
		words = append(words, o.file)
	}
	return o.command(words...)
}

// fillIn adds the defaults that are not the file's own: the stores of the home that
// are there, and how large messages may be.
func (o *configShowOptions) fillIn(ctx context.Context, c *config.Config) error {
	for _, store := range []struct {
		named **config.Store
		find  func() (storeRef, error)
	}{
		{&c.Keystore, o.keystore},
		{&c.Truststore, o.truststore},
	} {
		if *store.named != nil {
			continue
		}
		ref, err := store.find()
		if err != nil {
			return err
		}
		switch _, err := ref.home.Read(ctx, ref.name); {
		case err == nil:
			*store.named = &config.Store{File: real(ref.path())}
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s: %w", ref.path(), err)
		}
	}
	for i := range c.Services {
		s := &c.Services[i]
		ws := &s.AcceptOptions.WS
		if ws.MaximumMessageSize == nil && slices.ContainsFunc(s.Accept, func(u config.URL) bool { return u.Scheme == "ws" || u.Scheme == "wss" }) {
			ws.MaximumMessageSize = new(config.Size)
			if s.Type == config.TypeEcho || s.Type == config.TypeBroadcast {
				*ws.MaximumMessageSize = echoLimit
			}
		}
	}
	return nil
}
