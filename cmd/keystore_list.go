package cmd

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

type keystoreListOptions struct {
	*globals
	expiresWithin period
}

func newKeystoreListCommand(g *globals) *cobra.Command {
	o := &keystoreListOptions{globals: g}
	c := &cobra.Command{
		Use:   "list [FILE]",
		Short: "List the entries of a keystore",
		Long: `Lists the entries of the keystore, in the order of the file: alias, kind, subject,
expiry, key, fingerprint. No key is opened for it, and a JKS or JCEKS store is
listed without its password, unverified.`,
		Example: `  gwtls keystore list
  gwtls keystore list old.jks --json
  gwtls keystore list --expires-within 30d`,
		Args: storeOperand(g),
		RunE: action(o.run),
	}
	c.Flags().Var(&o.expiresWithin, "expires-within", "only entries with a certificate that expires within this time, such as 30d (`TIME`)")
	return c
}

// keystoreListed is the store as scripts read it.
type keystoreListed struct {
	Keystore string          `json:"keystore"`
	Format   keystore.Format `json:"format"`
	Entries  []entryJSON     `json:"entries"`
}

func (o *keystoreListOptions) run(ctx context.Context) error {
	ref, err := o.keystore()
	if err != nil {
		return err
	}
	store, err := o.list(ctx, ref)
	if err != nil {
		return err
	}
	entries := store.Store.Entries()
	if o.expiresWithin > 0 {
		entries = o.expiring(entries)
	}
	v := keystoreListed{Keystore: ref.path(), Format: store.Format, Entries: []entryJSON{}}
	if o.json {
		for _, e := range entries {
			v.Entries = append(v.Entries, describeEntry(e))
		}
	}
	return o.print(v, func(w io.Writer) { o.table(w, ref.path(), entries) })
}

// expiring keeps the entries of which a certificate ends, or has ended, within the time.
func (o *keystoreListOptions) expiring(entries []*keystore.Entry) (kept []*keystore.Entry) {
	limit := o.env.Now().Add(time.Duration(o.expiresWithin))
	for _, e := range entries {
		chain, err := e.Chain()
		if err != nil {
			o.warn("%v", err)
			continue
		}
		for _, c := range chain {
			if c.NotAfter.Before(limit) {
				kept = append(kept, e)
				break
			}
		}
	}
	return kept
}

func (o *keystoreListOptions) table(w io.Writer, path string, entries []*keystore.Entry) {
	if len(entries) == 0 {
		o.note("%s: no entries", path)
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "ALIAS\tKIND\tSUBJECT\tEXPIRES\tKEY\tSHA-256")
	for _, e := range entries {
		kind := string(e.Kind)
		leaf, err := e.Leaf()
		switch {
		case err != nil:
			fmt.Fprintf(table, "%s\t%s\t%v\t\t\t\n", e.Alias, kind, err)
			continue
		case leaf == nil:
			fmt.Fprintf(table, "%s\t%s\t(no certificate)\t\t\t\n", e.Alias, kind)
			continue
		case e.Kind == keystore.PrivateKey && cert.IsPending(leaf):
			kind += " (pending)"
		}
		expires := leaf.NotAfter.UTC().Format(time.RFC3339)
		if leaf.NotAfter.Before(o.env.Now()) {
			expires += " (expired)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
			e.Alias, kind, cert.Name(leaf), expires, cert.KeyOf(leaf.PublicKey), cert.Fingerprint(leaf.Raw))
	}
}
