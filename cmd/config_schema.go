package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/home"
)

type configSchemaOptions struct {
	*globals
	out string
}

func newConfigSchemaCommand(g *globals) *cobra.Command {
	o := &configSchemaOptions{globals: g}
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of gateway.yaml",
		Long: `Prints the JSON Schema (2020-12) of gateway.yaml: each key, what it means and what it
takes. Editors that know YAML complete and check by it, where a file's first line is
  # yaml-language-server: $schema=gateway.schema.json`,
		Example: `  gwtls config schema -o gateway.schema.json`,
		Args:    cobra.NoArgs,
		RunE:    action(o.run),
	}
	c.Flags().StringVarP(&o.out, "out", "o", "-", "where to, - being standard output (`PATH`)")
	return c
}

func (o *configSchemaOptions) run(context.Context) error {
	schema, err := config.Schema()
	if err != nil {
		return err
	}
	return o.writeFile(o.out, schema, home.Public)
}
