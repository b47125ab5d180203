package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
)

type configImportOptions struct {
	*globals
	files []string
	out   string
}

func newConfigImportCommand(g *globals) *cobra.Command {
	o := &configImportOptions{globals: g}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a configuration of a gateway-config.xml",
		Long: `Reads the gateway-config.xml of a KAAZING gateway (of 2014/09 onwards) once and offline,
and writes a gateway.yaml that does the same, as far as there is an equal for it. A
report on standard error says of each element that was dropped or changed why, and
what to do. The keystores stay where they are and as they are, JKS and JCEKS too.`,
		Example: `  gwtls config import /opt/gateway/conf/gateway-config.xml
  gwtls config import gateway-config.xml -o gateway.yaml --json`,
		Args: operands(&o.files, 1, "a FILE"),
		RunE: action(o.run),
	}
	c.Flags().StringVarP(&o.out, "out", "o", "", "where to, - being standard output (`PATH`; default: gateway.yaml in the home)")
	return c
}

// configImportResult is an import as scripts read it.
type configImportResult struct {
	Config   string   `json:"config"` // its path
	Findings findings `json:"findings"`
	YAML     string   `json:"yaml"`
}

func (o *configImportOptions) run(ctx context.Context) error {
	if len(o.files) > 1 {
		return fail(codeUsage, "gwtls config import --help", "gwtls config import reads one file, not %d", len(o.files))
	}
	file := o.files[0]
	data, err := o.readBounded(file)
	if err != nil {
		return err
	}
	result, err := o.result()
	if err != nil {
		return err
	}
	xml := config.XML{File: file, Folder: o.folder(file, result), Result: result, Getenv: o.env.Getenv}
	imported, err := xml.Import(data)
	switch {
	case errors.Is(err, config.ErrNoGatewayConfig):
		return fail(codeBadFormat, "name the gateway-config.xml in the old gateway's conf folder", "%w", err)
	case err != nil:
		return fail(codeBadFormat, "mend the file, or take out what is in the way", "%w", err)
	}
	r := configImportResult{Config: result, Findings: append(findings{}, imported.Findings...), YAML: string(imported.YAML)}
	if o.out != "-" || !o.json { // under --json standard output is one JSON value, which holds the text
		if _, err := o.writeConfig(ctx, o.out, imported.YAML); err != nil {
			return err
		}
	}
	o.report(r.Findings)
	if o.out == "-" && !o.json {
		return nil
	}
	return o.print(r, func(w io.Writer) { fmt.Fprintln(w, r.Config) })
}

// result is where the new configuration goes.
func (o *configImportOptions) result() (string, error) {
	if o.out != "" {
		return o.out, nil
	}
	ref, err := o.homeStore("gateway.yaml")
	if err != nil {
		return "", err
	}
	return ref.path(), nil
}

// folder is how the new configuration names the folder of the old one: not at all
// where both lie together.
func (o *configImportOptions) folder(file, result string) string {
	if file == "-" {
		return ""
	}
	old, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return filepath.ToSlash(filepath.Dir(file))
	}
	if beside, err := filepath.Abs(filepath.Dir(result)); err == nil && beside == old && result != "-" {
		return ""
	}
	return filepath.ToSlash(old)
}

// report says what became of each element: what needs somebody even under --quiet.
func (o *configImportOptions) report(list findings) {
	for _, f := range list {
		if o.json || o.quiet && f.Severity == cert.Info {
			continue
		}
		fmt.Fprintf(o.env.Err, "%s: %s: %s\n", f.Severity, f.Where, f.What)
		if f.Fix != "" {
			fmt.Fprintf(o.env.Err, "  fix: %s\n", f.Fix)
		}
	}
}
