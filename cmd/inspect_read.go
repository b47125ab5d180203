package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
)

// maxMaterial is more than any file has that is looked at or verified.
const maxMaterial = 10 << 20

// material is what an operand that is a file or an alias holds.
type material struct {
	operand string
	path    string          // of the file, or of the keystore of an alias
	format  keystore.Format // "" for an alias
	alias   bool

	parts   []cert.Part       // of PEM and DER
	entries []*keystore.Entry // of the other formats, and of an alias
}

// readMaterial reads a file of any kind, "-" being standard input, or, where there is
// no such file, an entry of the keystore.
func (g *globals) readMaterial(ctx context.Context, operand string) (*material, error) {
	data, err := g.readBounded(operand)
	if errors.Is(err, fs.ErrNotExist) {
		return g.readAlias(ctx, operand)
	}
	if err != nil {
		return nil, err
	}
	m := &material{operand: operand, path: operand, format: keystore.Sniff(data)}
	switch m.format {
	case keystore.PKCS7:
		err = m.addPKCS7(data)
	case keystore.PKCS12, keystore.JKS, keystore.JCEKS:
		err = m.addStore(g.decodeStore(ctx, operand, data))
	default:
		err = m.addParts(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operand, err)
	}
	return m, nil
}

// readBounded reads a file or standard input, up to a bound.
func (g *globals) readBounded(path string) ([]byte, error) {
	in := g.env.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, fail(codeUsage, "name the files in it", "%s is a directory", path)
		}
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxMaterial+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(data) > maxMaterial {
		return nil, fail(codeBadFormat, "", "%s is longer than %d MB, which nothing that is read here is", path, maxMaterial>>20)
	}
	return data, nil
}

// readAlias finds an operand that is no file in the keystore.
func (g *globals) readAlias(ctx context.Context, alias string) (*material, error) {
	ref, err := g.keystore()
	if err != nil {
		return nil, err
	}
	ks, err := g.list(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(codeNotFound, "check the name, or the home (--home)", "there is no file %s, and no keystore at %s that could have such an entry", alias, ref.path())
	}
	if err != nil {
		return nil, err
	}
	e := ks.Store.Get(alias)
	if e == nil {
		return nil, fail(codeNotFound, g.command("keystore", "list"), "there is no file %s, and no such entry in %s", alias, ref.path())
	}
	return &material{operand: alias, path: ref.path(), alias: true, entries: []*keystore.Entry{e}}, nil
}

// decodeStore opens a store in a file, with the passwords any other command finds for
// it; one on standard input has no password file beside it.
func (g *globals) decodeStore(ctx context.Context, path string, data []byte) (*keystore.Store, keystore.Format, error) {
	if path != "-" {
		ref, err := g.store(path, "")
		if err != nil {
			return nil, "", err
		}
		o, err := g.list(ctx, ref)
		if err != nil {
			return nil, "", err
		}
		return o.Store, o.Format, nil
	}
	password := secret.Value{}
	var err error
	switch {
	case g.storepassSource != "":
		password, err = g.source(g.storepassSource, "Password of the store on standard input")
	case g.env.Getenv("GWTLS_STOREPASS") != "":
		password = secret.New([]byte(g.env.Getenv("GWTLS_STOREPASS")))
	}
	if err != nil {
		return nil, "", err
	}
	return keystore.Decode(data, keystore.Passwords{Store: password.Reveal()})
}

func (m *material) addStore(s *keystore.Store, _ keystore.Format, err error) error {
	if err != nil {
		return err
	}
	m.entries = append(m.entries, s.Entries()...)
	return nil
}

// addPKCS7 takes the certificates out of a PKCS#7, which gives them no names.
func (m *material) addPKCS7(data []byte) error {
	s, _, err := keystore.Decode(data, keystore.Passwords{})
	if err != nil {
		return err
	}
	for _, e := range s.Entries() {
		for _, der := range e.RawChain() {
			p := cert.Part{Kind: cert.PartCertificate, DER: der}
			p.Certificate, p.Err = x509.ParseCertificate(der)
			m.parts = append(m.parts, p)
		}
	}
	return nil
}

// addParts takes PEM and DER apart, and PKCS#7 in PEM too.
func (m *material) addParts(data []byte) error {
	parts, err := cert.ReadParts(data)
	if err != nil {
		return err
	}
	for _, p := range parts {
		switch {
		case p.Kind == cert.PartPKCS7 && len(parts) == 1:
			m.format = keystore.PKCS7
		case p.Label == "":
			m.format = keystore.DER
		default:
			m.format = keystore.PEM
		}
		if p.Kind != cert.PartPKCS7 {
			m.parts = append(m.parts, p)
		} else if err := m.addPKCS7(p.DER); err != nil {
			return err
		}
	}
	if len(m.parts) == 0 {
		return fail(codeBadFormat, "", "neither PEM, DER, PKCS#7, PKCS#12, JKS nor JCEKS")
	}
	return nil
}

// certificates are all of them: of a private key's entry first, with its chain.
// Those that cannot be parsed are faults.
func (m *material) certificates() (certs []*x509.Certificate, faults []error) {
	for _, p := range m.parts {
		switch {
		case p.Kind != cert.PartCertificate:
		case p.Err != nil:
			faults = append(faults, p.Err)
		default:
			certs = append(certs, p.Certificate)
		}
	}
	entries := slices.Clone(m.entries)
	slices.SortStableFunc(entries, func(a, b *keystore.Entry) int { return rankOf(a) - rankOf(b) })
	for _, e := range entries {
		chain, err := e.Chain()
		if err != nil {
			faults = append(faults, err)
		}
		certs = append(certs, chain...)
	}
	return certs, faults
}

// rankOf puts entries with keys before those without.
func rankOf(e *keystore.Entry) int {
	if e.Kind == keystore.PrivateKey {
		return 0
	}
	return 1
}

// leafFirst are the certificates, that first which is to be verified. The order of a
// PEM file says which; PKCS#7 has none, and there it is the one that issued no other.
func (m *material) leafFirst() (leaf *x509.Certificate, others []*x509.Certificate, err error) {
	certs, faults := m.certificates()
	if len(m.parts) > 0 {
		for _, p := range m.parts {
			if p.Kind == cert.PartCertificate {
				if p.Err != nil {
					return nil, nil, &malformedError{p.Err}
				}
				break
			}
		}
	}
	if len(certs) == 0 {
		if len(faults) > 0 {
			return nil, nil, &malformedError{faults[0]}
		}
		return nil, nil, fail(codeBadFormat, "gwtls inspect "+shellQuoted(m.operand), "%s holds no certificate", m.operand)
	}
	first := 0
	if m.format == keystore.PKCS7 {
		first = max(0, slices.IndexFunc(certs, func(c *x509.Certificate) bool {
			return !slices.ContainsFunc(certs, func(o *x509.Certificate) bool { return !o.Equal(c) && cert.Issued(c, o) })
		}))
	}
	others = slices.Delete(slices.Clone(certs), first, first+1)
	return certs[first], others, nil
}

// malformedError is of a certificate that is one, but breaks the rules by which it is
// written so that nobody can read it.
type malformedError struct{ err error }

func (e *malformedError) Error() string { return e.err.Error() }
func (e *malformedError) Unwrap() error { return e.err }
