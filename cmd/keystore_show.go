package cmd

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

type keystoreShowOptions struct {
	*globals
	alias []string
}

func newKeystoreShowCommand(g *globals) *cobra.Command {
	o := &keystoreShowOptions{globals: g}
	return &cobra.Command{
		Use:   "show ALIAS",
		Short: "Show an entry in full, with all of its chain",
		Example: `  gwtls keystore show gw.example.com
  gwtls keystore show gw --keystore old.jks --json`,
		Args: exactly(1, &o.alias, "one ALIAS"),
		RunE: action(o.run),
	}
}

// exactly is operands for a command that takes neither more nor less than n.
func exactly(n int, into *[]string, what string) cobra.PositionalArgs {
	atLeast := operands(into, n, what)
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return fail(codeUsage, c.CommandPath()+" --help", "%s takes %s, not %d operands", c.CommandPath(), what, len(args))
		}
		return atLeast(c, args)
	}
}

// keystoreShown is an entry with all that is to be said of its certificates.
type keystoreShown struct {
	Entry    shownEntry      `json:"entry"`
	Keystore string          `json:"keystore"`
	Format   keystore.Format `json:"format"`
}

func (o *keystoreShowOptions) run(ctx context.Context) error {
	ref, err := o.keystore()
	if err != nil {
		return err
	}
	ks, err := o.list(ctx, ref)
	if err != nil {
		return err
	}
	e, err := o.entry(ks, o.alias[0])
	if err != nil {
		return err
	}
	i := describeItem(e)
	v := keystoreShown{Entry: shownEntry{*i.Entry, i.chain}, Keystore: ref.path(), Format: ks.Format}
	return o.print(v, func(w io.Writer) { i.write(plainWriter{w}, o.env.Now()) })
}
