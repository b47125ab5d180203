package cmd

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
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

// minted is what selfsign made.
type minted struct {
	entry    *keystore.Entry
	keystore *opened
	root     *cert.Authority // nil for a literally self-signed one
	madeRoot bool
}

// mint makes the key and the certificate, the root where there is none yet, and
// stores them together.
func (o *selfsignOptions) mint(ctx context.Context) (*minted, error) {
	request, kt, err := o.request()
	if err != nil {
		return nil, err
	}
	ks, err := o.globals.keystore()
	if err != nil {
		return nil, err
	}
	refs := []storeRef{ks}
	if !o.single {
		ca, err := o.homeStore("ca.p12")
		if err != nil {
			return nil, err
		}
		refs = append(refs, ca)
	}
	key, err := kt.Generate()
	if err != nil {
		return nil, err
	}
	var m *minted
	err = o.update(ctx, refs, func(stores []*opened) error {
		m = &minted{keystore: stores[0]}
		if m.keystore.Store.Get(o.alias) != nil && !o.force {
			return fail(codeExists, o.again("--force"), "%s has an entry %q already", ks.path(), o.alias)
		}
		chain, err := o.sign(m, stores[1:], request, key)
		if err != nil {
			return err
		}
		if m.entry, err = keystore.NewPrivateKey(o.alias, key, chain, request.Now); err != nil {
			return err
		}
		m.keystore.Store.Put(m.entry)
		return nil
	})
	return m, err
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

// sign gives the chain of the new key: signed by the CA, or by itself.
func (o *selfsignOptions) sign(m *minted, ca []*opened, r cert.Request, key crypto.Signer) ([]*x509.Certificate, error) {
	if o.single {
		leaf, err := cert.SelfSign(r, key)
		return []*x509.Certificate{leaf}, err
	}
	a, err := o.authority(ca[0], m, r)
	if err != nil {
		return nil, err
	}
	m.root = a
	end := a.Certificate().NotAfter
	if left := cert.LifetimeUntil(end, r.Now); !o.daysGiven && end.After(r.Now) && left < r.Lifetime {
		o.note("%s ends %s, and the certificate with it", cert.Name(a.Certificate()), end.Format(time.RFC3339))
		r.Lifetime = left
	}
	leaf, err := issue(ca[0], a, r, key.Public())
	if err != nil {
		return nil, o.explain(err, m, r.Names)
	}
	return append([]*x509.Certificate{leaf}, a.Chain...), nil
}

// authority is the CA that stands, or a root made for what is asked for.
func (o *selfsignOptions) authority(ca *opened, m *minted, r cert.Request) (*cert.Authority, error) {
	ca.asItIs = true
	if o.needCA {
		return o.needAuthority(ca)
	}
	a, err := authority(ca)
	if a != nil || err != nil {
		return a, err
	}
	ca.asItIs = false
	m.madeRoot = true
	return putRoot(ca, cert.P256, cert.RootRequest{
		For: r.Names.Alias(), Permit: cert.ConstraintsFor(r.Names), Now: r.Now, Lifetime: max(cert.RootLifetime, r.Lifetime),
	})
}

// explain says what to do where the root cannot sign what is asked for: make one
// that can, of which everybody has to be told.
func (o *selfsignOptions) explain(err error, m *minted, names cert.Names) error {
	root, permit := m.root.Root(), m.root.Permit()
	words := []string{"ca", "init"}
	if wider := permit.For(names); !permit.Unconstrained() && len(wider.Refused(names)) == 0 {
		words = append(words, "--permit", strings.Join(wider.Strings(), ","))
	}
	anew := ""
	if !m.madeRoot {
		words = append(words, "--force")
		anew = "; a new root has to be trusted anew by all who trust this one" + reissued(root, m.keystore.Store)
	}
	switch {
	case errors.Is(err, cert.ErrConstraints):
		return fail(codeNameMismatch, o.command(words...), "%s may not sign for %s, only for %s%s",
			cert.Name(root), strings.Join(permit.Refused(names), ", "), strings.Join(permit.Strings(), ", "), anew)
	case errors.Is(err, cert.ErrOutlives):
		return fail(codeExpired, o.command(words...), "%w%s", err, anew)
	}
	return err
}

// reissued names the entries whose certificates the root signed: a new one has to
// sign them again.
func reissued(root *x509.Certificate, ks *keystore.Store) string {
	var aliases []string
	for _, e := range ks.Entries() {
		chain, err := e.Chain()
		if err == nil && e.Kind == keystore.PrivateKey && len(chain) > 1 && chain[len(chain)-1].Equal(root) {
			aliases = append(aliases, e.Alias)
		}
	}
	if len(aliases) == 0 {
		return ""
	}
	return ", and has to sign anew: " + strings.Join(aliases, ", ")
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
