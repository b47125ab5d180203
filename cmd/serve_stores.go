package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/identity"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
)

// loadKeystore opens the keystore, where the configuration needs one. One of the
// home need not be there: what lacks a certificate says so.
func (o *serveOptions) loadKeystore(ctx context.Context, l *loaded) error {
	needed := slices.ContainsFunc(l.config.All(), func(s *config.Service) bool {
		return slices.ContainsFunc(s.Accept, config.URL.Secure) || s.ConnectOptions.TLS.ClientCertificate != ""
	})
	if !needed {
		l.identity = identity.New(nil, o.env.Now())
		return nil
	}
	ref, src, err := o.storeOf(l.config.Keystore, o.keystorePath, o.globals.keystore)
	if err != nil {
		return err
	}
	l.keystore = ref.path()
	optional := o.keystorePath == "" && l.config.Keystore == nil
	store, err := o.openStore(ctx, l, ref, src, optional)
	if err != nil {
		return err
	}
	l.identity = identity.New(store, o.env.Now())
	if _, _, ok := l.identity.For("localhost"); !ok && l.embedded != nil && !o.check {
		return o.mintLocalhost(ctx, l, ref)
	}
	return nil
}

// mintLocalhost makes the certificate of the default configuration, as selfsign would.
func (o *serveOptions) mintLocalhost(ctx context.Context, l *loaded, ref storeRef) error {
	if _, err := o.selfsign(ctx, "localhost", "127.0.0.1", "::1"); err != nil {
		return err
	}
	o.log.Info("made a certificate for localhost", "keystore", ref.path(), "trust", o.command("trust-export", "localhost", "--for", "curl"))
	store, err := o.openStore(ctx, l, ref, "", false)
	if err != nil {
		return err
	}
	l.identity = identity.New(store, o.env.Now())
	return nil
}

// loadTruststore opens the truststore, where a back end is met with TLS. Without one
// in the home the system's roots hold; one that is named has to be there.
func (o *serveOptions) loadTruststore(ctx context.Context, l *loaded) error {
	if !slices.ContainsFunc(l.config.Services, func(s config.Service) bool { return slices.ContainsFunc(s.Connect, config.URL.Secure) }) {
		return nil
	}
	ref, src, err := o.storeOf(l.config.Truststore, o.truststorePath, o.globals.truststore)
	if err != nil {
		return err
	}
	optional := o.truststorePath == "" && l.config.Truststore == nil
	store, err := o.openStore(ctx, l, ref, src, optional)
	if store == nil {
		return err
	}
	if l.roots, err = identity.Roots(store); err != nil {
		return fail(codeConfig, o.command("trust", "add", "tls://HOST:PORT"), "%s: %w", ref.path(), err)
	}
	return nil
}

// storeOf says where a store is, by the command line, the configuration or the home,
// and where the configuration has its password.
func (o *serveOptions) storeOf(named *config.Store, flag string, inHome func() (storeRef, error)) (storeRef, string, error) {
	if named == nil || flag != "" {
		ref, err := inHome()
		return ref, "", err
	}
	ref, err := o.store(named.File, "")
	return ref, string(named.Password), err
}

// openStore opens a store; nil where it is not there and need not be.
func (o *serveOptions) openStore(ctx context.Context, l *loaded, ref storeRef, src string, optional bool) (*keystore.Store, error) {
	data, err := l.read(ctx, ref)
	switch {
	case errors.Is(err, fs.ErrNotExist) && optional:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(codeNotFound, o.hintNoStore(ref), "no store at %s: %w", ref.path(), fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", ref.path(), err)
	}
	pass, err := o.passwordOf(ctx, l, ref, src, data)
	if err != nil {
		return nil, err
	}
	key, err := o.keypass(ref)
	if err != nil {
		return nil, err
	}
	store, _, err := keystore.Decode(data, keystore.Passwords{Store: pass.Reveal(), Key: key.Reveal()})
	if errors.Is(err, keystore.ErrPassword) {
		return nil, fmt.Errorf("%s does not open with the password of %s: %w", ref.path(), pass.from, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref.path(), err)
	}
	for _, w := range store.Warnings() {
		l.warnings.add(cert.Warning, "store", ref.path(), "", "%s", w)
	}
	return store, nil
}

// passwordOf finds the password of a store: where the command line says, else where
// the configuration does, else as for every command.
func (o *serveOptions) passwordOf(ctx context.Context, l *loaded, ref storeRef, src string, data []byte) (password, error) {
	if src == "" || o.storepassSource != "" {
		return o.password(ref, data, forKeys, func(name string) (home.Blob, error) {
			data, err := l.read(ctx, storeRef{home: ref.home, name: name})
			return home.Blob{Data: data}, err
		})
	}
	p := password{from: src}
	path, inFile := strings.CutPrefix(src, "file:")
	if !inFile {
		value, err := o.source(src, "Password of "+ref.path())
		p.Value = value
		return p, err
	}
	file, err := o.store(path, "") // which may change while the gateway runs
	if err != nil {
		return p, err
	}
	text, err := l.read(ctx, file)
	if err != nil {
		return p, fmt.Errorf("password of %s: %s: %w", ref.path(), path, err)
	}
	p.Value, err = secret.FromFile(text, path)
	return p, err
}
