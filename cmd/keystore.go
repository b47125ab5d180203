package cmd

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
)

func newKeystoreCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "keystore",
		Short: "Look into keystores and change them",
		Long: `Works on keystores of any format: PKCS#12, JKS, JCEKS, PEM, DER and PKCS#7; on the
home's own, or on another one named by --keystore. The format is seen from the
file's bytes, never believed from its name. Who knows keytool finds its verbs by
"gwtls keystore help keytool".`,
		Example: `  gwtls keystore list
  gwtls keystore convert old.jks new.p12
  gwtls keystore verify --keystore new.p12`,
	}
	group(c,
		newKeystoreNewCommand(g),
		newKeystoreListCommand(g),
		newKeystoreShowCommand(g),
		newKeystoreImportCommand(g),
		newKeystoreExportCommand(g),
		newKeystoreConvertCommand(g),
		newKeystoreDeleteCommand(g),
		newKeystoreRenameCommand(g),
		newKeystorePasswdCommand(g),
		newKeystoreVerifyCommand(g),
		newKeystoreHelpCommand(g),
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

// change has f change the keystore, which must be there.
func (g *globals) change(ctx context.Context, f func(*opened) error) (*opened, error) {
	ref, err := g.keystore()
	if err != nil {
		return nil, err
	}
	var ks *opened
	err = g.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		ks = stores[0]
		if !ks.Existed {
			return fail(codeNotFound, g.hintNoStore(ref), "no store at %s: %w", ref.path(), fs.ErrNotExist)
		}
		return f(ks)
	})
	return ks, err
}

// entry finds an entry of a keystore.
func (g *globals) entry(ks *opened, alias string) (*keystore.Entry, error) {
	if e := ks.Store.Get(alias); e != nil {
		return e, nil
	}
	return nil, fail(codeNotFound, g.command("keystore", "list"), "%s: no entry %q; it has: %s", ks.Ref.path(), alias, aliasesOf(ks.Store))
}

// unlock sees to it that the key of an entry opens: with a password at hand, else with
// one that a person types. It says whether that is another than the store's.
func (g *globals) unlock(ks *opened, e *keystore.Entry) (own bool, err error) {
	own, err = e.OwnPassword()
	if !errors.Is(err, keystore.ErrPassword) && !errors.Is(err, keystore.ErrPasswordNeeded) {
		return own, err
	}
	label := "Password of the key " + e.Alias + " in " + ks.Ref.path()
	p, asked := g.known[label]
	if !asked {
		if g.env.Ask == nil {
			return false, fail(codeWrongPassword, "name where the key's own password is: --keypass file:PATH", "%s: %w", ks.Ref.path(), err)
		}
		if p, err = g.env.Ask(label); err != nil {
			return false, err
		}
		g.known[label] = p
	}
	if err := e.Unlock(p.Reveal()); err != nil {
		delete(g.known, label)
		return false, err
	}
	return true, nil
}

// warnOfPassword says what Java will not do with a password that was chosen.
func (g *globals) warnOfPassword(ks *opened) {
	if what := keystore.PasswordTrouble(ks.Format, ks.password.Reveal()); what != "" && ks.password.Known() {
		g.warn("%s: %s", ks.Ref.path(), what)
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
