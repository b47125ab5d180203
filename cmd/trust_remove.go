package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

type trustRemoveOptions struct {
	*globals
	aliases []string
}

func newTrustRemoveCommand(g *globals) *cobra.Command {
	o := &trustRemoveOptions{globals: g}
	return &cobra.Command{
		Use:   "remove ALIAS...",
		Short: "Trust certificates no longer",
		Long: `Takes entries out of the truststore. A gateway that is running meets no back end by
them from then on; connections that stand go on.`,
		Example: `  gwtls trust remove mq1.example.com`,
		Args:    operands(&o.aliases, 1, "an ALIAS"),
		RunE:    action(o.run),
	}
}

// trustRemoved is what was taken out.
type trustRemoved struct {
	Truststore string          `json:"truststore"`
	Format     keystore.Format `json:"format"`
	Removed    []entryJSON     `json:"removed"`
}

func (o *trustRemoveOptions) run(ctx context.Context) error {
	if _, err := o.openTruststore(ctx); err != nil {
		return err
	}
	ref, err := o.truststore()
	if err != nil {
		return err
	}
	var (
		ts *opened
		v  trustRemoved
	)
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		ts = stores[0]
		v = trustRemoved{Truststore: ref.path(), Format: ts.Format, Removed: []entryJSON{}}
		entries, err := o.entriesOf(ts, o.aliases)
		if err != nil {
			return err
		}
		for _, e := range entries {
			v.Removed = append(v.Removed, describeEntry(e))
			ts.Store.Delete(e.Alias)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(ts.Store.Entries(), func(e *keystore.Entry) bool { return e.Kind == keystore.TrustedCert }) {
		o.warn("%s trusts nobody now, and no back end is met with TLS; delete the file to go by the system's roots", ref.path())
	}
	return o.print(v, func(w io.Writer) {
		for _, e := range v.Removed {
			fmt.Fprintf(plainWriter{w}, "%s is no longer in %s\n", e.Alias, v.Truststore)
		}
	})
}
