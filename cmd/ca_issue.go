package cmd

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
	"github.com/gwtls/gwtls/pkg/trust"
)

type caIssueOptions struct {
	selfsignOptions
	forms      []string
	dir        string
	bundlePass string
}

func newCAIssueCommand(g *globals) *cobra.Command {
	o := &caIssueOptions{selfsignOptions: selfsignOptions{globals: g, verb: []string{"ca", "issue"}, needCA: true}}
	c := &cobra.Command{
		Use:   "issue HOST...",
		Short: "Make a key and a certificate for somebody else's server",
		Long: `Makes a key and a certificate signed by the home's CA for a server that is not this
gateway, a back end for instance, in the way it takes it: in DIR/FORM/ for each form,
with a README.md. Without -o both go into the keystore.

Forms: pem (certificate and key in files of their own), p12, p12-legacy (for older
systems) and java. The password of p12 and java is random, and in DIR/NAME.pass,
unless --bundle-pass says where it is.`,
		Example: `  gwtls ca issue db.example.com 10.1.2.3 --for pem,java -o certs`,
		Args:    operands(&o.hosts, 1, "at least one HOST"),
	}
	o.bind(c, o.run)
	f := c.Flags()
	f.StringSliceVar(&o.forms, "for", nil, "pem, p12, p12-legacy, java (`FORM,...`; default pem)")
	f.StringVarP(&o.dir, "out", "o", "", "the `DIR`ectory to write to")
	f.StringVar(&o.bundlePass, "bundle-pass", "", "where the password of p12 and java is (`SRC`; default: a random one)")
	return c
}

func (o *caIssueOptions) run(ctx context.Context) error {
	if o.dir != "" {
		return o.toFiles(ctx)
	}
	if len(o.forms) > 0 || o.bundlePass != "" {
		return fail(codeUsage, o.again("-o", "certs"), "--for and --bundle-pass are about files: say with -o where they go")
	}
	m, err := o.mint(ctx)
	if err != nil {
		return err
	}
	return o.printWritten(m.keystore, m.entry, m.root.Root())
}

// toFiles issues, and writes what was issued for its owner. The CA writes it down
// first: of what may be out in the world it has to know.
func (o *caIssueOptions) toFiles(ctx context.Context) error {
	if len(o.forms) == 0 {
		o.forms = []string{"pem"}
	}
	for _, form := range o.forms {
		if !slices.Contains(identityForms, form) {
			return fail(codeUsage, "gwtls ca issue --help", "no form %q: there are %s", form, strings.Join(identityForms, ", "))
		}
	}
	o.more = []string{"--for", strings.Join(o.forms, ","), "-o", o.dir}
	request, kt, err := o.request()
	if err != nil {
		return err
	}
	id := &credentials{name: trust.FileName(o.alias)}
	if id.password, id.generated, err = o.identityPassword(); err != nil {
		return err
	}
	out := &fileSet{globals: o.globals, dir: o.dir}
	if err := out.free(id.paths(o.forms)); err != nil {
		return err
	}
	if id.key, err = kt.Generate(); err != nil {
		return err
	}
	ref, err := o.homeStore("ca.p12")
	if err != nil {
		return err
	}
	m := &minted{keystore: &opened{Store: keystore.New()}}
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		id.chain, err = o.sign(m, stores, request, id.key)
		return err
	})
	if err != nil {
		return err
	}
	files, err := id.files(o.forms)
	if err != nil {
		return err
	}
	if err := out.write(files); err != nil {
		return err
	}
	return o.tell(id, m.root.Root(), files)
}

func (o *caIssueOptions) identityPassword() (p secret.Value, generated bool, err error) {
	if o.bundlePass == "" {
		return secret.Generate(), true, nil
	}
	p, err = o.source(o.bundlePass, "Password of the bundle")
	return p, false, err
}

func (o *caIssueOptions) tell(id *credentials, root *x509.Certificate, files []identityFile) error {
	e, err := keystore.NewPrivateKey(o.alias, id.key, id.chain, o.env.Now())
	if err != nil {
		return err
	}
	d := cert.Describe(root)
	v := struct {
		Entry    entryJSON         `json:"entry"`
		Dir      string            `json:"dir"`
		Files    []string          `json:"files"`
		Root     *cert.Description `json:"root"`
		Findings []cert.Finding    `json:"findings,omitempty"`
	}{describeEntry(e), o.dir, nil, &d, o.remark(id.chain, root)}
	for _, f := range files {
		v.Files = append(v.Files, filepath.Join(o.dir, f.path))
	}
	return o.print(v, func(w io.Writer) {
		o.writeEntry(w, v.Entry, o.dir)
		for _, f := range v.Files {
			fmt.Fprintf(w, "  %s\n", f)
		}
	})
}
