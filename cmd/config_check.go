package cmd

import (
	"github.com/spf13/cobra"

	tlsidentity "github.com/gwtls/gwtls/pkg/identity"
)

func newConfigCheckCommand(g *globals) *cobra.Command {
	o := &serveOptions{globals: g, check: true, tickets: tlsidentity.NewTickets()}
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Say all that is wrong with a configuration",
		Long: `Says every fault of a configuration at once, each with its line and column and the
nearest valid word, and what the gateway would lack to serve by it: certificates,
stores, folders. Exit code 3 where there is a fault. It is what "gwtls serve --check"
says, and what keeps "gwtls serve" from starting.`,
		Example: `  gwtls config check
  gwtls config check gateway.yaml --strict --json`,
		Args: configOperand(&o.config),
		RunE: action(o.runCheck),
	}
	c.Flags().BoolVar(&o.strict, "strict", false, "warnings are faults too")
	return c
}
