package cmd

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/home"
)

type caCRLOptions struct {
	*globals
	days int
	out  string
	der  bool
}

func newCACRLCommand(g *globals) *cobra.Command {
	o := &caCRLOptions{globals: g}
	c := &cobra.Command{
		Use:   "crl",
		Short: "Make the list of revoked certificates",
		Long: `Makes and signs the list of the certificates that the CA revoked and that have not
expired. Clients refuse a list whose time is over, so a new one is due before.`,
		Example: `  gwtls ca crl --days 30 -o ca.crl --force`,
		Args:    cobra.NoArgs,
		RunE:    action(o.run),
	}
	f := c.Flags()
	f.IntVar(&o.days, "days", 7, "until the next list at the latest (`N`)")
	f.StringVarP(&o.out, "out", "o", "ca.crl", "where it goes, - for standard output (`PATH`)")
	f.BoolVar(&o.der, "der", false, "in DER, as web servers hand it out, not PEM")
	return c
}

func (o *caCRLOptions) run(ctx context.Context) error {
	if o.days < 1 || o.days > maxDays {
		return fail(codeUsage, "gwtls ca crl --help", "--days %d: want 1 to %d", o.days, maxDays)
	}
	if _, err := os.Lstat(o.out); err == nil && !o.force && o.out != "-" {
		return fail(codeExists, o.command("ca", "crl", "--force", "-o", o.out), "%s: the file is there already", o.out)
	}
	ref, err := o.homeStore("ca.p12")
	if err != nil {
		return err
	}
	var crl *x509.RevocationList
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		stores[0].asItIs = true
		crl, err = o.make(stores[0])
		return err
	})
	if err != nil {
		return err
	}
	data := crl.Raw
	if !o.der {
		data = pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: crl.Raw})
	}
	if o.out != "-" || !o.json {
		if err := o.writeFile(o.out, data, home.Public); err != nil {
			return err
		}
	}
	if o.out == "-" && !o.json {
		return nil
	}
	v := struct {
		File       string    `json:"file"`
		Number     int64     `json:"number"`
		ThisUpdate time.Time `json:"this_update"`
		NextUpdate time.Time `json:"next_update"`
		Revoked    int       `json:"revoked"`
	}{o.out, crl.Number.Int64(), crl.ThisUpdate, crl.NextUpdate, len(crl.RevokedCertificateEntries)}
	return o.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s: list %d, %d revoked, the next due by %s\n", v.File, v.Number, v.Revoked, v.NextUpdate.Format(time.RFC3339))
	})
}

// make signs the next list and writes its number down: numbers only ever grow.
func (o *caCRLOptions) make(ca *opened) (*x509.RevocationList, error) {
	a, err := o.needAuthority(ca)
	if err != nil {
		return nil, err
	}
	l, err := ca.ledger()
	if err != nil {
		return nil, err
	}
	issued, err := l.All(a.KeyID())
	if err != nil {
		return nil, err
	}
	number, err := l.CRLNumber(a.KeyID())
	if err != nil {
		return nil, err
	}
	now := o.env.Now()
	crl, err := a.CRL(issued, number+1, now, time.Duration(o.days)*cert.Day)
	if err != nil {
		return nil, err
	}
	l.AddCRL(a.KeyID(), number+1, now)
	ca.writeLedger(l)
	return crl, nil
}
