package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
)

type keystorePasswdOptions struct {
	*globals
	alias   []string
	newPass string
}

func newKeystorePasswdCommand(g *globals) *cobra.Command {
	o := &keystorePasswdOptions{globals: g}
	c := &cobra.Command{
		Use:   "passwd [ALIAS]",
		Short: "Change the password of a store, or of one key",
		Long: `Changes the password of the keystore and of the keys that have the same; a key with a
password of its own keeps it. Without --new-pass the new password is random. The password
file beside the store, if there is one, changes with it.

With ALIAS it is the key of this entry that gets a password of its own or, without
--new-pass, the store's again. Most programs take only one password in a PKCS#12 store.`,
		Example: `  gwtls keystore passwd
  gwtls keystore passwd --keystore old.jks --new-pass prompt
  gwtls keystore passwd gw --keystore old.jks --keypass file:gw.pass`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fail(codeUsage, c.CommandPath()+" --help", "%s takes one ALIAS at the most", c.CommandPath())
			}
			o.alias = args
			return nil
		},
		RunE: action(o.run),
	}
	c.Flags().StringVar(&o.newPass, "new-pass", "", "where the new password is: file:PATH, env:NAME, fd:N, stdin or prompt (`SRC`)")
	return c
}

// keystorePassword is what was done; the password itself is in no output.
type keystorePassword struct {
	Keystore     string          `json:"keystore"`
	Format       keystore.Format `json:"format"`
	Alias        string          `json:"alias,omitempty"`         // of the key that it is the password of
	PasswordFile string          `json:"password_file,omitempty"` // where the new one is
	OwnPasswords []string        `json:"own_passwords,omitempty"` // keys that kept theirs
}

func (o *keystorePasswdOptions) run(ctx context.Context) error {
	next := secret.Value{}
	if o.newPass != "" {
		var err error
		if next, err = o.source(o.newPass, "New password"); err != nil {
			return err
		}
	}
	var v keystorePassword
	ks, err := o.change(ctx, func(ks *opened) error {
		v = keystorePassword{Keystore: ks.Ref.path(), Format: ks.Format}
		if len(o.alias) == 1 {
			return o.ofKey(ks, next, &v)
		}
		return o.ofStore(ks, next, &v)
	})
	if err != nil {
		return err
	}
	if v.Alias == "" {
		o.warnOfPassword(ks)
	}
	return o.print(v, func(w io.Writer) { o.say(plainWriter{w}, v) })
}

func (o *keystorePasswdOptions) say(w io.Writer, v keystorePassword) {
	if v.Alias != "" {
		fmt.Fprintf(w, "changed the password of the key %s in %s\n", v.Alias, v.Keystore)
		return
	}
	fmt.Fprintf(w, "changed the password of %s\n", v.Keystore)
	if v.PasswordFile != "" {
		o.note("it is in %s", v.PasswordFile)
	}
	for _, alias := range v.OwnPasswords {
		o.note("the key %s keeps a password of its own", alias)
	}
}

// ofStore changes the password of the store, and the file that holds it.
func (o *keystorePasswdOptions) ofStore(ks *opened, next secret.Value, v *keystorePassword) error {
	for _, e := range ks.Store.Entries() {
		if own, err := e.OwnPassword(); own || errors.Is(err, keystore.ErrPassword) {
			v.OwnPasswords = append(v.OwnPasswords, e.Alias)
		}
	}
	file := secret.PasswordFile(ks.Ref.name)
	_, err := ks.tx.Read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if ks.generated = err == nil || !next.Known(); ks.generated {
		v.PasswordFile = ks.Ref.home.Path(file)
	}
	if !next.Known() {
		next = secret.Generate()
	}
	ks.password, ks.keyPassword = password{Value: next, from: "--new-pass"}, secret.Value{}
	return nil
}

// ofKey gives one key a password of its own, or takes it away.
func (o *keystorePasswdOptions) ofKey(ks *opened, next secret.Value, v *keystorePassword) error {
	e, err := o.entry(ks, o.alias[0])
	if err != nil {
		return err
	}
	v.Alias = e.Alias
	if e.Kind == keystore.TrustedCert {
		return fail(codeUsage, o.command("keystore", "passwd"), "%s: %q holds no key", ks.Ref.path(), e.Alias)
	}
	if ks.Format == keystore.PKCS12 && next.Known() {
		o.warn("%s: most programs, Java's key managers among them, take only one password in a PKCS#12 store", ks.Ref.path())
	}
	if what := keystore.KeyPasswordTrouble(ks.Format, next.Reveal()); what != "" && next.Known() {
		o.warn("%s: %s", ks.Ref.path(), what)
	}
	if _, err := o.unlock(ks, e); err != nil {
		return err
	}
	if !next.Known() {
		next = ks.password.Value
	}
	return e.SetKeyPassword(next.Reveal())
}
