package cmd

import (
	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// rootAlias is the entry of the private root in ca.p12.
const rootAlias = "root"

func newCACommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "ca",
		Short: "The private CA of the home",
		Long: `The private CA of the home lives in ca.p12. selfsign makes it at its first use,
constrained to the names it is asked for; "ca init" makes it beforehand, with
what it may sign for chosen by you.`,
		Example: `  gwtls ca init --permit example.com,10.0.0.0/8`,
	}
	group(c, newCAInitCommand(g))
	return c
}

// authority opens the CA of a ca.p12; nil where there is none yet.
func authority(ca *opened) (*cert.Authority, error) {
	e := ca.Store.Get(rootAlias)
	if e == nil {
		return nil, nil
	}
	chain, err := e.Chain()
	if err != nil {
		return nil, err
	}
	key, err := e.PrivateKey()
	if err != nil {
		return nil, err
	}
	if len(chain) == 0 {
		return nil, fail(codeBadFormat, "", "%s: entry %q has no certificate", ca.Ref.path(), e.Alias)
	}
	return &cert.Authority{Key: key, Chain: chain}, nil
}

// putRoot makes a private root in a ca.p12.
func putRoot(ca *opened, kt cert.KeyType, r cert.RootRequest) (*cert.Authority, error) {
	key, err := kt.Generate()
	if err != nil {
		return nil, err
	}
	root, err := cert.NewRoot(r, key)
	if err != nil {
		return nil, err
	}
	e, err := keystore.NewPrivateKey(rootAlias, key, root.Chain, r.Now)
	if err != nil {
		return nil, err
	}
	ca.Store.Put(e)
	return root, nil
}
