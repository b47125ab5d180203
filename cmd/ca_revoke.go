package cmd

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
)

type caRevokeOptions struct {
	*globals
	operands []string
	reason   string
}

func newCARevokeCommand(g *globals) *cobra.Command {
	o := &caRevokeOptions{globals: g}
	c := &cobra.Command{
		Use:   "revoke SERIAL|FILE|ALIAS...",
		Short: "Revoke certificates that the CA issued",
		Long: `Writes down that certificates are revoked: by serial number (gwtls ca show), by a file
that holds one, or by the entry of the keystore. Clients learn of it from the next
list: gwtls ca crl.`,
		Example: `  gwtls ca revoke db.example.com.pem --reason keyCompromise
  gwtls ca crl`,
		Args: operands(&o.operands, 1, "a serial number, FILE or ALIAS"),
		RunE: action(o.run),
	}
	c.Flags().StringVar(&o.reason, "reason", "unspecified", "unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation or privilegeWithdrawn (`R`)")
	return c
}

func (o *caRevokeOptions) run(ctx context.Context) error {
	reason, err := cert.ParseReason(o.reason)
	if err != nil {
		return fail(codeUsage, "gwtls ca revoke --help", "%w", err)
	}
	certs := map[string]*x509.Certificate{} // by operand, of those that are files or entries
	for _, operand := range o.operands {
		if certs[operand], err = o.certificate(ctx, operand); err != nil {
			return err
		}
	}
	ref, err := o.homeStore("ca.p12")
	if err != nil {
		return err
	}
	var revoked []*cert.Record
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		ca := stores[0]
		ca.asItIs = true
		a, err := o.needAuthority(ca)
		if err != nil {
			return err
		}
		l, err := ca.ledger()
		if err != nil {
			return err
		}
		revoked = nil
		for _, operand := range o.operands {
			serial := serialOf(operand, certs[operand])
			if err := l.Revoke(a.KeyID(), serial, o.env.Now(), reason); err != nil {
				return o.explain(operand, err)
			}
			r, err := l.Find(a.KeyID(), serial)
			if err != nil {
				return err
			}
			revoked = append(revoked, r)
		}
		ca.writeLedger(l)
		return nil
	})
	if err != nil {
		return err
	}
	o.note("clients learn of it from a new list: %s", o.command("ca", "crl", "--force"))
	return o.print(map[string]any{"revoked": recordsJSON(revoked, o.env.Now())}, func(w io.Writer) {
		for _, r := range revoked {
			fmt.Fprintf(w, "revoked %s %s\n", r.Serial, r.Subject)
		}
	})
}

// certificate reads an operand that is no serial number.
func (o *caRevokeOptions) certificate(ctx context.Context, operand string) (*x509.Certificate, error) {
	m, err := o.readMaterial(ctx, operand)
	if err != nil {
		var e *Error
		missing := errors.Is(err, fs.ErrNotExist) || errors.As(err, &e) && e.Code == codeNotFound
		if missing && isSerial(operand) {
			return nil, nil
		}
		return nil, err
	}
	leaf, _, err := m.leafFirst()
	return leaf, err
}

// isSerial says whether an operand can be a serial number in hex, as tools write it.
func isSerial(s string) bool {
	digits := strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(s, "0x"))
	return digits != "" && strings.Trim(strings.ToUpper(digits), "0123456789ABCDEF") == ""
}

func serialOf(operand string, c *x509.Certificate) string {
	if c != nil {
		return cert.Serial(c)
	}
	digits := strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(operand, "0x"))
	digits = cmp.Or(strings.TrimLeft(strings.ToUpper(digits), "0"), "0")
	if len(digits)%2 != 0 {
		digits = "0" + digits
	}
	return digits
}

func (o *caRevokeOptions) explain(operand string, err error) error {
	switch {
	case errors.Is(err, cert.ErrNotIssued):
		return fail(codeNotFound, o.command("ca", "show"), "%s: %w", operand, err)
	case errors.Is(err, cert.ErrAlreadyRevoked):
		return fail(codeExists, o.command("ca", "show"), "%s: %w", operand, err)
	}
	return err
}

// recordJSON is what a CA issued, as scripts read it.
type recordJSON struct {
	Serial    string     `json:"serial"`
	Subject   string     `json:"subject"`
	Names     []string   `json:"names"`
	NotBefore time.Time  `json:"not_before"`
	NotAfter  time.Time  `json:"not_after"`
	SHA256    string     `json:"sha256"`
	Status    string     `json:"status"` // valid, expired or revoked
	Revoked   *time.Time `json:"revoked,omitempty"`
	Reason    string     `json:"reason,omitempty"`
}

func recordsJSON(records []*cert.Record, now time.Time) []recordJSON {
	out := []recordJSON{}
	for _, r := range records {
		j := recordJSON{Serial: r.Serial, Subject: r.Subject, Names: r.Names, NotBefore: r.NotBefore, NotAfter: r.NotAfter, SHA256: r.SHA256, Status: "valid"}
		if r.NotAfter.Before(now) {
			j.Status = "expired"
		}
		if !r.Revoked.IsZero() {
			j.Status, j.Revoked, j.Reason = "revoked", &r.Revoked, cert.RevocationReason(r.Reason)
		}
		out = append(out, j)
	}
	return out
}
