package cmd

import (
	"fmt"
	"io"
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
func (g *globals) printWritten(o *opened, e *keystore.Entry, root *cert.Description) error {
	v := entryWritten{Entry: describeEntry(e), Keystore: o.Ref.path(), Format: o.Format, Root: root}
	return g.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s in %s\n", v.Entry.Alias, v.Keystore)
		if len(v.Entry.Chain) > 0 {
			leaf := v.Entry.Chain[0]
			fmt.Fprintf(w, "  names    %s\n", listed(leaf.DNSNames, leaf.IPAddresses, leaf.Emails, leaf.URIs))
			fmt.Fprintf(w, "  key      %s\n", leaf.Key)
			fmt.Fprintf(w, "  valid    until %s, %s\n", leaf.NotAfter.Format(time.RFC3339), timeLeft(leaf.NotAfter.Sub(g.env.Now())))
			fmt.Fprintf(w, "  issuer   %s\n", leaf.Issuer)
			fmt.Fprintf(w, "  SHA-256  %s\n", leaf.SHA256)
		}
	})
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
	out := ""
	for _, kind := range kinds {
		for _, name := range kind {
			if out != "" {
				out += " "
			}
			out += name
		}
	}
	return out
}
