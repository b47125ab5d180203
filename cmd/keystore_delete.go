package cmd

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

type keystoreDeleteOptions struct {
	*globals
	aliases []string
}

func newKeystoreDeleteCommand(g *globals) *cobra.Command {
	o := &keystoreDeleteOptions{globals: g}
	return &cobra.Command{
		Use:   "delete ALIAS...",
		Short: "Delete entries",
		Long: `Deletes entries, all or none of those that are named. A key that is in no other
store is gone.`,
		Example: `  gwtls keystore delete gw.example.com.old
  gwtls keystore delete old1 old2 --keystore legacy.jks`,
		Args: operands(&o.aliases, 1, "an ALIAS"),
		RunE: action(o.run),
	}
}

// keystoreDeleted is what was taken out.
type keystoreDeleted struct {
	Keystore string          `json:"keystore"`
	Format   keystore.Format `json:"format"`
	Deleted  []entryJSON     `json:"deleted"`
}

func (o *keystoreDeleteOptions) run(ctx context.Context) error {
	var v keystoreDeleted
	_, err := o.change(ctx, func(ks *opened) error {
		v = keystoreDeleted{Keystore: ks.Ref.path(), Format: ks.Format, Deleted: []entryJSON{}}
		for _, alias := range o.aliases {
			if _, err := o.entry(ks, alias); err != nil {
				return err
			}
		}
		for _, alias := range o.aliases {
			if e := ks.Store.Get(alias); e != nil { // not named twice
				v.Deleted = append(v.Deleted, describeEntry(e))
				ks.Store.Delete(alias)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return o.print(v, func(w io.Writer) {
		for _, e := range v.Deleted {
			fmt.Fprintf(plainWriter{w}, "%s is no longer in %s\n", e.Alias, v.Keystore)
		}
	})
}
