package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
)

// storeRef is where a store is; the store itself need not be there yet.
type storeRef struct {
	home  home.Home
	name  string
	named bool // --storepass is meant for it
}

func (r storeRef) path() string { return r.home.Path(r.name) }

// opened is a store in hand.
type opened struct {
	Ref     storeRef
	Store   *keystore.Store
	Format  keystore.Format
	Existed bool

	password    password
	keyPassword secret.Value
	generated   bool // the password is new and goes into the password file

	tx     home.Tx // of the update that it is open in, for what is changed together with it
	asItIs bool    // nothing was changed: it is not written again
}

// password is a password and, for who has to look for the wrong one, its source.
type password struct {
	secret.Value
	from string
}

func (g *globals) keystore() (storeRef, error)   { return g.store(g.keystorePath, "keystore.p12") }
func (g *globals) truststore() (storeRef, error) { return g.store(g.truststorePath, "truststore.p12") }

// homeStore is a store that always lives in the home, as ca.p12 does.
func (g *globals) homeStore(name string) (storeRef, error) {
	h, err := g.home()
	return storeRef{home: h, name: name}, err
}

func (g *globals) store(path, inHome string) (storeRef, error) {
	if path == "" {
		h, err := g.home()
		return storeRef{home: h, name: inHome, named: true}, err
	}
	h, err := g.openHome(filepath.Dir(path))
	return storeRef{home: h, name: filepath.Base(path), named: true}, err
}

// use is what a store is opened for, which decides whether its password is needed.
type use int

const (
	forKeys    use = iota // keys are opened, or the store is written again
	forListing            // nothing that some formats keep sealed is looked at
)

// read opens a store with its keys. A store that is not there is an error.
func (g *globals) read(ctx context.Context, ref storeRef) (*opened, error) {
	return g.open(ref, forKeys, func(name string) (home.Blob, error) { return ref.home.Read(ctx, name) })
}

// list opens a store to look at; JKS and JCEKS need no password for that.
func (g *globals) list(ctx context.Context, ref storeRef) (*opened, error) {
	return g.open(ref, forListing, func(name string) (home.Blob, error) { return ref.home.Read(ctx, name) })
}

// update opens stores, making those that are not there, lets f change them, and
// writes them back with the password files of new ones: all or nothing for stores
// of one home; for several homes, the last store's home is written first.
func (g *globals) update(ctx context.Context, refs []storeRef, f func([]*opened) error) error {
	for _, ref := range refs { // a person is asked before anything is locked
		read := func(name string) (home.Blob, error) { return ref.home.Read(ctx, name) }
		blob, err := read(ref.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			_, err = g.password(ref, blob.Data, forKeys, read)
		}
		if err != nil {
			return err
		}
	}
	return g.updateFrom(ctx, refs, make([]*opened, len(refs)), f)
}

// updateFrom opens those stores that are not open yet, a home at a time, from the first on.
func (g *globals) updateFrom(ctx context.Context, refs []storeRef, stores []*opened, f func([]*opened) error) error {
	first := -1
	for i := range refs {
		if stores[i] == nil {
			first = i
			break
		}
	}
	if first < 0 {
		return f(stores)
	}
	h := refs[first].home
	return h.Update(ctx, func(tx home.Tx) error {
		stores := append([]*opened{}, stores...) // an Update may run again
		var here []*opened
		for i, ref := range refs {
			if ref.home != h {
				continue
			}
			o, err := g.openOrNew(ref, tx)
			if err != nil {
				return err
			}
			stores[i] = o
			here = append(here, o)
		}
		if err := g.updateFrom(ctx, refs, stores, f); err != nil {
			return err
		}
		for _, o := range here {
			if err := o.write(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (g *globals) openOrNew(ref storeRef, tx home.Tx) (*opened, error) {
	o, err := g.open(ref, forKeys, tx.Read)
	if err == nil {
		o.tx = tx
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return o, err
	}
	format, err := g.newFormat(ref)
	if err != nil {
		return nil, err
	}
	o = &opened{Ref: ref, Store: keystore.New(), Format: format, tx: tx}
	if o.password, err = g.atHand(ref, tx.Read); err != nil {
		return nil, err
	}
	if !o.password.Known() {
		o.password, o.generated = password{Value: secret.Generate()}, true
	}
	if o.keyPassword, err = g.keypass(ref); err != nil {
		return nil, err
	}
	return o, nil
}

func (g *globals) newFormat(ref storeRef) (keystore.Format, error) {
	if g.storeType != "" && ref.named {
		f, err := keystore.ParseFormat(g.storeType)
		if err != nil {
			return "", fail(codeUsage, "use --storetype pkcs12, jks, jceks or pem", "%w", err)
		}
		return f, nil
	}
	switch f := keystore.FormatOfName(ref.name); f {
	case keystore.JKS, keystore.JCEKS, keystore.PEM:
		return f, nil
	}
	return keystore.PKCS12, nil
}

func (g *globals) open(ref storeRef, u use, read func(string) (home.Blob, error)) (*opened, error) {
	blob, err := read(ref.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(codeNotFound, g.hintNoStore(ref), "no store at %s: %w", ref.path(), fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref.path(), err)
	}
	o := &opened{Ref: ref, Existed: true}
	if o.keyPassword, err = g.keypass(ref); err != nil {
		return nil, err
	}
	if o.password, err = g.password(ref, blob.Data, u, read); err != nil {
		return nil, err
	}
	o.Store, o.Format, err = keystore.Decode(blob.Data, o.passwords())
	if errors.Is(err, keystore.ErrPassword) {
		return nil, fmt.Errorf("%s does not open with the password of %s: %w", ref.path(), o.password.from, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref.path(), err)
	}
	for _, w := range o.Store.Warnings() {
		g.warn("%s: %s", ref.path(), w)
	}
	return o, nil
}

func (g *globals) hintNoStore(ref storeRef) string {
	if ref.name == "keystore.p12" {
		return g.command("selfsign", "HOST")
	}
	return "check the name, or the home (--home)"
}

// password finds the password of a store that is there: of its source, its
// password file, the environment, or a person, in this order.
func (g *globals) password(ref storeRef, data []byte, u use, read func(string) (home.Blob, error)) (password, error) {
	format := keystore.Sniff(data)
	needed := keystore.NeedsPassword(data)
	if u == forKeys && (format == keystore.JKS || format == keystore.JCEKS) {
		needed = true
	}
	p, err := g.atHand(ref, read)
	if err != nil || p.Known() || !needed {
		return p, err
	}
	if p.Value, err = g.typed(ref); err != nil {
		return p, err
	}
	p.from = "the prompt"
	return p, nil
}

// typed is the password of a store as a person types it, once.
func (g *globals) typed(ref storeRef) (secret.Value, error) {
	if p, asked := g.known[ref.path()]; asked {
		return p, nil
	}
	if g.env.Ask == nil {
		file := secret.PasswordFile(ref.name)
		return secret.Value{}, fail(codeUsage, "write the password into "+ref.home.Path(file)+", or name where it is: --storepass file:PATH",
			"%s: no password: %s is not there, GWTLS_STOREPASS is not set, and there is no terminal to ask", ref.path(), file)
	}
	p, err := g.env.Ask("Password of " + ref.path())
	if err == nil {
		g.known[ref.path()] = p
	}
	return p, err
}

// atHand is the password of a store as far as no person need be asked.
func (g *globals) atHand(ref storeRef, read func(string) (home.Blob, error)) (p password, err error) {
	if ref.named && g.storepassSource != "" {
		p.from = g.storepassSource
		p.Value, err = g.source(g.storepassSource, "Password of "+ref.path())
		return p, err
	}
	file := secret.PasswordFile(ref.name)
	p.from = ref.home.Path(file)
	blob, err := read(file)
	if err == nil {
		p.Value, err = secret.FromFile(blob.Data, p.from)
		return p, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return p, fmt.Errorf("%s: %w", p.from, err)
	}
	if value := g.env.Getenv("GWTLS_STOREPASS"); value != "" {
		return password{secret.New([]byte(value)), "GWTLS_STOREPASS"}, nil
	}
	return password{}, nil
}

func (g *globals) keypass(ref storeRef) (secret.Value, error) {
	if g.keypassSource == "" || !ref.named {
		return secret.Value{}, nil
	}
	return g.source(g.keypassSource, "Password of the key")
}

// source reads a SRC once, however often its password is needed.
func (g *globals) source(src, label string) (secret.Value, error) {
	if p, ok := g.known[src]; ok {
		return p, nil
	}
	s, err := secret.Parse(src)
	if err != nil {
		return secret.Value{}, err
	}
	p, err := g.secrets.Read(s, label)
	if err == nil {
		g.known[src] = p
	}
	return p, err
}

func (o *opened) passwords() keystore.Passwords {
	return keystore.Passwords{Store: o.password.Reveal(), Key: o.keyPassword.Reveal()}
}

func (o *opened) write(tx home.Tx) error {
	if o.asItIs {
		return nil
	}
	data, err := o.Store.Encode(o.Format, o.passwords())
	if err != nil {
		return fmt.Errorf("%s: %w", o.Ref.path(), err)
	}
	if o.generated {
		tx.Write(secret.PasswordFile(o.Ref.name), append(o.password.Reveal(), '\n'), home.Private)
	}
	tx.Write(o.Ref.name, data, home.Private)
	return nil
}
