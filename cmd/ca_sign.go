package cmd

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/trust"
)

type caSignOptions struct {
	*globals
	files     []string
	days      int
	subject   string
	client    bool
	allowLong bool
	out       string
}

func newCASignCommand(g *globals) *cobra.Command {
	o := &caSignOptions{globals: g}
	c := &cobra.Command{
		Use:   "sign CSR",
		Short: "Sign somebody else's certificate request",
		Long: `Signs a certificate request (PEM or DER, - is standard input) with the home's CA, and
says what it grants: the names of the request, if the CA may sign for them, and the
use as a server (with --client, as a client). Of all else that a request may ask for,
nothing is granted. The chain goes to NAME.pem.`,
		Example: `  gwtls ca sign backend.csr -o backend.pem`,
		RunE:    action(o.run),
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fail(codeUsage, "gwtls ca sign --help", "sign takes one CSR at a time; here are %d", len(args))
		}
		return operands(&o.files, 1, "a CSR")(c, args)
	}
	f := c.Flags()
	f.IntVar(&o.days, "days", cert.DefaultDays, "how long it is valid (`N`)")
	f.StringVar(&o.subject, "subject", "", "distinguished name, instead of the request's (`DN`)")
	f.BoolVar(&o.client, "client", false, "for a client's identity, not a server's")
	f.BoolVar(&o.allowLong, "allow-long", false, "more than 825 days, which Apple's systems refuse")
	f.StringVarP(&o.out, "out", "o", "", "where the chain goes, - for standard output (default NAME.pem)")
	return c
}

func (o *caSignOptions) run(ctx context.Context) error {
	data, err := o.readBounded(o.files[0])
	if err != nil {
		return err
	}
	csr, err := cert.ParseCSR(data)
	if err != nil {
		code := codeUntrusted
		if errors.Is(err, cert.ErrNoRequest) {
			code = codeBadFormat
		}
		return fail(code, o.command("inspect", o.files[0]), "%s: %w", o.files[0], err)
	}
	request, dropped, err := o.grant(csr)
	if err != nil {
		return err
	}
	if o.out == "" {
		o.out = trust.FileName(request.Names.Alias()) + ".pem"
	}
	if _, err := os.Lstat(o.out); err == nil && !o.force && o.out != "-" {
		return fail(codeExists, o.command("ca", "sign", o.files[0], "--force", "-o", o.out), "%s: the file is there already", o.out)
	}
	ref, err := o.homeStore("ca.p12")
	if err != nil {
		return err
	}
	var chain []*x509.Certificate
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		a, err := o.needAuthority(stores[0])
		if err != nil {
			return err
		}
		stores[0].asItIs = true
		leaf, err := issue(stores[0], a, request, csr.PublicKey)
		if err != nil {
			return o.explain(err)
		}
		chain = append([]*x509.Certificate{leaf}, a.Chain...)
		return nil
	})
	if err != nil {
		return err
	}
	return o.deliver(chain, dropped)
}

// explain gives an error of the CA its code.
func (o *caSignOptions) explain(err error) error {
	switch {
	case errors.Is(err, cert.ErrConstraints):
		return fail(codeNameMismatch, o.command("ca", "show"), "%w", err)
	case errors.Is(err, cert.ErrOutlives):
		return fail(codeExpired, o.command("ca", "show"), "%w", err)
	}
	return err
}

// grant takes from a request what the CA gives, and says what it does not.
func (o *caSignOptions) grant(csr *x509.CertificateRequest) (r cert.Request, dropped []string, err error) {
	if o.days < 1 || o.days > maxDays || o.days > cert.MaxDays && !o.allowLong {
		return r, nil, fail(codeUsage, o.command("ca", "sign", o.files[0], "--allow-long", "--days", fmt.Sprint(o.days)),
			"--days %d: want 1 to %d, and more than %d with --allow-long", o.days, maxDays, cert.MaxDays)
	}
	r = cert.Request{Now: o.env.Now(), Lifetime: time.Duration(o.days) * cert.Day, Client: o.client}
	var subject string
	if r.Names, subject, dropped, err = cert.Grant(csr); err != nil {
		code := codeUnsafe
		if errors.Is(err, cert.ErrWeakKey) {
			code = codeWeak
		}
		return r, nil, fail(code, o.command("inspect", o.files[0]), "%s: %w", o.files[0], err)
	}
	if o.subject != "" {
		subject = o.subject
	}
	if subject != "" {
		if r.Subject, err = cert.ParseDN(subject); err != nil {
			return r, nil, fail(codeUsage, "gwtls ca sign --help", "%w", err)
		}
	}
	return r, dropped, nil
}

// deliver writes the chain as servers present it, and says what was granted.
func (o *caSignOptions) deliver(chain []*x509.Certificate, dropped []string) error {
	leaf, root := chain[0], chain[len(chain)-1]
	var text bytes.Buffer
	for _, c := range chain[:len(chain)-1] {
		pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	v := struct {
		Certificate cert.Description `json:"certificate"`
		PEM         string           `json:"pem"`
		File        string           `json:"file"`
		Dropped     []string         `json:"dropped,omitempty"`
		Root        cert.Description `json:"root"`
		Findings    []cert.Finding   `json:"findings,omitempty"`
	}{cert.Describe(leaf), text.String(), o.out, dropped, cert.Describe(root), o.remark(chain[:len(chain)-1], root)}
	if o.out != "-" || !o.json {
		if err := o.writeFile(o.out, text.Bytes(), home.Public); err != nil {
			return err
		}
	}
	use := "server"
	if o.client {
		use = "client"
	}
	o.note("granted")
	o.note("  subject  %s", v.Certificate.Subject)
	o.note("  names    %s", cert.NamesOf(leaf))
	o.note("  use      %s", use)
	o.note("  valid    until %s", v.Certificate.NotAfter.Format(time.RFC3339))
	o.note("  serial   %s", v.Certificate.Serial)
	for _, d := range dropped {
		o.note("not granted: %s", d)
	}
	if o.out == "-" && !o.json {
		return nil
	}
	return o.print(v, func(w io.Writer) { fmt.Fprintln(w, o.out) })
}
