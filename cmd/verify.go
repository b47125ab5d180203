package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
)

type verifyOptions struct {
	*globals
	operands []string
	host     string
	roots    string
	purpose  string
	crls     []string
	at       string
	profile  string
}

func newVerifyCommand(g *globals) *cobra.Command {
	o := &verifyOptions{globals: g}
	c := &cobra.Command{
		Use:   "verify FILE|ALIAS",
		Short: "Build and check a certificate's chain, and say every fault",
		Long: `Looks for a chain from the first certificate of the file, or that of the entry, to
a trusted root, and checks it as RFC 5280 says. What else stands in the file may
help: intermediates in any order, of PEM, DER, PKCS#7, PKCS#12, JKS or JCEKS.

An entry of the keystore is held against the machine's roots and the home's own;
a file against the machine's, or those that --roots names. The profile public adds
the rules for public CAs; unless it is given, certificates that say to follow those
rules are held to them. Without a fault the exit code is 0, else 3.`,
		Example: `  gwtls verify gw.example.com --host gw.example.com
  gwtls verify reply.p7b --roots company-root.pem --crl company.crl
  gwtls verify chain.pem --host gw.example.com --at 2027-01-01`,
		RunE: action(o.run),
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fail(codeUsage, "gwtls verify --help", "verify takes one FILE or ALIAS, and what may help in the same file; here are %d", len(args))
		}
		return operands(&o.operands, 1, "a FILE or an ALIAS")(c, args)
	}
	f := c.Flags()
	f.StringVar(&o.host, "host", "", "the host, address or mailbox that the certificate has to cover (`H`)")
	f.StringVar(&o.roots, "roots", "", "whom to trust: system, truststore or a `FILE` (default system, and for an ALIAS the home's own root)")
	f.StringVar(&o.purpose, "purpose", string(cert.ForServer), "what the certificate is for: server or client (`P`)")
	f.StringArrayVar(&o.crls, "crl", nil, "a list of revoked certificates, may be given several times (`FILE`)")
	f.StringVar(&o.at, "at", "", "the `TIME` to verify at, such as 2027-01-31 or 2027-01-31T12:00:00Z (default now)")
	f.StringVar(&o.profile, "profile", "", "whose rules: private or public (default: as the certificate claims) (`P`)")
	return c
}

// verified is the result as scripts read it.
type verified struct {
	Valid   bool               `json:"valid"`
	Chain   []cert.Description `json:"chain"`
	Faults  []cert.Fault       `json:"faults"`
	At      time.Time          `json:"at"`
	Purpose cert.Purpose       `json:"purpose"`
	Profile cert.Profile       `json:"profile"`
	Notes   []string           `json:"notes,omitempty"`

	anchor string // where the trusted end comes from
}

func (o *verifyOptions) run(ctx context.Context) error {
	q, err := o.question()
	if err != nil {
		return err
	}
	m, err := o.readMaterial(ctx, o.operands[0])
	if err != nil {
		return err
	}
	q.Leaf, q.Helpers, err = m.leafFirst()
	if broken := (*malformedError)(nil); errors.As(err, &broken) {
		return o.tell(verified{At: q.At, Purpose: q.Purpose, Profile: q.Profile,
			Faults: []cert.Fault{{Code: cert.FaultMalformed, What: "the certificate cannot be read: " + oneLine(err.Error())}}})
	}
	if err != nil {
		return err
	}
	if q.Profile == "" {
		q.Profile = cert.ProfileOf(q.Leaf)
	}
	trusted, err := o.trust(ctx, q, m.alias)
	if err != nil {
		return err
	}
	v := cert.Verify(*q)
	result := verified{
		Valid: v.Valid(), Chain: cert.DescribeAll(v.Chain), Faults: v.Faults,
		At: q.At, Purpose: q.Purpose, Profile: q.Profile, Notes: v.Notes,
	}
	if m.alias && cert.IsPending(q.Leaf) {
		result.Valid = false
		result.Faults = append([]cert.Fault{{Code: "pending", What: "the CA's reply has not come yet: this certificate only holds its place"}}, result.Faults...)
	}
	if v.Anchored {
		result.anchor = trusted(v.Chain[len(v.Chain)-1])
	}
	return o.tell(result)
}

// question reads the flags.
func (o *verifyOptions) question() (*cert.VerifyOptions, error) {
	q := &cert.VerifyOptions{Host: o.host, At: o.env.Now()}
	usage := func(err error) (*cert.VerifyOptions, error) {
		return nil, fail(codeUsage, "gwtls verify --help", "%w", err)
	}
	var err error
	if _, err := netip.ParseAddr(o.host); err != nil && strings.ContainsAny(o.host, ":/ ") {
		return usage(fmt.Errorf("--host %q is no host: give it without scheme, port and path", o.host))
	}
	if q.Purpose, err = cert.ParsePurpose(o.purpose); err != nil {
		return usage(fmt.Errorf("--purpose: %w", err))
	}
	if o.profile != "" {
		if q.Profile, err = cert.ParseProfile(o.profile); err != nil {
			return usage(fmt.Errorf("--profile: %w", err))
		}
	}
	if o.at != "" {
		if q.At, err = parseTime(o.at); err != nil {
			return usage(fmt.Errorf("--at: %w", err))
		}
	}
	for _, path := range o.crls {
		lists, err := o.readCRLs(path)
		if err != nil {
			return nil, err
		}
		q.CRLs = append(q.CRLs, lists...)
	}
	return q, nil
}

// parseTime reads a day, which begins at midnight UTC, or a moment as RFC 3339 has it.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time such as 2027-01-31 or 2027-01-31T12:00:00Z", text)
}

func (o *verifyOptions) readCRLs(path string) ([]*x509.RevocationList, error) {
	data, err := o.readBounded(path)
	if err != nil {
		return nil, err
	}
	parts, err := cert.ReadParts(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var lists []*x509.RevocationList
	for _, p := range parts {
		if p.Kind != cert.PartCRL {
			continue
		}
		if p.Err != nil {
			return nil, fail(codeBadFormat, "", "%s: the CRL cannot be read: %w", path, p.Err)
		}
		lists = append(lists, p.CRL)
	}
	if len(lists) == 0 {
		return nil, fail(codeBadFormat, "gwtls inspect "+shellQuoted(path), "%s holds no CRL", path)
	}
	return lists, nil
}

// tell prints the result, and ends with exit code 3 where there are faults.
func (o *verifyOptions) tell(v verified) error {
	v.At = v.At.UTC().Truncate(time.Second)
	v.Chain = append([]cert.Description{}, v.Chain...)
	v.Faults = append([]cert.Fault{}, v.Faults...)
	if err := o.print(v, func(w io.Writer) { v.write(w, o.operands[0]) }); err != nil {
		return err
	}
	if !v.Valid {
		return errFindings
	}
	return nil
}

func (v verified) write(w io.Writer, operand string) {
	w = plainWriter{w}
	verdict := "holds"
	if !v.Valid {
		verdict = "does not hold"
	}
	fmt.Fprintf(w, "%s %s for a %s at %s\n", operand, verdict, v.Purpose, v.At.Format(time.RFC3339))
	for i, c := range v.Chain {
		from := ""
		if i == len(v.Chain)-1 && v.anchor != "" {
			from = ", " + v.anchor
		}
		fmt.Fprintf(w, "  %d %s, %s, until %s%s\n", i+1, c.Subject, c.Key, c.NotAfter.Format(time.DateOnly), from)
	}
	for _, f := range v.Faults {
		fmt.Fprintf(w, "fault: %s: %s\n", f.Code, f.What)
	}
	for _, n := range v.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
}
