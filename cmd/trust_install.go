package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/trust"
)

// trustInstallOptions are those of install and of uninstall.
type trustInstallOptions struct {
	*globals
	remove  bool
	aliases []string
	clients []string
	dryRun  bool
	yes     bool
}

func newTrustInstallCommand(g *globals) *cobra.Command {
	o := &trustInstallOptions{globals: g}
	c := &cobra.Command{
		Use:   "install [ALIAS...]",
		Short: "Have this machine trust certificates of the keystore",
		Long: `Puts what trust-export would hand out into the stores of this machine: the system's
(Debian, RHEL, Alpine, Arch, SUSE and their kin), the databases of Chromium, Firefox
and Thunderbird of this user, and the cacerts of each Java. It finds those that there
are, shows what it will do, asks, and leaves alone what is trusted already. Without
ALIAS, for all entries of the keystore.`,
		Example: `  gwtls trust install --dry-run
  gwtls trust install gw.example.com --for debian,firefox
  gwtls trust install --yes`,
	}
	return o.bind(c)
}

func newTrustUninstallCommand(g *globals) *cobra.Command {
	o := &trustInstallOptions{globals: g, remove: true}
	c := &cobra.Command{
		Use:   "uninstall [ALIAS...]",
		Short: "Undo trust install",
		Long: `Takes what trust install has put into the stores of this machine out again, by
whatever name it is there. Without ALIAS, for all entries of the keystore, and for the
private root of before.`,
		Example: `  gwtls trust uninstall --dry-run
  gwtls trust uninstall gw.example.com --yes`,
	}
	return o.bind(c)
}

func (o *trustInstallOptions) bind(c *cobra.Command) *cobra.Command {
	c.Args = operands(&o.aliases, 0, "")
	c.RunE = action(o.run)
	f := c.Flags()
	f.StringSliceVar(&o.clients, "for", nil, "only these stores: debian, rhel, alpine, arch, suse, nss, chrome, firefox, java (`STORE,...`)")
	f.BoolVar(&o.dryRun, "dry-run", false, "only show what would be done")
	f.BoolVar(&o.yes, "yes", false, "do it without asking")
	return c
}

func (o *trustInstallOptions) run(ctx context.Context) error {
	wanted, err := o.wanted()
	if err != nil {
		return err
	}
	anchors, err := o.anchors(ctx)
	if err != nil || len(anchors) == 0 {
		return err
	}
	places, err := o.find(wanted)
	if err != nil {
		return err
	}
	if user := o.env.Getenv("SUDO_USER"); user != "" && os.Geteuid() == 0 {
		o.note("as root, only root's browsers are reached: without sudo it reaches those of %s, and asks for sudo where that is needed", user)
	}
	p := o.plan(ctx, places, anchors)
	if o.dryRun || !p.changes() {
		return o.finish(p)
	}
	if err := o.ask(p); err != nil {
		return err
	}
	o.carryOut(ctx, p)
	o.note("programs that are running keep what they have read: start browsers and Java anew")
	return o.finish(p)
}

// anchors are what is to be trusted for the entries that are meant.
func (o *trustInstallOptions) anchors(ctx context.Context) ([]trust.Anchor, error) {
	found, err := (&trustExportOptions{globals: o.globals, aliases: o.aliases}).anchors(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range found.public {
		o.note("%s: %s, whose root this machine has already: it needs nothing", p.Alias, p.Root)
	}
	if o.remove && len(o.aliases) == 0 {
		if err := o.addOldRoot(ctx, found.bundle); err != nil {
			return nil, err
		}
	}
	for _, a := range found.bundle.Anchors {
		if refusers := a.Refusers(); len(refusers) > 0 && !o.remove {
			o.warn("%s signs itself: %s refuse it, whatever is installed", a.Aliases[0], strings.Join(refusers, ", "))
		}
	}
	return found.bundle.Anchors, nil
}

// addOldRoot adds the root that ca init --force has put aside, which may still be
// trusted.
func (o *trustInstallOptions) addOldRoot(ctx context.Context, b *trust.Bundle) error {
	ref, err := o.homeStore("ca.old.p12")
	if err != nil {
		return err
	}
	old, err := o.read(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range old.Store.Entries() {
		if chain, err := e.Chain(); err == nil && e.Kind == keystore.PrivateKey && len(chain) > 0 && cert.SelfSigned(chain[len(chain)-1]) {
			b.AddRoot("ca.old.p12", chain[len(chain)-1])
		}
	}
	return nil
}

// wanted are the clients of --for by their first names; none means all.
func (o *trustInstallOptions) wanted() ([]string, error) {
	var names []string
	for _, word := range o.clients {
		name := strings.ToLower(strings.TrimSpace(word))
		if name == "all" {
			return nil, nil
		}
		for _, c := range trust.Clients() {
			if slices.Contains(c.Also, name) {
				name = c.Name
			}
		}
		switch name {
		case "debian", "rhel", "alpine", "arch", "suse", "chrome", "firefox", "java":
			names = append(names, name)
		case "nss":
			names = append(names, "nss", "chrome", "firefox")
		default:
			hint := "gwtls " + o.verb() + " --help"
			if c, ok := trust.Find(name); ok {
				hint = o.command(append(append([]string{"trust-export"}, o.aliases...), "--for", c.Name)...)
			}
			return nil, fail(codeUsage, hint, "%s knows no store %q: debian, rhel, alpine, arch, suse, nss, chrome, firefox, java", o.verb(), word)
		}
	}
	return names, nil
}

func (o *trustInstallOptions) verb() string {
	if o.remove {
		return "trust uninstall"
	}
	return "trust install"
}

// ask shows what will be done, and has a person agree to it.
func (o *trustInstallOptions) ask(p *installPlan) error {
	if o.yes {
		return nil
	}
	if o.env.Ask == nil {
		return fail(codeUsage, o.again("--yes"), "%s changes this machine, and there is no terminal to ask: see what it would do with --dry-run", o.verb())
	}
	p.write(plainWriter{o.env.Err})
	ok, err := o.confirm("Do that?")
	if err != nil {
		return err
	}
	if !ok {
		return fail(codeUntrusted, o.again("--dry-run"), "nothing was changed")
	}
	return nil
}

// again is this command with more flags.
func (o *trustInstallOptions) again(flags ...string) string {
	words := append(strings.Fields(o.verb()), o.aliases...)
	if len(o.clients) > 0 && !slices.Contains(flags, "--for") {
		words = append(words, "--for", strings.Join(o.clients, ","))
	}
	return o.command(append(words, flags...)...)
}

// finish says how the stores stand, and fails where one does not stand as it should.
func (o *trustInstallOptions) finish(p *installPlan) error {
	err := o.print(p.json(), p.write)
	var bad []string
	hint := o.again("--dry-run")
	for _, s := range p.stores {
		if s.state != stateFailed {
			continue
		}
		bad = append(bad, fmt.Sprintf("%s: %v", s.path, s.err))
		if s.follows { // and did not: it is changed by itself, then
			hint = o.again("--for", s.client)
		}
	}
	if err != nil || len(bad) == 0 {
		return err
	}
	return fail(codeIO, hint, "%s", strings.Join(bad, "; "))
}
