package cmd

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

type trustShowOptions struct {
	*globals
	aliases []string
}

func newTrustShowCommand(g *globals) *cobra.Command {
	o := &trustShowOptions{globals: g}
	return &cobra.Command{
		Use:     "show ALIAS...",
		Short:   "Show a trusted certificate in full",
		Example: `  gwtls trust show mq1.example.com`,
		Args:    operands(&o.aliases, 1, "an ALIAS"),
		RunE:    action(o.run),
	}
}

// trustShown are entries of the truststore, with all that is to be said of them.
type trustShown struct {
	Truststore string          `json:"truststore"`
	Format     keystore.Format `json:"format"`
	Entries    []shownEntry    `json:"entries"`
}

type shownEntry struct {
	entryJSON
	Chain []certificateJSON `json:"chain"`
}

func (o *trustShowOptions) run(ctx context.Context) error {
	ts, err := o.openTruststore(ctx)
	if err != nil {
		return err
	}
	entries, err := o.entriesOf(ts, o.aliases)
	if err != nil {
		return err
	}
	v := trustShown{Truststore: ts.Ref.path(), Format: ts.Format}
	var items []item
	for _, e := range entries {
		i := describeItem(e)
		items = append(items, i)
		v.Entries = append(v.Entries, shownEntry{*i.Entry, i.chain})
	}
	return o.print(v, func(w io.Writer) {
		for _, i := range items {
			i.write(plainWriter{w}, o.env.Now())
		}
	})
}
