package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/trust"
)

type trustExportOptions struct {
	*globals
	aliases    []string
	clients    []string
	out        string
	bundlePass string
	list       bool
}

func newTrustExportCommand(g *globals) *cobra.Command {
	o := &trustExportOptions{globals: g}
	c := &cobra.Command{
		Use:   "trust-export [ALIAS...] --for CLIENT[,CLIENT...]",
		Short: "Give each kind of client what it needs to trust a certificate",
		Long: `Writes for each kind of client its files and a README.md with the exact steps, in
DIR/CLIENT/: the private root that signed the entries' certificates, or a certificate
that signed itself. Private keys are never among them. Without ALIAS, for all entries.

The same input gives the same files, and their paths are relative, so that an export
can be copied, compared and kept under version control.`,
		Example: `  gwtls trust-export gw.example.com --for java,curl
  gwtls trust-export --for all -o trust
  gwtls trust-export --list`,
		Args: operands(&o.aliases, 0, ""),
		RunE: action(o.run),
	}
	f := c.Flags()
	f.StringSliceVar(&o.clients, "for", nil, "kinds of clients, or all (`CLIENT,...`)")
	f.StringVarP(&o.out, "out", "o", "", "the `DIR`ectory to write to (default trust-ALIAS)")
	f.StringVar(&o.bundlePass, "bundle-pass", "", "where the password of Java's truststores is (`SRC`; default: changeit)")
	f.BoolVar(&o.list, "list", false, "list the kinds of clients")
	return c
}

func (o *trustExportOptions) run(ctx context.Context) error {
	if o.list {
		return o.printClients()
	}
	clients, err := o.chosen()
	if err != nil {
		return err
	}
	found, err := o.anchors(ctx)
	if err != nil {
		return err
	}
	for _, p := range found.public {
		o.note("%s: %s, whose root clients have already: they need nothing", p.Alias, p.Root)
	}
	if len(found.bundle.Anchors) == 0 {
		return o.printExport(found, nil)
	}
	if found.bundle.Password, err = o.password(); err != nil {
		return err
	}
	if o.out == "" {
		o.out = "trust-" + found.bundle.Name()
	}
	folders, err := export(clients, found.bundle)
	if err != nil {
		return err
	}
	if err := o.write(folders); err != nil {
		return err
	}
	return o.printExport(found, folders)
}

// chosen are the clients of --for.
func (o *trustExportOptions) chosen() ([]trust.Client, error) {
	if len(o.clients) == 0 {
		return nil, fail(codeUsage, "gwtls trust-export --list", "trust-export needs --for CLIENT: which kinds of clients?")
	}
	var chosen []trust.Client
	for _, name := range o.clients {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "all" {
			return trust.Clients(), nil
		}
		client, ok := trust.Find(name)
		if !ok {
			return nil, o.unknownClient(name)
		}
		if !slices.ContainsFunc(chosen, func(c trust.Client) bool { return c.Name == name }) {
			chosen = append(chosen, client)
		}
	}
	return chosen, nil
}

func (o *trustExportOptions) unknownClient(name string) error {
	var names []string
	for _, c := range trust.Clients() {
		names = append(append(names, c.Name), c.Also...)
	}
	if near := config.Nearest(name, names); near != "" {
		words := append([]string{"trust-export"}, o.aliases...)
		return fail(codeUsage, o.command(append(words, "--for", near)...), "no kind of client %q; did you mean %s?", name, near)
	}
	return fail(codeUsage, "gwtls trust-export --list", "no kind of client %q", name)
}

// password is the one of truststores; nil stands for the usual one.
func (o *trustExportOptions) password() ([]byte, error) {
	if o.bundlePass == "" {
		return nil, nil
	}
	p, err := o.source(o.bundlePass, "Password of the truststores")
	return p.Reveal(), err
}

// folder is what one client gets.
type folder struct {
	client string
	files  []trust.File
}

// export makes all files before the first is written.
func export(clients []trust.Client, b *trust.Bundle) ([]folder, error) {
	var folders []folder
	for _, c := range clients {
		files, err := c.Export(b)
		if errors.Is(err, trust.ErrPassword) {
			return nil, fail(codeWeak, "leave --bundle-pass out, and it is "+trust.DefaultPassword, "%w", err)
		}
		if err != nil {
			return nil, err
		}
		folders = append(folders, folder{c.Name, files})
	}
	return folders, nil
}

// write puts the folders below DIR. Files that differ from what stands there are
// found before anything is written; those that are the same are left alone.
func (o *trustExportOptions) write(folders []folder) error {
	type pending struct {
		path string
		data []byte
	}
	var todo []pending
	for _, dir := range folders {
		for _, f := range dir.files {
			path := filepath.Join(o.out, dir.client, filepath.FromSlash(f.Name))
			old, err := os.ReadFile(path)
			switch {
			case err == nil && bytes.Equal(old, f.Data):
				continue
			case err == nil && !o.force:
				return fail(codeExists, "use --force to replace it, or -o DIR for another place", "%s is there already, and differs", path)
			case err != nil && !errors.Is(err, fs.ErrNotExist):
				return err
			}
			todo = append(todo, pending{path, f.Data})
		}
	}
	for _, p := range todo {
		if err := home.MakeDir(filepath.Dir(p.path)); err != nil {
			return err
		}
		if err := home.WriteFile(p.path, p.data, home.Public, o.force); err != nil {
			return err
		}
	}
	for _, dir := range folders {
		o.warnOfOthers(dir)
	}
	return nil
}

// warnOfOthers names files of an earlier export: a root that is no longer ours would
// go on being trusted by whoever is given the folder.
func (o *trustExportOptions) warnOfOthers(dir folder) {
	root := filepath.Join(o.out, dir.client)
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err == nil && !slices.ContainsFunc(dir.files, func(f trust.File) bool { return f.Name == filepath.ToSlash(name) }) {
			o.warn("%s is not of this export: remove it, unless it is yours", path)
		}
		return err
	})
}

type clientJSON struct {
	Client string   `json:"client"`
	Also   []string `json:"also,omitempty"` // other names of it
	What   string   `json:"what,omitempty"`
	Files  []string `json:"files"`
}

type exportJSON struct {
	Dir     string        `json:"dir"`
	Clients []clientJSON  `json:"clients"`
	Anchors []anchorJSON  `json:"anchors"`
	Public  []publicEntry `json:"public,omitempty"`
}

type anchorJSON struct {
	Aliases     []string         `json:"aliases"`
	SelfSigned  bool             `json:"self_signed_leaf"`
	Refused     []string         `json:"refused_by,omitempty"`
	Certificate cert.Description `json:"certificate"`
}

// publicEntry is an entry whose clients need nothing.
type publicEntry struct {
	Alias string `json:"alias"`
	Root  string `json:"root"`
}

// printExport shows what was exported and, above all, the fingerprint that the
// operator will be asked for.
func (o *trustExportOptions) printExport(found *anchorsFound, folders []folder) error {
	v := exportJSON{Dir: o.out, Clients: []clientJSON{}, Anchors: []anchorJSON{}, Public: found.public}
	for _, dir := range folders {
		c := clientJSON{Client: dir.client}
		for _, f := range dir.files {
			c.Files = append(c.Files, f.Name)
		}
		v.Clients = append(v.Clients, c)
	}
	for _, a := range found.bundle.Anchors {
		v.Anchors = append(v.Anchors, anchorJSON{a.Aliases, a.Single, a.Refusers(), cert.Describe(a.Certificate)})
		if refusers := a.Refusers(); len(refusers) > 0 {
			o.warn("%s signs itself: %s refuse it, whatever is installed there", a.Aliases[0], strings.Join(refusers, ", "))
		}
	}
	return o.print(v, func(w io.Writer) {
		for _, a := range v.Anchors {
			fmt.Fprintf(w, "%s\n", strings.Join(a.Aliases, ", "))
			fmt.Fprintf(w, "  trust    %s\n", a.Certificate.Subject)
			fmt.Fprintf(w, "  valid    until %s\n", a.Certificate.NotAfter.Format(time.RFC3339))
			fmt.Fprintf(w, "  SHA-256  %s\n", a.Certificate.SHA256)
		}
		for _, c := range v.Clients {
			fmt.Fprintf(w, "%s: %s\n", filepath.Join(v.Dir, c.Client), strings.Join(c.Files, " "))
		}
	})
}

func (o *trustExportOptions) printClients() error {
	v := struct {
		Clients []clientJSON `json:"clients"`
	}{[]clientJSON{}}
	for _, c := range trust.Clients() {
		v.Clients = append(v.Clients, clientJSON{c.Name, c.Also, c.What, append([]string{"README.md"}, c.Files...)})
	}
	return o.print(v, func(w io.Writer) {
		for _, c := range v.Clients {
			if len(c.Also) > 0 {
				c.What += " (also " + strings.Join(c.Also, ", ") + ")"
			}
			fmt.Fprintf(w, "%-14s %s\n%-14s %s\n", c.Client, c.What, "", strings.Join(c.Files, " "))
		}
	})
}
