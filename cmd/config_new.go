package cmd

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/templates"
)

type configNewOptions struct {
	*globals
	example, host, out string
}

func newConfigNewCommand(g *globals) *cobra.Command {
	o := &configNewOptions{globals: g}
	var cases strings.Builder
	for _, name := range examples() {
		fmt.Fprintf(&cases, "\n  %-16s %s", name, purpose(name))
	}
	c := &cobra.Command{
		Use:   "new",
		Short: "Write a new configuration",
		Long:  "Writes a short configuration with comments, for the case that is asked for:\n" + cases.String(),
		Example: `  gwtls config new --example orders-over-wss --host gw.example.com
  gwtls config new --example website -o gateway.yaml`,
		Args: cobra.NoArgs,
		RunE: action(o.run),
	}
	f := c.Flags()
	f.StringVar(&o.example, "example", "wss-to-tcp", "which case (`NAME`)")
	f.StringVar(&o.host, "host", "", "the name that clients have for the gateway (`HOST`)")
	f.StringVarP(&o.out, "out", "o", "", "where to, - being standard output (`PATH`; default: gateway.yaml in the home)")
	return c
}

// configNewResult is a new configuration as scripts read it.
type configNewResult struct {
	Config  string `json:"config"` // its path
	Example string `json:"example"`
	YAML    string `json:"yaml"`
}

func (o *configNewOptions) run(ctx context.Context) error {
	text, err := o.text()
	if err != nil {
		return err
	}
	r := configNewResult{Config: o.out, Example: o.example, YAML: string(text)}
	if o.out != "-" || !o.json { // under --json standard output is one JSON value, which holds the text
		if r.Config, err = o.writeConfig(ctx, o.out, text); err != nil {
			return err
		}
	}
	if o.out == "-" && !o.json {
		return nil
	}
	words := []string{"config", "check"}
	if o.out != "" {
		words = append(words, o.out)
	}
	o.note("%s", purpose(o.example))
	o.note("edit it, and then: %s", o.command(words...))
	return o.print(r, func(w io.Writer) { fmt.Fprintln(w, r.Config) })
}

var hostProperty = regexp.MustCompile(`(properties: \{ host: )([^ ,]+)`)

// text is the example, for the host that is named.
func (o *configNewOptions) text() ([]byte, error) {
	text, err := fs.ReadFile(templates.Config, "config/"+o.example+".yaml")
	if err != nil {
		return nil, fail(codeUsage, "gwtls config new --help", "no example %q; there are %s", o.example, strings.Join(examples(), ", "))
	}
	if o.host == "" {
		return text, nil
	}
	host, err := cert.ParseDNS(o.host)
	if err != nil {
		return nil, fail(codeUsage, "gwtls config new --help", "--host: %w", err)
	}
	usual := hostProperty.FindSubmatch(text)
	if usual == nil {
		return nil, fail(codeUsage, "leave out --host", "in %s the gateway has no name: it accepts from this machine alone", o.example)
	}
	return []byte(strings.ReplaceAll(string(text), string(usual[2]), host)), nil
}

// examples are the cases that there is a configuration for.
func examples() (names []string) {
	files, _ := fs.ReadDir(templates.Config, "config")
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), path.Ext(f.Name())))
	}
	return names
}

// purpose is the first line of an example.
func purpose(example string) string {
	text, _ := fs.ReadFile(templates.Config, "config/"+example+".yaml")
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimPrefix(line, "# ")
}
