package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

type keystoreImportOptions struct {
	*globals
	operands []string // STORE, and the aliases that are wanted
	renames  []string
	fromPass string
}

func newKeystoreImportCommand(g *globals) *cobra.Command {
	o := &keystoreImportOptions{globals: g}
	c := &cobra.Command{
		Use:   "import STORE [ALIAS...]",
		Short: "Take entries over from another store",
		Long: `Takes over the entries of another store of any format, all of them or those that are
named, with their keys, chains and dates. An alias that is there already is refused, with
all others; --rename gives it another name, and --force replaces what stands.

The other store's password comes from --from-pass, its .pw file, GWTLS_STOREPASS or the
prompt. Keys with a password of their own need --keypass; they keep it in JKS and JCEKS,
and get the store's in PKCS#12, where most programs take only one.`,
		Example: `  gwtls keystore import old.jks
  gwtls keystore import partner.p12 gw --rename gw=gw.example.com --from-pass file:partner.pass`,
		Args: operands(&o.operands, 1, "a STORE"),
		RunE: action(o.run),
	}
	f := c.Flags()
	f.StringArrayVar(&o.renames, "rename", nil, "take an entry over under another alias (`OLD=NEW`)")
	f.StringVar(&o.fromPass, "from-pass", "", "where the other store's password is (`SRC`)")
	return c
}

// keystoreImported is what was taken over.
type keystoreImported struct {
	Keystore string          `json:"keystore"`
	Format   keystore.Format `json:"format"`
	From     string          `json:"from"`
	Entries  []entryJSON     `json:"entries"`
}

func (o *keystoreImportOptions) run(ctx context.Context) error {
	renames, err := o.names()
	if err != nil {
		return err
	}
	from, err := o.readOther(ctx)
	if err != nil {
		return err
	}
	entries, err := o.chosen(from, renames)
	if err != nil {
		return err
	}
	ref, err := o.keystore()
	if err != nil {
		return err
	}
	var v keystoreImported
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		v = keystoreImported{Keystore: ref.path(), Format: stores[0].Format, From: from.Ref.path(), Entries: []entryJSON{}}
		return o.merge(stores[0], from, entries, renames, &v)
	})
	if err != nil {
		return err
	}
	return o.print(v, func(w io.Writer) {
		for _, e := range v.Entries {
			fmt.Fprintf(plainWriter{w}, "%s (%s) from %s is in %s\n", e.Alias, e.Kind, v.From, v.Keystore)
		}
		if len(v.Entries) == 0 {
			o.note("%s: no entries", v.From)
		}
	})
}

// names reads --rename OLD=NEW.
func (o *keystoreImportOptions) names() (map[string]string, error) {
	renames := map[string]string{}
	for _, r := range o.renames {
		old, alias, ok := strings.Cut(r, "=")
		if !ok || old == "" || alias == "" {
			return nil, fail(codeUsage, "gwtls keystore import --help", "--rename %q is not OLD=NEW", r)
		}
		renames[strings.ToLower(old)] = alias
	}
	return renames, nil
}

// readOther opens the other store; --storepass is not meant for it.
func (o *keystoreImportOptions) readOther(ctx context.Context) (*opened, error) {
	other := *o.globals
	other.storepassSource = o.fromPass
	ref, err := other.store(o.operands[0], "")
	if err != nil {
		return nil, err
	}
	from, err := other.read(ctx, ref)
	o.warnings = other.warnings
	return from, err
}

// chosen are the entries that are wanted, each with a key that opens.
func (o *keystoreImportOptions) chosen(from *opened, renames map[string]string) ([]*keystore.Entry, error) {
	entries := from.Store.Entries()
	if len(o.operands) > 1 {
		entries = nil
		for _, alias := range o.operands[1:] {
			e, err := o.entryOf(from, alias)
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
	}
	for old := range renames {
		if _, err := o.entryOf(from, old); err != nil {
			return nil, err
		}
	}
	if len(entries) > 8 {
		from.Store.OpenKeys() // what does not open is asked for, one by one
	}
	for _, e := range entries {
		if _, err := o.unlock(from, e); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (o *keystoreImportOptions) entryOf(from *opened, alias string) (*keystore.Entry, error) {
	if e := from.Store.Get(alias); e != nil {
		return e, nil
	}
	return nil, fail(codeNotFound, "gwtls keystore list "+shellQuoted(from.Ref.path()),
		"%s: no entry %q; it has: %s", from.Ref.path(), alias, aliasesOf(from.Store))
}

// merge puts copies of the entries into the keystore, all of them or none.
func (o *keystoreImportOptions) merge(ks, from *opened, entries []*keystore.Entry, renames map[string]string, v *keystoreImported) error {
	var taken []string
	var copies []*keystore.Entry
	for _, e := range entries {
		c := e.Clone()
		if alias, ok := renames[strings.ToLower(e.Alias)]; ok {
			c.Alias = strings.ToLower(alias)
		}
		if other := ks.Store.Get(c.Alias); other != nil {
			taken = append(taken, other.Alias)
		}
		copies = append(copies, c)
	}
	if len(taken) > 0 && !o.force {
		return fail(codeExists, "take it over under another alias, --rename "+shellQuoted(taken[0]+"=NEW")+", or replace what stands, --force",
			"%s has already: %s", ks.Ref.path(), strings.Join(taken, ", "))
	}
	for i, c := range copies {
		if err := o.sealFor(ks, from, entries[i], c); err != nil {
			return err
		}
		ks.Store.Put(c)
		v.Entries = append(v.Entries, describeEntry(c))
	}
	return nil
}

// sealFor says with which password the copy of a key is written.
func (o *keystoreImportOptions) sealFor(ks, from *opened, e, c *keystore.Entry) error {
	if e.Kind == keystore.TrustedCert {
		return nil
	}
	own, err := o.unlock(from, e)
	if err != nil {
		return err
	}
	if own && (ks.Format == keystore.JKS || ks.Format == keystore.JCEKS) {
		return c.SetKeyPassword(e.KeyPassword())
	}
	if from.Format == ks.Format && bytes.Equal(from.password.Reveal(), ks.password.Reveal()) {
		return nil // it is written as it stands
	}
	return c.SetKeyPassword(ks.password.Reveal())
}
