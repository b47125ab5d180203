package trust

import (
	"crypto/sha3"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
)

// Anchor is a certificate that clients have to trust.
type Anchor struct {
	*x509.Certificate
	Name    string   // of its files
	Aliases []string // the entries it vouches for
	Single  bool     // it is a server's own certificate and no root
	Host    string   // a name of the first entry, for examples
	Leaves  []Leaf   // the servers' own certificates
}

// Leaf is the certificate of a server, for what pins it.
type Leaf struct {
	*x509.Certificate
	Host string // a name of it
}

// Bundle is what is exported: one or more anchors.
type Bundle struct {
	Anchors []Anchor

	// Password of Java's truststores, which hold nothing secret: it guards against
	// damage, not against readers. Nil means DefaultPassword.
	Password []byte
}

// DefaultPassword is what truststores of Java have had from its beginning.
const DefaultPassword = "changeit"

// ErrPassword says that a password is not one which Java's tools take.
var ErrPassword = errors.New("a truststore's password has at least 6 characters, printable ASCII ones")

func checkPassword(p string) error {
	if len(p) < 6 || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ErrPassword
	}
	return nil
}

func (b *Bundle) password() string {
	if b.Password == nil {
		return DefaultPassword
	}
	return string(b.Password)
}

// Add takes up the anchor of an entry and of its leaf.
func (b *Bundle) Add(alias string, leaf, anchor *x509.Certificate) {
	name := host(alias, leaf)
	b.add(alias, Anchor{Certificate: anchor, Single: anchor.Equal(leaf), Host: name, Leaves: []Leaf{{leaf, name}}})
}

// AddRoot takes up a certificate that is trusted for itself.
func (b *Bundle) AddRoot(alias string, anchor *x509.Certificate) {
	b.add(alias, Anchor{Certificate: anchor, Single: !anchor.IsCA, Host: host(alias, anchor)})
}

// add gives an anchor that is there already one more alias.
func (b *Bundle) add(alias string, anchor Anchor) {
	i := slices.IndexFunc(b.Anchors, func(a Anchor) bool { return a.Equal(anchor.Certificate) })
	if i >= 0 {
		b.Anchors[i].Aliases = append(b.Anchors[i].Aliases, alias)
		b.Anchors[i].Leaves = append(b.Anchors[i].Leaves, anchor.Leaves...)
		return
	}
	taken := map[string]bool{}
	for _, a := range b.Anchors {
		taken[a.Name] = true
	}
	anchor.Name, anchor.Aliases = unique(FileName(alias), "-", taken), []string{alias}
	b.Anchors = append(b.Anchors, anchor)
}

// Name is what files that hold all anchors are called: as the first.
func (b *Bundle) Name() string { return b.Anchors[0].Name }

// PEM holds all anchors, one bare block after another: some clients take no word beside.
func (b *Bundle) PEM() []byte {
	var out []byte
	for _, a := range b.Anchors {
		out = append(out, a.PEM()...)
	}
	return out
}

// each makes one file an anchor.
func (b *Bundle) each(extension string, content func(Anchor) []byte) []File {
	var files []File
	for _, a := range b.Anchors {
		files = append(files, File{a.Name + extension, content(a)})
	}
	return files
}

// salt gives bytes that look random, the same for the same bundle: they end up as
// salts of files that hide nothing. Purpose keeps files apart.
func (b *Bundle) salt(purpose string) io.Reader {
	h := sha3.NewSHAKE256()
	for _, part := range []string{purpose, b.password()} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	for _, a := range b.Anchors {
		h.Write([]byte(a.Name))
		h.Write([]byte{0})
		h.Write(a.Raw)
	}
	return h
}

// host is a name for examples and settings: the first of the certificate, and of a
// pattern one that it covers. A certificate of others may hold anything for a name;
// what could mean something to a shell is none.
func host(alias string, leaf *x509.Certificate) string {
	if len(leaf.DNSNames) > 0 {
		name := leaf.DNSNames[0]
		if rest, wildcard := strings.CutPrefix(name, "*."); wildcard {
			name = "www." + rest
		}
		if name = strings.ToLower(name); name == FileName(name) {
			return name
		}
	}
	if len(leaf.IPAddresses) > 0 {
		ip := leaf.IPAddresses[0]
		if ip.To4() == nil {
			return "[" + ip.String() + "]"
		}
		return ip.String()
	}
	return FileName(alias)
}
