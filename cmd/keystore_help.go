package cmd

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

type keystoreHelpOptions struct {
	*globals
	topic []string
}

func newKeystoreHelpCommand(g *globals) *cobra.Command {
	o := &keystoreHelpOptions{globals: g}
	return &cobra.Command{
		Use:       "help keytool",
		Short:     "For each verb of keytool the line of gwtls that does it",
		Example:   `  gwtls keystore help keytool`,
		ValidArgs: []string{"keytool"},
		Args:      exactly(1, &o.topic, "the topic keytool"),
		RunE:      action(o.run),
	}
}

// keytoolLine is a verb of keytool and what to type instead.
type keytoolLine struct {
	Keytool string `json:"keytool"`
	Gwtls   string `json:"gwtls"`
}

var keytoolLines = []keytoolLine{
	{"-genkeypair", "gwtls selfsign HOST"},
	{"-genkeypair -signer", "gwtls ca issue HOST"},
	{"-certreq", "gwtls csr HOST"},
	{"-gencert", "gwtls ca sign FILE.csr"},
	{"-importcert (a CA's reply)", "gwtls import FILE..."},
	{"-importcert (to trust)", "gwtls trust add FILE"},
	{"-exportcert", "gwtls keystore export ALIAS -o FILE.pem"},
	{"-list", "gwtls keystore list"},
	{"-list -v -alias", "gwtls keystore show ALIAS"},
	{"-importkeystore (all)", "gwtls keystore import STORE"},
	{"-importkeystore (one)", "gwtls keystore import STORE ALIAS --rename ALIAS=NEW"},
	{"-importkeystore (a new file)", "gwtls keystore convert IN OUT"},
	{"-importpass, -genseckey", "(none: secret keys are kept, listed and converted)"},
	{"-delete", "gwtls keystore delete ALIAS"},
	{"-changealias", "gwtls keystore rename OLD NEW"},
	{"-storepasswd", "gwtls keystore passwd --new-pass prompt"},
	{"-keypasswd", "gwtls keystore passwd ALIAS --new-pass prompt"},
	{"-printcert, -printcertreq, -printcrl", "gwtls inspect FILE"},
	{"-printcert -sslserver", "gwtls inspect tls://HOST:PORT"},
	{"-gencrl", "gwtls ca crl"},
	{"-storepass TEXT", "--storepass file:PATH, env:NAME, fd:N, stdin or prompt"},
	{"-keystore, -storetype", "--keystore FILE, --storetype T"},
}

func (o *keystoreHelpOptions) run(context.Context) error {
	if o.topic[0] != "keytool" {
		return fail(codeUsage, "gwtls keystore help keytool", "no help on %q", o.topic[0])
	}
	return o.print(keytoolLines, func(w io.Writer) {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		defer table.Flush()
		fmt.Fprintln(table, "KEYTOOL\tGWTLS")
		for _, l := range keytoolLines {
			fmt.Fprintf(table, "%s\t%s\n", l.Keytool, l.Gwtls)
		}
	})
}
