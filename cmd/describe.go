package cmd

import (
	"crypto/x509"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// entryJSON is an entry of a store as scripts read it.
type entryJSON struct {
	Alias     string             `json:"alias"`
	Kind      keystore.Kind      `json:"kind"`
	Pending   bool               `json:"pending"`
	Created   time.Time          `json:"created"`
	Key       *cert.Key          `json:"key,omitempty"`
	Chain     []cert.Description `json:"chain"`
	Algorithm string             `json:"algorithm,omitempty"`
	Fault     string             `json:"fault,omitempty"` // what of the entry cannot be read
}

// entryWritten is what a command says of an entry it made or changed.
type entryWritten struct {
	Entry    entryJSON         `json:"entry"`
	Keystore string            `json:"keystore"`
	Format   keystore.Format   `json:"format"`
	Root     *cert.Description `json:"root,omitempty"` // whom clients have to trust
	Findings []cert.Finding    `json:"findings,omitempty"`
}

// describeEntry says what an entry is. It opens no key: a fault in one entry is
// said of it, and the others of a list are shown all the same.
func describeEntry(e *keystore.Entry) entryJSON {
	j := entryJSON{Alias: e.Alias, Kind: e.Kind, Created: e.Created.UTC().Truncate(time.Second), Chain: []cert.Description{}}
	chain, err := e.Chain()
	if err != nil {
		j.Fault = err.Error()
		return j
	}
	if len(chain) > 0 {
		key := cert.KeyOf(chain[0].PublicKey)
		j.Key = &key
		j.Chain = cert.DescribeAll(chain)
		j.Pending = e.Kind == keystore.PrivateKey && cert.IsPending(chain[0])
	}
	if e.Kind == keystore.SecretKey {
		j.Algorithm, _, _ = e.Secret() // sealed without the password in some formats
	}
	return j
}

// printWritten shows a new entry.
func (g *globals) printWritten(o *opened, e *keystore.Entry, root *x509.Certificate) error {
	v := entryWritten{Entry: describeEntry(e), Keystore: o.Ref.path(), Format: o.Format}
	if root != nil {
		d := cert.Describe(root)
		v.Root = &d
	}
	if chain, err := e.Chain(); err == nil && len(chain) > 0 {
		v.Findings = g.remark(chain, root)
	}
	return g.print(v, func(w io.Writer) { g.writeEntry(w, v.Entry, v.Keystore) })
}

// remark tells what clients will find in a chain that was just made or taken in, and
// gives it for scripts. What is only good to know is left to inspect.
func (g *globals) remark(chain []*x509.Certificate, root *x509.Certificate) []cert.Finding {
	options := cert.LintOptions{At: g.env.Now()}
	if root != nil {
		options.Roots = []*x509.Certificate{root}
	}
	var findings []cert.Finding
	for _, f := range cert.Lint(chain, options) {
		if f.Severity != cert.Info {
			findings = append(findings, f)
			g.note("%s: %s: %s", f.Severity, f.Where, f.What)
		}
	}
	return findings
}

// writeEntry shows an entry in a few lines.
func (g *globals) writeEntry(w io.Writer, e entryJSON, keystore string) {
	fmt.Fprintf(w, "%s in %s\n", e.Alias, keystore)
	if len(e.Chain) == 0 {
		return
	}
	leaf := e.Chain[0]
	fmt.Fprintf(w, "  names    %s\n", listed(leaf.DNSNames, leaf.IPAddresses, leaf.Emails, leaf.URIs))
	fmt.Fprintf(w, "  key      %s\n", leaf.Key)
	fmt.Fprintf(w, "  valid    until %s, %s\n", leaf.NotAfter.Format(time.RFC3339), timeLeft(leaf.NotAfter.Sub(g.env.Now())))
	fmt.Fprintf(w, "  issuer   %s\n", leaf.Issuer)
	fmt.Fprintf(w, "  SHA-256  %s\n", leaf.SHA256)
}

// timeLeft says how long something is still valid, in the largest whole unit that
// a person would use.
func timeLeft(d time.Duration) string {
	days := int(d / cert.Day)
	switch {
	case d < 0:
		return fmt.Sprintf("expired %d days ago", int(-d/cert.Day))
	case days == 0:
		return fmt.Sprintf("%d hours left", int(d/time.Hour))
	case days == 1:
		return "1 day left"
	}
	return fmt.Sprintf("%d days left", days)
}

// listed joins names of several kinds.
func listed(kinds ...[]string) string {
	return strings.Join(slices.Concat(kinds...), " ")
}
