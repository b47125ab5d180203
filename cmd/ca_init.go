package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/secret"
)

type caInitOptions struct {
	*globals
	permit  []string
	pathLen int
	keyType string
	issuing bool
}

func newCAInitCommand(g *globals) *cobra.Command {
	o := &caInitOptions{globals: g}
	c := &cobra.Command{
		Use:   "init [--permit DOMAIN|IP/NET,...]",
		Short: "Make the private root of the home",
		Long: `Makes the private root that selfsign and ca sign with. With --permit it may sign
for these domains and all below them, and for these addresses and networks, and
for nothing else, not even localhost; clients hold it to that. Without, it may
sign for every name there is, so guard it accordingly.

A root that stands is replaced only with --force, and kept as ca.old.p12. What it
signed stays valid where it is trusted; the new root has to be trusted anew.`,
		Example: `  gwtls ca init --permit example.com,internal,localhost,127.0.0.0/8,::1`,
		Args:    cobra.NoArgs,
		RunE:    action(o.run),
	}
	f := c.Flags()
	f.StringSliceVar(&o.permit, "permit", nil, "what it may sign for: `DOMAIN|IP/NET,...` (default: everything)")
	f.IntVar(&o.pathLen, "path-len", 0, "how many CAs may stand between it and a certificate (`N`)")
	f.StringVar(&o.keyType, "key-type", string(cert.P256), "p256, p384, p521, rsa2048, rsa3072, rsa4096 or ed25519 (`T`)")
	f.BoolVar(&o.issuing, "intermediate", false, "make a CA below the root too, which signs in its place")
	return c
}

type caInitResult struct {
	Root    cert.Description  `json:"root"`
	Issuing *cert.Description `json:"issuing,omitempty"`
	Permit  []string          `json:"permit"` // none: everything
	CA      string            `json:"ca"`
	Kept    string            `json:"kept,omitempty"`
	PathLen int               `json:"path_len"`
}

func (o *caInitOptions) run(ctx context.Context) error {
	permit, err := cert.ParseConstraints(o.permit)
	if err != nil {
		return fail(codeUsage, "gwtls ca init --permit example.com,10.0.0.0/8", "--permit: %w", err)
	}
	kt, err := cert.ParseKeyType(o.keyType)
	if err != nil {
		return fail(codeUsage, "gwtls ca init --help", "%w", err)
	}
	if o.pathLen < 0 {
		return fail(codeUsage, "gwtls ca init --help", "--path-len %d is below 0", o.pathLen)
	}
	if o.issuing {
		o.pathLen = max(o.pathLen, 1)
	}
	request := cert.RootRequest{Permit: permit, PathLen: o.pathLen, Now: o.env.Now()}
	if len(permit.Domains) > 0 {
		request.For = permit.Domains[0]
	}
	ref, err := o.homeStore("ca.p12")
	if err != nil {
		return err
	}
	var root, issuing *cert.Authority
	var kept string
	err = ref.home.Update(ctx, func(tx home.Tx) error {
		kept, err = o.setAside(tx, ref)
		if err != nil {
			return err
		}
		ca, err := o.openOrNew(ref, tx)
		if err != nil {
			return err
		}
		if root, err = putRoot(ca, kt, request); err != nil {
			return err
		}
		if o.issuing {
			if issuing, err = putIssuing(ca, root, kt, request); err != nil {
				return err
			}
		}
		return ca.write(tx)
	})
	if err != nil {
		return err
	}
	r := caInitResult{Root: cert.Describe(root.Certificate()), Permit: permit.Strings(), CA: ref.path(), Kept: kept, PathLen: o.pathLen}
	if issuing != nil {
		d := cert.Describe(issuing.Certificate())
		r.Issuing = &d
	}
	return o.show(root.Certificate(), r)
}

// setAside moves a CA that stands, with its password, to ca.old.p12, and gives where
// it is then. The password goes along unread: it is not needed for that.
func (o *caInitOptions) setAside(tx home.Tx, ref storeRef) (kept string, err error) {
	old, err := tx.Read(ref.name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !o.force {
		return "", fail(codeExists, o.again(),
			"%s: there is a private root already; what it signed has to be issued, and the new root trusted, anew if it is replaced", ref.path())
	}
	const aside = "ca.old.p12"
	tx.Write(aside, old.Data, home.Private)
	tx.Delete(ref.name)
	switch password, err := tx.Read(secret.PasswordFile(ref.name)); {
	case err == nil:
		tx.Write(secret.PasswordFile(aside), password.Data, home.Private)
		tx.Delete(secret.PasswordFile(ref.name))
	case errors.Is(err, fs.ErrNotExist):
		tx.Delete(secret.PasswordFile(aside)) // of one kept before
	default:
		return "", err
	}
	return ref.home.Path(aside), nil
}

// again is this command with --force.
func (o *caInitOptions) again() string {
	words := []string{"ca", "init"}
	if len(o.permit) > 0 {
		words = append(words, "--permit", strings.Join(o.permit, ","))
	}
	if o.pathLen > 0 {
		words = append(words, "--path-len", strconv.Itoa(o.pathLen))
	}
	if o.keyType != string(cert.P256) {
		words = append(words, "--key-type", o.keyType)
	}
	if o.issuing {
		words = append(words, "--intermediate")
	}
	return o.command(append(words, "--force")...)
}

func (o *caInitOptions) show(root *x509.Certificate, r caInitResult) error {
	if r.Kept != "" {
		o.note("the root that stood is kept in %s", r.Kept)
	}
	return o.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s in %s\n", cert.Name(root), r.CA)
		fmt.Fprintf(w, "  signs for  %s\n", signsFor(r.Permit))
		fmt.Fprintf(w, "  valid      until %s\n", r.Root.NotAfter.Format(time.RFC3339))
		fmt.Fprintf(w, "  SHA-256    %s\n", r.Root.SHA256)
	})
}

// signsFor says in words what a CA may sign for.
func signsFor(permit []string) string {
	if len(permit) == 0 {
		return "every name"
	}
	return strings.Join(permit, ", ") + ", domains with all below them, and nothing else"
}
