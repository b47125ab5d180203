package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

type keystoreRenameOptions struct {
	*globals
	names []string
}

func newKeystoreRenameCommand(g *globals) *cobra.Command {
	o := &keystoreRenameOptions{globals: g}
	return &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "Give an entry another alias",
		Long: `Gives an entry another alias. It is written in lower case, for keytool does not find
another one in a JKS store.`,
		Example: `  gwtls keystore rename gw gw.example.com`,
		Args:    exactly(2, &o.names, "OLD and NEW"),
		RunE:    action(o.run),
	}
}

// keystoreChanged is an entry that was changed.
type keystoreChanged struct {
	Entry    entryJSON       `json:"entry"`
	Keystore string          `json:"keystore"`
	Format   keystore.Format `json:"format"`
}

func (o *keystoreRenameOptions) run(ctx context.Context) error {
	from, to := o.names[0], o.names[1]
	if strings.TrimSpace(to) == "" {
		return fail(codeUsage, "gwtls keystore rename --help", "an alias cannot be empty")
	}
	var v keystoreChanged
	_, err := o.change(ctx, func(ks *opened) error {
		e, err := o.entry(ks, from)
		if err != nil {
			return err
		}
		if other := ks.Store.Get(to); other != nil && other != e {
			if !o.force {
				return fail(codeExists, o.command("keystore", "rename", from, to, "--force"), "%s has an entry %q already", ks.Ref.path(), other.Alias)
			}
			ks.Store.Delete(to)
		}
		if err := ks.Store.Rename(from, to); err != nil {
			return err
		}
		v = keystoreChanged{describeEntry(e), ks.Ref.path(), ks.Format}
		return nil
	})
	if err != nil {
		return err
	}
	return o.print(v, func(w io.Writer) {
		fmt.Fprintf(plainWriter{w}, "%s is now %s in %s\n", from, v.Entry.Alias, v.Keystore)
	})
}
