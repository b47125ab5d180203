package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
)

type caShowOptions struct{ *globals }

func newCAShowCommand(g *globals) *cobra.Command {
	o := &caShowOptions{g}
	return &cobra.Command{
		Use:     "show",
		Short:   "Show the CA and what it issued",
		Example: `  gwtls ca show`,
		Args:    cobra.NoArgs,
		RunE:    action(o.run),
	}
}

type caShown struct {
	Root    cert.Description  `json:"root"`
	Issuing *cert.Description `json:"issuing,omitempty"`
	Permit  []string          `json:"permit"` // none: everything
	CA      string            `json:"ca"`
	Issued  []recordJSON      `json:"issued"`
}

func (o *caShowOptions) run(ctx context.Context) error {
	ref, err := o.homeStore("ca.p12")
	if err != nil {
		return err
	}
	ca, err := o.read(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) {
		return fail(codeNotFound, o.command("ca", "init", "--permit", "example.com"), "%s: the home has no private CA", ref.path())
	}
	if err != nil {
		return err
	}
	a, err := o.needAuthority(ca)
	if err != nil {
		return err
	}
	blob, err := ref.home.Read(ctx, ledgerName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	l, err := cert.ParseLedger(blob.Data)
	if err != nil {
		return fmt.Errorf("%s: %w", ref.home.Path(ledgerName), err)
	}
	all, err := l.All("") // of a root that was replaced too
	if err != nil {
		return err
	}
	records := make([]*cert.Record, len(all))
	for i := range all {
		records[i] = &all[i]
	}
	v := caShown{Root: cert.Describe(a.Root()), Permit: a.Permit().Strings(), CA: ref.path(), Issued: recordsJSON(records, o.env.Now())}
	if len(a.Chain) > 1 {
		d := cert.Describe(a.Certificate())
		v.Issuing = &d
	}
	return o.print(v, func(w io.Writer) { o.write(w, v) })
}

func (o *caShowOptions) write(w io.Writer, v caShown) {
	fmt.Fprintf(w, "%s in %s\n", v.Root.Subject, v.CA)
	fmt.Fprintf(w, "  signs for  %s\n", signsFor(v.Permit))
	fmt.Fprintf(w, "  key        %s\n", v.Root.Key)
	fmt.Fprintf(w, "  valid      until %s, %s\n", v.Root.NotAfter.Format(time.RFC3339), timeLeft(v.Root.NotAfter.Sub(o.env.Now())))
	fmt.Fprintf(w, "  SHA-256    %s\n", v.Root.SHA256)
	if v.Issuing != nil {
		fmt.Fprintf(w, "  through    %s\n", v.Issuing.Subject)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range v.Issued {
		status := r.Status
		if r.Revoked != nil {
			status += " " + r.Revoked.Format(time.DateOnly) + " (" + r.Reason + ")"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.Serial, r.Subject, r.NotAfter.Format(time.DateOnly), status)
	}
	t.Flush()
}
