package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/identity"
	"github.com/gwtls/gwtls/proxy"
	"github.com/gwtls/gwtls/templates"
)

// loaded is what the gateway serves, made from its files at one time.
type loaded struct {
	config    *config.Config
	listeners []*config.Listener
	plan      *proxy.Plan
	within    map[string]string // for sockets
	identity  *identity.Identity
	roots     *x509.CertPool // whom back ends are held to; nil: the system's
	keystore  string         // its path

	files    map[string]string // what it was made from, by path, with the revision; "" of what is not there
	embedded fs.FS             // the pages of the default configuration; nil for any other

	onboarding *onboarding // nil: off

	warnings findings
}

// findings are faults and warnings, in the order they were found. They are an error
// where there is a fault among them.
type findings []cert.Finding

func (f findings) Error() string {
	var lines []string
	for _, one := range f {
		if one.Severity == cert.Error {
			lines = append(lines, strings.TrimPrefix(one.Where+": ", ": ")+one.What)
		}
	}
	return strings.Join(lines, "\n")
}

func (f *findings) add(severity cert.Severity, code, where, fix, format string, args ...any) {
	*f = append(*f, cert.Finding{Code: code, Severity: severity, Where: where, What: fmt.Sprintf(format, args...), Fix: fix})
}

// load reads the configuration and the stores, and makes a plan of them. It may give
// what it has, for its files, beside an error; faults of the configuration are findings.
func (o *serveOptions) load(ctx context.Context) (*loaded, error) {
	l := &loaded{files: map[string]string{}}
	if err := o.loadConfig(ctx, l); err != nil {
		return l, err
	}
	if err := o.loadKeystore(ctx, l); err != nil {
		return l, err
	}
	if err := o.loadTruststore(ctx, l); err != nil {
		return l, err
	}
	if err := o.loadOnboarding(ctx, l); err != nil {
		return l, err
	}
	return l, o.compile(l)
}

// loadConfig finds the configuration: of the command line, of --config, of the home,
// or the one that comes with gwtls.
func (o *serveOptions) loadConfig(ctx context.Context, l *loaded) (err error) {
	if len(o.accept) > 0 {
		if l.config, err = config.Pairs(o.accept, o.connect); err != nil {
			return fail(codeUsage, "gwtls serve --help", "%w", err)
		}
		return nil
	}
	ref, err := o.store(o.config, "gateway.yaml")
	if err != nil {
		return err
	}
	path := ref.path()
	text, err := l.read(ctx, ref)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) && o.config == "":
		return l.loadDefault()
	case errors.Is(err, fs.ErrNotExist):
		return fail(codeNotFound, "check the name", "no configuration at %s: %w", path, fs.ErrNotExist)
	default:
		return fmt.Errorf("%s: %w", path, err)
	}
	l.config, err = config.Source{File: path, Getenv: o.env.Getenv}.Parse(text)
	return o.faults(err)
}

// loadDefault takes the configuration that comes with gwtls.
func (l *loaded) loadDefault() error {
	pages, err := fs.Sub(templates.Default, "default")
	if err != nil {
		return err
	}
	l.embedded = pages
	text, err := fs.ReadFile(pages, "gateway.yaml")
	if err != nil {
		return err
	}
	l.config, err = config.Source{File: "gateway.yaml"}.Parse(text)
	return err
}

// faults makes findings of the faults of a configuration.
func (o *serveOptions) faults(err error) error {
	if err == nil {
		return nil
	}
	var f findings
	for _, fault := range config.Faults(err) {
		where := ""
		if fault.Line > 0 {
			where = fault.Where()
		}
		f.add(cert.Error, string(codeConfig), where, "", "%s", fault.What)
	}
	return f
}

// read reads a file that the gateway is made from, and remembers which version.
func (l *loaded) read(ctx context.Context, ref storeRef) ([]byte, error) {
	path := filepath.Clean(ref.path())
	blob, err := ref.home.Read(ctx, ref.name)
	l.files[path] = blob.Revision
	return blob.Data, err
}

// stale says whether a file has changed since it was read.
func (o *serveOptions) stale(ctx context.Context, l *loaded) bool {
	for path, revision := range l.files {
		ref, err := o.store(path, "")
		if err != nil {
			return true
		}
		if blob, _ := ref.home.Read(ctx, ref.name); blob.Revision != revision {
			return true
		}
	}
	return false
}
