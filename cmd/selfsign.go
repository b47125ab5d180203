package cmd

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
)

// maxDays is a hundred years: what is longer is a slip.
const maxDays = 36525

type selfsignOptions struct {
	*globals
	hosts     []string
	days      int
	daysGiven bool
	keyType   string
	subject   string
	alias     string
	single    bool
	allowLong bool

	verb   []string // of the command that this is
	more   []string // flags that only it has
	needCA bool     // no root is made where there is none
}

func newSelfsignCommand(g *globals) *cobra.Command {
	o := &selfsignOptions{globals: g, verb: []string{"selfsign"}}
	c := &cobra.Command{
		Use:   "selfsign HOST...",
		Short: "Make a key and a certificate without a CA of others",
		Long: `Makes a key and a certificate for the hosts (DNS names, *. allowed, addresses,
e-mail addresses, URIs) and puts both into the keystore.

The certificate is signed by the home's own private root, made at first use, for
that is what every client accepts once it trusts the root (gwtls trust-export).
That root may sign only for the domains of the hosts it was made for, these
addresses and this machine; "gwtls ca init --permit" makes a wider one.
With --single the certificate is literally self-signed.`,
		Example: `  gwtls selfsign gw.example.com localhost 127.0.0.1
  gwtls selfsign gw.example.com --key-type rsa3072 --subject "CN=gw.example.com,O=Example,C=DE"`,
		Args: operands(&o.hosts, 1, "at least one HOST"),
	}
	o.bind(c, o.run)
	c.Flags().BoolVar(&o.single, "single", false, "literally self-signed, without a root; some clients refuse that")
	return c
}

// bind gives a command the flags that say what its certificate is to be.
func (o *selfsignOptions) bind(c *cobra.Command, do func(context.Context) error) {
	run := action(do)
	c.RunE = func(c *cobra.Command, args []string) error {
		o.daysGiven = c.Flags().Changed("days")
		return run(c, args)
	}
	f := c.Flags()
	f.IntVar(&o.days, "days", cert.DefaultDays, "how long it is valid (`N`)")
	f.StringVar(&o.keyType, "key-type", string(cert.P256), "p256, p384, p521, rsa2048, rsa3072, rsa4096 or ed25519 (`T`)")
	f.StringVar(&o.subject, "subject", "", "distinguished name, such as CN=gw.example.com,O=Example,C=DE (`DN`)")
	f.StringVar(&o.alias, "alias", "", "name of the entry (default: the first host)")
	f.BoolVar(&o.allowLong, "allow-long", false, "more than 825 days, which Apple's systems refuse")
}

func (o *selfsignOptions) run(ctx context.Context) error {
	m, err := o.mint(ctx)
	if err != nil {
		return err
	}
	if o.single {
		o.note("self-signed: iPhones, iPads and Macs refuse it, whatever is installed on them; browsers take it only where")
		o.note("it is trusted as itself (in NSS with the flags CP,,). Without --single every client can be made to trust it.")
	}
	var root *x509.Certificate
	if m.root != nil {
		root = m.root.Root()
	}
	if m.madeRoot {
		o.tellRoot(m)
	}
	return o.printWritten(m.keystore, m.entry, root)
}

// tellRoot says what a root just made may sign, while it is cheap to want another.
func (o *selfsignOptions) tellRoot(m *minted) {
	permit := m.root.Permit()
	o.note("made a private root: %s", cert.Name(m.root.Root()))
	o.note("it may sign for %s", signsFor(permit.Strings()))
	wider := append(permit.Strings(), "internal", "10.0.0.0/8")
	o.note("for more than that, say so before any client trusts it, and then run this command again with --force:")
	o.note("  %s", o.command("ca", "init", "--permit", strings.Join(wider, ","), "--force"))
}

// selfsign does what the command does for hosts without any flag.
func (g *globals) selfsign(ctx context.Context, hosts ...string) (*minted, error) {
	o := &selfsignOptions{globals: g, hosts: hosts, days: cert.DefaultDays, keyType: string(cert.P256), verb: []string{"selfsign"}}
	return o.mint(ctx)
}

// request reads the command line into what the certificate is to be.
func (o *selfsignOptions) request() (r cert.Request, kt cert.KeyType, err error) {
	usage := func(err error) (cert.Request, cert.KeyType, error) {
		return r, "", fail(codeUsage, "gwtls "+strings.Join(o.verb, " ")+" --help", "%w", err)
	}
	if r.Names, err = cert.ParseNames(o.hosts); err != nil {
		return usage(err)
	}
	if kt, err = cert.ParseKeyType(o.keyType); err != nil {
		return usage(err)
	}
	if o.subject != "" {
		if r.Subject, err = cert.ParseDN(o.subject); err != nil {
			return usage(err)
		}
	}
	if o.days < 1 || o.days > maxDays {
		return usage(fmt.Errorf("--days %d: want 1 to %d, and more than %d with --allow-long", o.days, maxDays, cert.MaxDays))
	}
	if o.days > cert.MaxDays && !o.allowLong {
		return r, "", fail(codeUsage, o.again("--allow-long"),
			"--days %d: Apple's systems refuse certificates of more than %d days", o.days, cert.MaxDays)
	}
	if o.alias == "" {
		o.alias = r.Names.Alias()
	}
	r.Now, r.Lifetime = o.env.Now(), time.Duration(o.days)*cert.Day
	return r, kt, nil
}

// again is this command with more flags.
func (o *selfsignOptions) again(flags ...string) string {
	words := append(slices.Clone(o.verb), o.hosts...)
	words = append(words, flags...)
	if o.daysGiven {
		words = append(words, "--days", strconv.Itoa(o.days))
	}
	if o.keyType != string(cert.P256) {
		words = append(words, "--key-type", o.keyType)
	}
	if o.subject != "" {
		words = append(words, "--subject", o.subject)
	}
	if names, err := cert.ParseNames(o.hosts); err == nil && o.alias != "" && o.alias != names.Alias() {
		words = append(words, "--alias", o.alias)
	}
	if o.single {
		words = append(words, "--single")
	}
	if o.allowLong && !slices.Contains(flags, "--allow-long") {
		words = append(words, "--allow-long")
	}
	return o.command(append(words, o.more...)...)
}
