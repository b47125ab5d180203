package cmd

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newKeystoreCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "keystore",
		Short: "Look into keystores and change them",
		Long: `Works on keystores of any format: PKCS#12, JKS, JCEKS, PEM, DER and PKCS#7; on the
home's own, or on another one named by --keystore. The format is seen from the
file's bytes, never believed from its name.`,
		Example: `  gwtls keystore list
  gwtls keystore list --keystore old.jks`,
	}
	group(c,
		newKeystoreListCommand(g),
	)
	return c
}

// storeOperand lets a verb take the store to look at as its operand, too.
func storeOperand(g *globals) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > 1:
			return fail(codeUsage, c.CommandPath()+" --help", "%s looks at one store, not %d", c.CommandPath(), len(args))
		case len(args) == 1 && g.keystorePath != "":
			return fail(codeUsage, c.CommandPath()+" --help", "the store is named twice: %s and --keystore %s", args[0], g.keystorePath)
		case len(args) == 1:
			g.keystorePath = args[0]
		}
		return nil
	}
}

// period is a flag of a length of time: days as in 30d, or what Go calls a duration.
type period time.Duration

func (p *period) Set(text string) error {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 100_000 {
			return errors.New("not a number of days, such as 30d")
		}
		*p = period(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return errors.New("not a length of time, such as 30d or 12h")
	}
	*p = period(d)
	return nil
}

func (p *period) String() string {
	if *p == 0 {
		return ""
	}
	return time.Duration(*p).String()
}

// Type is what the help calls the value.
func (*period) Type() string { return "TIME" }
