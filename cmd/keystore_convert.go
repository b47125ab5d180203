package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
)

type keystoreConvertOptions struct {
	*globals
	files   []string
	newPass string
}

func newKeystoreConvertCommand(g *globals) *cobra.Command {
	o := &keystoreConvertOptions{globals: g}
	c := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write a store in another format",
		Long: `Writes all of a store into a new one, whose format is that of its extension (.p12 .pfx,
.jks, .jceks, .pem, .p7b, .cer .der) or of --storetype. What the other format has no place
for is said, and refused without --force; IN stays as it is.

OUT gets the password of IN, unless --new-pass or a .pw file beside OUT say another one;
where IN has none, a random one in a .pw file.`,
		Example: `  gwtls keystore convert old.jks new.p12
  gwtls keystore convert keystore.p12 for-java8.jks --new-pass file:java8.pass`,
		Args: exactly(2, &o.files, "IN and OUT"),
		RunE: action(o.run),
	}
	c.Flags().StringVar(&o.newPass, "new-pass", "", "where the password of OUT is, if it is another (`SRC`)")
	return c
}

// keystoreConverted is the new store, and what could not go into it.
type keystoreConverted struct {
	keystoreListed
	From string     `json:"from"`
	Lost []lostJSON `json:"lost"`
}

type lostJSON struct {
	Alias string `json:"alias,omitempty"`
	What  string `json:"what"`
}

func (o *keystoreConvertOptions) run(ctx context.Context) error {
	in, err := o.readIn(ctx)
	if err != nil {
		return err
	}
	out, err := o.store(o.files[1], "")
	if err != nil {
		return err
	}
	format, err := o.outFormat(out.name)
	if err != nil {
		return err
	}
	v := keystoreConverted{From: in.Ref.path(), Lost: []lostJSON{}}
	if err := o.losses(in, format, &v); err != nil {
		return err
	}
	to := &opened{Ref: out, Format: format}
	err = out.home.Update(ctx, func(tx home.Tx) error { return o.write(tx, in, to) })
	if err != nil {
		return err
	}
	o.warnOfPassword(to)
	v.Keystore, v.Format, v.Entries = out.path(), format, []entryJSON{}
	for _, e := range to.Store.Entries() {
		v.Entries = append(v.Entries, describeEntry(e))
	}
	return o.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s, %s, %s from %s\n", v.Keystore, formatNames[format], plural(len(v.Entries), "entry"), v.From)
		if to.generated {
			o.note("its password is in %s", out.home.Path(secret.PasswordFile(out.name)))
		}
	})
}

// readIn opens IN with all its keys: what does not open cannot be written in another way.
func (o *keystoreConvertOptions) readIn(ctx context.Context) (*opened, error) {
	ref, err := o.store(o.files[0], "")
	if err != nil {
		return nil, err
	}
	in, err := o.read(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := in.Store.OpenKeys(); errors.Is(err, keystore.ErrFormat) {
		return nil, fmt.Errorf("%s: %w", ref.path(), err)
	}
	for _, e := range in.Store.Entries() {
		if _, err := o.unlock(in, e); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (o *keystoreConvertOptions) outFormat(name string) (keystore.Format, error) {
	if o.storeType != "" {
		f, err := keystore.ParseFormat(o.storeType)
		if err != nil {
			return "", fail(codeUsage, "gwtls keystore convert --help", "%w", err)
		}
		return f, nil
	}
	if f := keystore.FormatOfName(name); f != "" {
		return f, nil
	}
	return "", fail(codeUsage, "name the format with --storetype", "the name %s does not say what format it is to have", filepath.Base(name))
}

// losses says what OUT cannot hold; without --force that is the end.
func (o *keystoreConvertOptions) losses(in *opened, f keystore.Format, v *keystoreConverted) error {
	var what []string
	for _, l := range in.Store.Losses(f) {
		v.Lost = append(v.Lost, lostJSON{l.Alias, l.What})
		text := l.What
		if l.Alias != "" {
			text += " of " + l.Alias
		}
		if l.Minor || o.force {
			o.note("lost in %s: %s", formatNames[f], text)
			continue
		}
		what = append(what, text)
	}
	if len(what) == 0 {
		return nil
	}
	again := append([]string{"keystore", "convert"}, o.files...)
	return fail(codeUnsafe, o.command(append(again, "--force")...), "%s has no place for %s", formatNames[f], strings.Join(what, ", "))
}

// write puts the new store beside its password.
func (o *keystoreConvertOptions) write(tx home.Tx, in, to *opened) error {
	if _, err := tx.Read(to.Ref.name); err == nil && !o.force {
		return fmt.Errorf("%s: %w", to.Ref.path(), fs.ErrExist)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := o.choosePassword(tx, in, to); err != nil {
		return err
	}
	to.Store = in.Store.For(to.Format)
	keepsOwn := to.Format == keystore.JKS || to.Format == keystore.JCEKS
	for _, e := range in.Store.Entries() {
		c := to.Store.Get(e.Alias)
		if own, err := e.OwnPassword(); c == nil || c.Kind == keystore.TrustedCert || err != nil || !own {
			continue
		}
		password := to.password.Reveal()
		if keepsOwn {
			password = e.KeyPassword()
		}
		if err := c.SetKeyPassword(password); err != nil {
			return err
		}
	}
	return to.write(tx)
}

// choosePassword: said, or beside OUT, or that of IN, which goes into a file where IN has
// one too; else a random one.
func (o *keystoreConvertOptions) choosePassword(tx home.Tx, in, to *opened) error {
	switch to.Format {
	case keystore.PKCS7, keystore.DER:
		return nil
	}
	beside := secret.PasswordFile(to.Ref.name)
	blob, err := tx.Read(beside)
	switch {
	case o.newPass != "":
		to.password.Value, err = o.source(o.newPass, "Password of "+to.Ref.path())
		return err
	case err == nil:
		to.password.Value, err = secret.FromFile(blob.Data, to.Ref.home.Path(beside))
		return err
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case in.password.Known():
		to.password = in.password
		to.generated = in.password.from == in.Ref.home.Path(secret.PasswordFile(in.Ref.name))
	default:
		to.password, to.generated = password{Value: secret.Generate()}, true
	}
	return nil
}
