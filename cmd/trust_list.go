package cmd

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

type trustListOptions struct{ keystoreListOptions }

func newTrustListCommand(g *globals) *cobra.Command {
	o := &trustListOptions{keystoreListOptions{globals: g}}
	c := &cobra.Command{
		Use:   "list",
		Short: "List whom the gateway trusts",
		Long: `Lists the entries of the truststore: alias, kind, subject, expiry, key, fingerprint.
An entry with a key makes nothing trusted, and is warned of.`,
		Example: `  gwtls trust list
  gwtls trust list --expires-within 30d`,
		Args: cobra.NoArgs,
		RunE: action(o.run),
	}
	c.Flags().Var(&o.expiresWithin, "expires-within", "only certificates that expire within this time, such as 30d (`TIME`)")
	return c
}

// trustListed is the truststore as scripts read it.
type trustListed struct {
	Truststore string          `json:"truststore"`
	Format     keystore.Format `json:"format"`
	Entries    []entryJSON     `json:"entries"`
}

func (o *trustListOptions) run(ctx context.Context) error {
	ts, err := o.openTruststore(ctx)
	if err != nil {
		return err
	}
	entries := ts.Store.Entries()
	if o.expiresWithin > 0 {
		entries = o.expiring(entries)
	}
	o.warnOfKeys(ts)
	v := trustListed{Truststore: ts.Ref.path(), Format: ts.Format, Entries: []entryJSON{}}
	for _, e := range entries {
		v.Entries = append(v.Entries, describeEntry(e))
	}
	return o.print(v, func(w io.Writer) { o.table(plainWriter{w}, ts.Ref.path(), entries) })
}

// openTruststore opens the truststore to look at.
func (g *globals) openTruststore(ctx context.Context) (*opened, error) {
	ref, err := g.truststore()
	if err != nil {
		return nil, err
	}
	ts, err := g.list(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(codeNotFound, g.command("trust", "add", "tls://HOST:PORT"), "no truststore at %s: the system's roots hold", ref.path())
	}
	return ts, err
}
