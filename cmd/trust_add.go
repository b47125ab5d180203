package cmd

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

type trustAddOptions struct {
	*globals
	operands     []string
	alias        string
	fingerprints []string
	fromPass     string
}

func newTrustAddCommand(g *globals) *cobra.Command {
	o := &trustAddOptions{globals: g}
	c := &cobra.Command{
		Use:   "add FILE|tls://HOST:PORT...",
		Short: "Trust certificates",
		Long: `Puts certificates into the truststore, which is made if it is not there.

A FILE may be PEM, DER, PKCS#7, PKCS#12, JKS, JCEKS or a ZIP of these (- is standard
input); all certificates in it are taken. One with a private key is refused.

Of tls://HOST:PORT (https:// and wss:// too) it shows what was presented and asks
whether that is right, since anybody could have presented it: compare the fingerprint
with one that you got another way, or give that one with --fingerprint.`,
		Example: `  gwtls trust add company-root.pem
  gwtls trust add back-ends.jks mq1.crt
  gwtls trust add tls://mq1.example.com:61617`,
		Args: operands(&o.operands, 1, "a FILE or tls://HOST:PORT"),
		RunE: action(o.run),
	}
	f := c.Flags()
	f.StringVar(&o.alias, "alias", "", "the entry's name; of several certificates the second is NAME-2 (`NAME`; default: of the certificate)")
	f.StringVar(&o.fromPass, "from-pass", "", "where the password of a FILE is (`SRC`; default: as of every store)")
	f.StringSliceVar(&o.fingerprints, "fingerprint", nil, "only the certificate of this `SHA-256`")
	return c
}

// candidate is a certificate that is to be trusted.
type candidate struct {
	certificate *x509.Certificate
	alias       string // "": made from the certificate
	from        string // operand
}

// trustAdded is what was added, and what was there already.
type trustAdded struct {
	Truststore string          `json:"truststore"`
	Format     keystore.Format `json:"format"`
	Entries    []entryJSON     `json:"entries"`
	Unchanged  []entryJSON     `json:"unchanged"`

	added []*keystore.Entry
}

func (o *trustAddOptions) run(ctx context.Context) error {
	if err := o.normalize(); err != nil {
		return err
	}
	var found []candidate
	for _, operand := range o.operands {
		some, err := o.candidates(ctx, operand)
		if err != nil {
			return err
		}
		found = append(found, some...)
	}
	ref, err := o.truststore()
	if err != nil {
		return err
	}
	var (
		ts *opened
		v  trustAdded
	)
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		ts = stores[0]
		v = trustAdded{Truststore: ref.path(), Format: ts.Format, Entries: []entryJSON{}, Unchanged: []entryJSON{}}
		return o.put(ts, found, &v)
	})
	if err != nil {
		return err
	}
	o.warnOf(found)
	o.warnOfKeys(ts)
	if !ts.Existed {
		o.note("%s is new: where TLS is spoken with a back end it holds now, and the system's roots no longer do", ref.path())
	}
	return o.print(v, func(w io.Writer) {
		if len(v.added) > 0 {
			fmt.Fprintf(w, "added to %s\n", v.Truststore)
			(&keystoreListOptions{globals: o.globals}).table(plainWriter{w}, v.Truststore, v.added)
		}
	})
}

// candidates are the certificates of an operand: all of a file, one of an endpoint,
// or those of --fingerprint.
func (o *trustAddOptions) candidates(ctx context.Context, operand string) ([]candidate, error) {
	if scheme, _, ok := strings.Cut(operand, "://"); ok {
		return o.fromEndpoint(ctx, scheme, operand)
	}
	return o.fromFile(ctx, operand)
}

// put adds what is not there yet.
func (o *trustAddOptions) put(ts *opened, found []candidate, v *trustAdded) error {
	here := map[string]*keystore.Entry{}
	for _, e := range ts.Store.Entries() {
		if chain := e.RawChain(); e.Kind == keystore.TrustedCert && len(chain) > 0 {
			here[string(chain[0])] = e
		}
	}
	ts.asItIs = ts.Existed
	taken := map[string]bool{} // by this command
	for _, c := range found {
		if e := here[string(c.certificate.Raw)]; e != nil {
			o.warn("%s is in the truststore already, as %q", cert.FormatDN(c.certificate.RawSubject), e.Alias)
			v.Unchanged = append(v.Unchanged, describeEntry(e))
			continue
		}
		alias, err := o.aliasOf(c, ts, taken)
		if err != nil {
			return err
		}
		e := keystore.NewTrusted(alias, c.certificate, o.env.Now())
		ts.Store.Put(e)
		ts.asItIs, taken[e.Alias], here[string(c.certificate.Raw)] = false, true, e
		v.Entries, v.added = append(v.Entries, describeEntry(e)), append(v.added, e)
	}
	return nil
}

// aliasOf finds the name of a new entry. One that stands is replaced only where it was
// asked for by name, and under --force.
func (o *trustAddOptions) aliasOf(c candidate, ts *opened, taken map[string]bool) (string, error) {
	base := c.alias
	if base == "" {
		base = aliasFor(c.certificate)
	}
	if o.alias != "" {
		base = strings.ToLower(o.alias)
	}
	switch standing := ts.Store.Get(base); {
	case standing == nil:
		return base, nil
	case o.alias == "" || taken[base]:
	case o.force:
		return base, nil
	default:
		return "", fail(codeExists, "use --force to replace it, or another --alias", "%s: entry %q is another certificate", ts.Ref.path(), standing.Alias)
	}
	for n := 2; ; n++ {
		if alias := fmt.Sprintf("%s-%d", base, n); ts.Store.Get(alias) == nil {
			return alias, nil
		}
	}
}

// aliasFor makes a name of a certificate's own, for it to be typed: an issuer may put
// anything into it.
func aliasFor(c *x509.Certificate) string {
	const longest = 64
	name := c.Subject.CommonName
	switch {
	case name != "":
	case len(c.DNSNames) > 0:
		name = c.DNSNames[0]
	case len(c.Subject.Organization) > 0:
		name = c.Subject.Organization[0]
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._@*-", r)
	})
	alias := []rune(strings.Join(words, "-"))
	if len(alias) == 0 {
		alias = []rune(strings.ToLower(strings.ReplaceAll(cert.Fingerprint(c.Raw), ":", ""))[:16])
	}
	return string(alias[:min(len(alias), longest)])
}

// warnOf tells of certificates that will not do for long, or do not at all.
func (o *trustAddOptions) warnOf(found []candidate) {
	now := o.env.Now()
	for _, c := range found {
		name := cert.FormatDN(c.certificate.RawSubject)
		switch {
		case now.After(c.certificate.NotAfter):
			o.warn("%s expired on %s: no back end is trusted by it", name, c.certificate.NotAfter.UTC().Format(time.DateOnly))
		case now.Before(c.certificate.NotBefore):
			o.warn("%s is not valid before %s", name, c.certificate.NotBefore.UTC().Format(time.RFC3339))
		}
		if !c.certificate.IsCA && !cert.SelfSigned(c.certificate) {
			o.warn("%s is a server's own certificate, signed by %s: it is trusted until the server gets its next one; add its CA's to trust that too",
				name, cert.FormatDN(c.certificate.RawIssuer))
		}
	}
}
