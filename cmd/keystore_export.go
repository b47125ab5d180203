package cmd

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/keystore"
)

type keystoreExportOptions struct {
	*globals
	alias      []string
	out        string
	key, plain bool
	format     string
	profile    string
	bundlePass string
}

func newKeystoreExportCommand(g *globals) *cobra.Command {
	o := &keystoreExportOptions{globals: g}
	c := &cobra.Command{
		Use:   "export ALIAS",
		Short: "Write an entry into a file of its own",
		Long: `Writes the certificates of an entry as PEM, leaf first; with --key the private key
before them, as encrypted PKCS#8 or, with --plain, as it is.

--format, or the extension of -o, chooses another form: der (.der .cer), the leaf alone or
with --key the key alone; p7b, the certificates; p12 (.p12 .pfx), for one client, in its
profile: key and chain, or a certificate to trust. What is encrypted has the password of
--bundle-pass, else the keystore's.`,
		Example: `  gwtls keystore export gw.example.com -o gw.pem
  gwtls keystore export gw.example.com --key --plain -o gw.key
  gwtls keystore export gw.example.com --profile legacy -o gw.p12 --bundle-pass file:gw.pass`,
		Args: exactly(1, &o.alias, "one ALIAS"),
		RunE: action(o.run),
	}
	f := c.Flags()
	f.StringVarP(&o.out, "out", "o", "-", "where to, - being standard output (`PATH`)")
	f.BoolVar(&o.key, "key", false, "the private key too")
	f.BoolVar(&o.plain, "plain", false, "the private key without encryption")
	f.StringVar(&o.format, "format", "", "pem, der, p7b or p12 (`F`)")
	f.StringVar(&o.profile, "profile", string(keystore.Modern), "of a p12: modern or legacy (`P`)")
	f.StringVar(&o.bundlePass, "bundle-pass", "", "where the password of what is written is (`SRC`)")
	return c
}

// keystoreExported is the file that was written.
type keystoreExported struct {
	Entry    entryJSON       `json:"entry"`
	Keystore string          `json:"keystore"`
	Format   keystore.Format `json:"format"` // of the file
	File     string          `json:"file"`
}

func (o *keystoreExportOptions) run(ctx context.Context) error {
	format, err := o.outFormat()
	if err != nil {
		return err
	}
	ref, err := o.keystore()
	if err != nil {
		return err
	}
	read := o.list
	if o.hasKey(format) {
		read = o.read
	}
	ks, err := read(ctx, ref)
	if err != nil {
		return err
	}
	e, err := o.entry(ks, o.alias[0])
	if err != nil {
		return err
	}
	data, err := o.encode(ks, e, format)
	if err != nil {
		return err
	}
	mode := home.Public
	if o.hasKey(format) && e.Kind == keystore.PrivateKey {
		mode = home.Private
	}
	if err := o.writeFile(o.out, data, mode); err != nil || o.out == "-" {
		return err
	}
	v := keystoreExported{describeEntry(e), ref.path(), format, o.out}
	return o.print(v, func(w io.Writer) { fmt.Fprintln(w, o.out) })
}

// hasKey says whether what is written may hold the private key.
func (o *keystoreExportOptions) hasKey(f keystore.Format) bool { return o.key || f == keystore.PKCS12 }

// outFormat is what --format says, else the extension of the file, else PEM.
func (o *keystoreExportOptions) outFormat() (keystore.Format, error) {
	usage := func(format string, args ...any) (keystore.Format, error) {
		return "", fail(codeUsage, "gwtls keystore export --help", format, args...)
	}
	f := keystore.PEM
	if o.format != "" {
		var err error
		if f, err = keystore.ParseFormat(o.format); err != nil {
			return usage("%w", err)
		}
	} else if named := keystore.FormatOfName(o.out); named != "" {
		f = named
	}
	switch {
	case f == keystore.JKS || f == keystore.JCEKS:
		return usage("a store of type %s is written by gwtls keystore convert", f)
	case o.plain && !o.key:
		return usage("--plain is for --key")
	case o.plain && f == keystore.PKCS12:
		return usage("a p12 is never written without encryption")
	case o.key && f == keystore.PKCS7:
		return usage("a p7b holds no key")
	case o.json && o.out == "-":
		return usage("--json needs -o FILE: standard output is one JSON value")
	}
	return f, nil
}

func (o *keystoreExportOptions) encode(ks *opened, e *keystore.Entry, f keystore.Format) ([]byte, error) {
	if e.Kind == keystore.SecretKey {
		return nil, fail(codeUsage, "gwtls keystore convert", "%s: %q is a secret key, which no file but a keystore holds", ks.Ref.path(), e.Alias)
	}
	if o.key && e.Kind != keystore.PrivateKey {
		return nil, fail(codeUsage, o.command("keystore", "show", e.Alias), "%s: %q holds no private key", ks.Ref.path(), e.Alias)
	}
	if len(e.RawChain()) == 0 && !o.key {
		return nil, fail(codeNotFound, o.command("keystore", "show", e.Alias), "%s: %q has no certificate", ks.Ref.path(), e.Alias)
	}
	switch f {
	case keystore.PKCS12:
		return o.bundle(ks, e)
	case keystore.PKCS7:
		one := keystore.New()
		one.Put(e)
		return one.For(keystore.PKCS7).Encode(keystore.PKCS7, keystore.Passwords{})
	case keystore.DER:
		if o.key {
			der, _, err := o.keyDER(ks, e)
			return der, err
		}
		return e.RawChain()[0], nil
	}
	var out bytes.Buffer
	if o.key {
		der, kind, err := o.keyDER(ks, e)
		if err != nil {
			return nil, err
		}
		pem.Encode(&out, &pem.Block{Type: kind, Bytes: der})
	}
	for _, raw := range e.RawChain() {
		pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: raw})
	}
	return out.Bytes(), nil
}

// keyDER is the private key, encrypted unless --plain, and the label of its PEM block.
func (o *keystoreExportOptions) keyDER(ks *opened, e *keystore.Entry) (der []byte, label string, err error) {
	if _, err := o.unlock(ks, e); err != nil {
		return nil, "", err
	}
	if o.plain {
		der, err = e.PKCS8()
		return der, "PRIVATE KEY", err
	}
	password, err := o.password(ks)
	if err != nil {
		return nil, "", err
	}
	der, err = e.EncryptedPKCS8(password, nil)
	return der, "ENCRYPTED PRIVATE KEY", err
}

// bundle is a PKCS#12 for one client.
func (o *keystoreExportOptions) bundle(ks *opened, e *keystore.Entry) ([]byte, error) {
	profile, err := keystore.ParseProfile(o.profile)
	if err != nil {
		return nil, fail(codeUsage, "gwtls keystore export --help", "%w", err)
	}
	password, err := o.password(ks)
	if err != nil {
		return nil, err
	}
	if e.Kind == keystore.TrustedCert {
		return keystore.EncodeTrust(profile, []*keystore.Entry{e}, password, nil)
	}
	if _, err := o.unlock(ks, e); err != nil {
		return nil, err
	}
	key, err := e.PrivateKey()
	if err != nil {
		return nil, err
	}
	chain, err := e.Chain()
	if err != nil {
		return nil, err
	}
	return keystore.EncodeIdentity(profile, key, chain, password, nil)
}

// password is for what is written.
func (o *keystoreExportOptions) password(ks *opened) ([]byte, error) {
	if o.bundlePass != "" {
		p, err := o.source(o.bundlePass, "Password of "+filepath.Base(o.out))
		return p.Reveal(), err
	}
	if !ks.password.Known() {
		return nil, fail(codeUsage, "say one with --bundle-pass file:PATH, or write the key as it is with --key --plain",
			"%s has no password that could encrypt what is written", ks.Ref.path())
	}
	o.note("encrypted with the password of %s", ks.Ref.path())
	return ks.password.Reveal(), nil
}
