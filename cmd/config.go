package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/templates"
)

func newConfigCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Write, check and show gateway.yaml, what the gateway does",
		Long: `gateway.yaml says what "gwtls serve" does: services, each with the URLs it accepts
at and what is behind them. Without a FILE, check and show look at the home's.`,
		Example: `  gwtls config new --host gw.example.com
  gwtls config check
  gwtls config import /opt/gateway/conf/gateway-config.xml`,
	}
	group(c,
		newConfigNewCommand(g),
		newConfigCheckCommand(g),
		newConfigShowCommand(g),
		newConfigSchemaCommand(g),
		newConfigImportCommand(g),
	)
	return c
}

// configOperand lets a verb take the configuration to look at as its operand.
func configOperand(into *string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fail(codeUsage, c.CommandPath()+" --help", "%s looks at one file, not %d", c.CommandPath(), len(args))
		}
		if len(args) == 1 {
			*into = args[0]
		}
		return nil
	}
}

// configText reads a configuration, that of the home where file is "", and says where
// it is. Without any it is the one that comes with gwtls.
func (g *globals) configText(ctx context.Context, file string) (path string, text []byte, err error) {
	ref, err := g.store(file, "gateway.yaml")
	if err != nil {
		return "", nil, err
	}
	path = ref.path()
	blob, err := ref.home.Read(ctx, ref.name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && file == "":
		g.note("there is no %s; this comes with gwtls", path)
		text, err = fs.ReadFile(templates.Default, "default/gateway.yaml")
		return "gateway.yaml", text, err
	case errors.Is(err, fs.ErrNotExist):
		return path, nil, fail(codeNotFound, "check the name", "no configuration at %s: %w", path, fs.ErrNotExist)
	case err != nil:
		return path, nil, fmt.Errorf("%s: %w", path, err)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path, blob.Data, nil
}

// writeConfig writes a configuration to out, or into the home where that is "", and
// says where it is now. What stands is replaced only under --force.
func (g *globals) writeConfig(ctx context.Context, out string, text []byte) (path string, err error) {
	if out != "" {
		return out, g.writeFile(out, text, home.Public)
	}
	ref, err := g.homeStore("gateway.yaml")
	if err != nil {
		return "", err
	}
	return ref.path(), ref.home.Update(ctx, func(tx home.Tx) error {
		_, err := tx.Read(ref.name)
		if err == nil && !g.force {
			err = fmt.Errorf("write %s: %w", ref.path(), fs.ErrExist)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		tx.Write(ref.name, text, home.Public)
		return nil
	})
}
