package cmd

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestEveryCommandShowsAWorkedExample(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s: no short help", c.CommandPath())
		}
		if !strings.Contains(c.Example, "gwtls ") {
			t.Errorf("%s: no worked example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			if sub.Name() != "help" {
				walk(sub)
			}
		}
	}
	walk(newRootCommand(&globals{env: OSEnv()}))
}
