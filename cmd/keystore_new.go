package cmd

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
)

type keystoreNewOptions struct{ *globals }

func newKeystoreNewCommand(g *globals) *cobra.Command {
	o := &keystoreNewOptions{globals: g}
	return &cobra.Command{
		Use:   "new [FILE]",
		Short: "Make an empty keystore",
		Long: `Makes an empty keystore: PKCS#12, or JKS or JCEKS by the extension of its name or by
--storetype. Without a password (--storepass, a .pw file beside it, GWTLS_STOREPASS) it
gets a random one in a .pw file. Other commands make the store they need by themselves.`,
		Example: `  gwtls keystore new partners.p12
  gwtls keystore new legacy.jks --storepass file:legacy.pass`,
		Args: storeOperand(g),
		RunE: action(o.run),
	}
}

func (o *keystoreNewOptions) run(ctx context.Context) error {
	ref, err := o.keystore()
	if err != nil {
		return err
	}
	var ks *opened
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		ks = stores[0]
		if ks.Existed {
			if !o.force {
				return fail(codeExists, "use --force to replace it, with all that is in it", "%s is there already", ref.path())
			}
			ks.Store = keystore.New()
			if ks.Format, err = o.newFormat(ref); err != nil {
				return err
			}
		}
		switch ks.Format {
		case keystore.PKCS12, keystore.JKS, keystore.JCEKS:
			return nil
		}
		return fail(codeUsage, "gwtls selfsign HOST --keystore "+shellQuoted(ref.path()), "%s: a store of type %s cannot be empty", ref.path(), ks.Format)
	})
	if err != nil {
		return err
	}
	o.warnOfPassword(ks)
	v := keystoreListed{Keystore: ref.path(), Format: ks.Format, Entries: []entryJSON{}}
	return o.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s, %s, empty\n", v.Keystore, formatNames[v.Format])
		if ks.generated {
			o.note("its password is in %s", ref.home.Path(secret.PasswordFile(ref.name)))
		}
	})
}
