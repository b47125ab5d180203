package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

func newTrustCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "trust",
		Short: "Say whom the gateway trusts as a back end, and have this machine trust the gateway",
		Long: `add, list, show and remove keep the certificates of back ends, or of the CAs that
sign for them, in the truststore: the home's own, or another one named by --truststore.
A gateway that is running takes up a change by itself. Without a truststore the
system's roots hold; with one, it alone.

install and uninstall are for the other side: they have this machine's own programs
trust the gateway. For other machines there is gwtls trust-export.`,
		Example: `  gwtls trust add tls://mq1.example.com:61617
  gwtls trust list
  gwtls trust install --dry-run`,
	}
	group(c,
		newTrustAddCommand(g),
		newTrustListCommand(g),
		newTrustShowCommand(g),
		newTrustRemoveCommand(g),
		newTrustInstallCommand(g),
		newTrustUninstallCommand(g),
	)
	return c
}

// warnOfKeys tells of entries with a key in a truststore. Whoever made one there
// wanted to trust a server, which however does not have that key.
func (g *globals) warnOfKeys(o *opened) {
	for _, e := range o.Store.Entries() {
		if e.Kind != keystore.TrustedCert {
			g.warn("%s: entry %q holds a key and makes nothing trusted: a truststore takes certificates of others", o.Ref.path(), e.Alias)
		}
	}
}

// entriesOf finds entries by alias, each once.
func (g *globals) entriesOf(o *opened, aliases []string) ([]*keystore.Entry, error) {
	var found []*keystore.Entry
	seen := map[*keystore.Entry]bool{}
	for _, alias := range aliases {
		e := o.Store.Get(alias)
		if e == nil {
			return nil, fail(codeNotFound, g.command("trust", "list"), "%s: no entry %q; it has: %s", o.Ref.path(), alias, aliasesOf(o.Store))
		}
		if !seen[e] {
			found = append(found, e)
		}
		seen[e] = true
	}
	return found, nil
}

// aliasesOf lists entries for a person, as far as a line goes.
func aliasesOf(s *keystore.Store) string {
	const shown = 10
	var names []string
	for _, e := range s.Entries() {
		names = append(names, e.Alias)
	}
	switch {
	case len(names) == 0:
		return "no entry"
	case len(names) > shown:
		return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return strings.Join(names, ", ")
}
