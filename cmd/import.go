package cmd

import (
	"context"
	"crypto/x509"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

type importOptions struct {
	*globals
	files          []string
	alias          string
	roots          string
	noFetch        bool
	allowUntrusted bool
	allowNames     bool
}

func newImportCommand(g *globals) *cobra.Command {
	o := &importOptions{globals: g}
	c := &cobra.Command{
		Use:   "import FILE...",
		Short: "Take in a CA's reply",
		Long: `Takes what a CA sent, in PEM, DER, PKCS#7, PKCS#12 or a ZIP of these (- is standard
input), in any order and with whatever else is in it. The entry is found by its key.
The chain is put in order, completed from the other files and entries and, unless
--no-fetch is given, from where the certificates say that their issuer's is, and
verified to a root. The pending entry then gets it; a certificate that it replaces
is kept as ALIAS.old.

A reply that clients would refuse is refused here: expired, of a root that is not
trusted, for other names than were asked for, for another key.`,
		Example: `  gwtls import reply.p7b
  gwtls import gw.pem intermediate.pem --roots company-root.pem`,
		Args: operands(&o.files, 1, "the FILE that the CA sent"),
		RunE: action(o.run),
	}
	f := c.Flags()
	f.StringVar(&o.alias, "alias", "", "only for this entry")
	f.StringVar(&o.roots, "roots", "", "whom to trust: system, truststore or a `FILE` (default system, and the home's own root)")
	f.BoolVar(&o.noFetch, "no-fetch", false, "fetch no missing certificate over the network")
	f.BoolVar(&o.allowUntrusted, "allow-untrusted", false, "take a private root that is in the reply, once its fingerprint was shown")
	f.BoolVar(&o.allowNames, "allow-names", false, "take a certificate that lacks names that were asked for")
	return c
}

// reply is a certificate that fits an entry, and the chain found for it.
type reply struct {
	alias string
	leaf  *x509.Certificate
	chain []*x509.Certificate // without the root
	root  *x509.Certificate
}

func (o *importOptions) run(ctx context.Context) error {
	read, err := o.readReplies(ctx)
	if err != nil {
		return err
	}
	ref, err := o.globals.keystore()
	if err != nil {
		return err
	}
	ks, err := o.read(ctx, ref)
	if err != nil {
		return err
	}
	replies, err := o.match(ks, read)
	if err != nil {
		return err
	}
	helpers := append(slices.Clone(read), chainsOf(ks.Store)...)
	for _, r := range replies {
		if err := o.complete(ctx, r, ks.Store.Get(r.alias), helpers); err != nil {
			return err
		}
	}
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		ks = stores[0]
		for _, r := range replies {
			if err := r.put(ks); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return o.tell(ks, replies)
}

// chainsOf are all certificates of a store.
func chainsOf(s *keystore.Store) []*x509.Certificate {
	var all []*x509.Certificate
	for _, e := range s.Entries() {
		if chain, err := e.Chain(); err == nil {
			all = append(all, chain...)
		}
	}
	return all
}

// put gives an entry its new chain; what it had before is kept beside it.
func (r *reply) put(ks *opened) error {
	e := ks.Store.Get(r.alias)
	if e == nil || !keyIs(e, r.leaf) {
		return fail(codeConflict, "run the command again", "%s: entry %q was changed by somebody else", ks.Ref.path(), r.alias)
	}
	chain, err := e.Chain()
	if err == nil && len(chain) > 0 && !cert.IsPending(chain[0]) && !chain[0].Equal(r.leaf) {
		old := e.Clone()
		old.Alias = e.Alias + ".old"
		ks.Store.Put(old)
	}
	e.SetChain(r.chain)
	return nil
}

// tell shows the entries as they are now.
func (o *importOptions) tell(ks *opened, replies []*reply) error {
	type several struct {
		entryWritten
		Entries []entryJSON `json:"entries,omitempty"`
	}
	var v several
	for i, r := range replies {
		j := describeEntry(ks.Store.Get(r.alias))
		if i == 0 {
			root := cert.Describe(r.root)
			v.entryWritten = entryWritten{Entry: j, Keystore: ks.Ref.path(), Format: ks.Format, Root: &root}
		}
		if len(replies) > 1 {
			v.Entries = append(v.Entries, j)
		}
		v.Findings = append(v.Findings, o.remark(r.chain, r.root)...)
	}
	return o.print(v, func(w io.Writer) {
		for _, r := range replies {
			o.writeEntry(w, describeEntry(ks.Store.Get(r.alias)), ks.Ref.path())
		}
	})
}

// again is this command with more flags.
func (o *importOptions) again(flags ...string) string {
	words := append([]string{"import"}, o.files...)
	if o.alias != "" {
		words = append(words, "--alias", o.alias)
	}
	if o.roots != "" {
		words = append(words, "--roots", o.roots)
	}
	if o.noFetch {
		words = append(words, "--no-fetch")
	}
	if o.allowUntrusted {
		words = append(words, "--allow-untrusted")
	}
	if o.allowNames {
		words = append(words, "--allow-names")
	}
	return o.command(append(words, flags...)...)
}
