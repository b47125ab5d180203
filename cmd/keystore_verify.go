package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

type keystoreVerifyOptions struct {
	*globals
	strict bool
}

func newKeystoreVerifyCommand(g *globals) *cobra.Command {
	o := &keystoreVerifyOptions{globals: g}
	c := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Check a keystore: integrity, keys, chains, what Java does",
		Long: `Opens the keystore and every key in it, and says what is wrong, or would go wrong in
Java: integrity, keys that are not of their certificate, broken chains, certificates past
their time, aliases and passwords that Java does not take. It ends with 3 if there is an
error, with --strict if there is a warning.`,
		Example: `  gwtls keystore verify
  gwtls keystore verify old.jks --json`,
		Args: storeOperand(g),
		RunE: action(o.run),
	}
	c.Flags().BoolVar(&o.strict, "strict", false, "warnings count as errors")
	return c
}

// keystoreVerified is what was found in a store.
type keystoreVerified struct {
	Keystore string          `json:"keystore"`
	Format   keystore.Format `json:"format"`
	Entries  int             `json:"entries"`
	Findings []cert.Finding  `json:"findings"`
}

func (o *keystoreVerifyOptions) run(ctx context.Context) error {
	ref, err := o.keystore()
	if err != nil {
		return err
	}
	ks, err := o.read(ctx, ref)
	if err != nil {
		return err
	}
	v := keystoreVerified{ref.path(), ks.Format, len(ks.Store.Entries()), ks.Store.Verify(o.env.Now())}
	for i, f := range v.Findings {
		v.Findings[i].Where = ref.path()
		if f.Where != "" {
			v.Findings[i].Where += ": " + f.Where
		}
	}
	if err := o.print(v, func(w io.Writer) { o.say(plainWriter{w}, v) }); err != nil {
		return err
	}
	if slices.ContainsFunc(v.Findings, o.counts) {
		return errFindings
	}
	return nil
}

// counts says whether a finding makes the check one that found problems.
func (o *keystoreVerifyOptions) counts(f cert.Finding) bool {
	return f.Severity == cert.Error || o.strict && f.Severity == cert.Warning
}

func (o *keystoreVerifyOptions) say(w io.Writer, v keystoreVerified) {
	for _, f := range v.Findings {
		fmt.Fprintf(w, "%s: %s: %s: %s\n", f.Severity, f.Code, f.Where, f.What)
		if f.Fix != "" {
			fmt.Fprintf(w, "  fix: %s\n", f.Fix)
		}
	}
	if !slices.ContainsFunc(v.Findings, o.counts) {
		fmt.Fprintf(w, "%s: %s, %s: nothing wrong\n", v.Keystore, formatNames[v.Format], plural(v.Entries, "entry"))
	}
}
