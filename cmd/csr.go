package cmd

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/trust"
)

type csrOptions struct {
	*globals
	hosts    []string
	keyType  string
	subject  string
	alias    string
	out      string
	client   bool
	reuseKey bool

	keyTypeGiven bool
}

func newCSRCommand(g *globals) *cobra.Command {
	o := &csrOptions{globals: g}
	c := &cobra.Command{
		Use:   "csr HOST...",
		Short: "Make a key, and the request for its certificate",
		Long: `Makes a key in the keystore and a certificate request for the hosts (DNS names,
*. allowed, addresses, e-mail addresses, URIs) to send to a CA. Until the CA's
reply is taken in with "gwtls import", the entry is pending: it holds the key, and
a placeholder that no client takes as a certificate.

With --reuse-key the key that stands is used again, to renew its certificate,
which stays in use meanwhile. With --force a new key replaces it, and the old
entry is kept as ALIAS.old.`,
		Example: `  gwtls csr gw.example.com www.example.com --subject "CN=gw.example.com,O=Example,C=DE"
  gwtls import reply.pem`,
		Args: operands(&o.hosts, 1, "at least one HOST"),
	}
	run := action(o.run)
	c.RunE = func(c *cobra.Command, args []string) error {
		o.keyTypeGiven = c.Flags().Changed("key-type")
		return run(c, args)
	}
	f := c.Flags()
	f.StringVar(&o.keyType, "key-type", string(cert.P256), "p256, p384, p521, rsa2048, rsa3072, rsa4096 or ed25519 (`T`)")
	f.StringVar(&o.subject, "subject", "", "distinguished name, such as CN=gw.example.com,O=Example,C=DE (`DN`)")
	f.StringVar(&o.alias, "alias", "", "name of the entry (default: the first host)")
	f.BoolVar(&o.client, "client", false, "for a client's identity, not a server's")
	f.BoolVar(&o.reuseKey, "reuse-key", false, "use the key of the entry that stands")
	f.StringVarP(&o.out, "out", "o", "", "where the request goes, - for standard output (default ALIAS.csr)")
	return c
}

// csrResult is a request as scripts read it.
type csrResult struct {
	Alias       string   `json:"alias"`
	CSR         string   `json:"csr"` // PEM
	File        string   `json:"file"`
	Key         cert.Key `json:"key"`
	Subject     string   `json:"subject"`
	DNSNames    []string `json:"dns_names"`
	IPAddresses []string `json:"ip_addresses"`
	Emails      []string `json:"emails"`
	URIs        []string `json:"uris"`
	Keystore    string   `json:"keystore"`

	Findings []cert.Finding `json:"findings,omitempty"`
}

func (o *csrOptions) run(ctx context.Context) error {
	request, kt, err := o.request()
	if err != nil {
		return err
	}
	if err := o.outFree(); err != nil {
		return err
	}
	ref, err := o.globals.keystore()
	if err != nil {
		return err
	}
	var fresh crypto.Signer
	if !o.reuseKey {
		if fresh, err = kt.Generate(); err != nil {
			return err
		}
	}
	var csr *x509.CertificateRequest
	var findings []cert.Finding
	err = o.update(ctx, []storeRef{ref}, func(stores []*opened) error {
		key := fresh
		if o.reuseKey {
			if key, err = o.standingKey(stores[0]); err != nil {
				return err
			}
		}
		if csr, err = cert.CSR(request, key); err != nil {
			return err
		}
		if findings, err = cert.LintRequest(request, key); err != nil {
			return err
		}
		return o.put(stores[0], request, key)
	})
	if err != nil {
		return err
	}
	return o.deliver(csr, ref, findings)
}

// request reads the command line into what the certificate is to be.
func (o *csrOptions) request() (r cert.Request, kt cert.KeyType, err error) {
	r = cert.Request{Now: o.env.Now(), Client: o.client}
	usage := func(err error) (cert.Request, cert.KeyType, error) {
		return r, "", fail(codeUsage, "gwtls csr --help", "%w", err)
	}
	if r.Names, err = cert.ParseNames(o.hosts); err != nil {
		return usage(err)
	}
	if kt, err = cert.ParseKeyType(o.keyType); err != nil {
		return usage(err)
	}
	if o.reuseKey && o.keyTypeGiven {
		return usage(fmt.Errorf("--key-type and --reuse-key: a key that stands keeps its type"))
	}
	if o.subject != "" {
		if r.Subject, err = cert.ParseDN(o.subject); err != nil {
			return usage(err)
		}
	}
	if o.alias == "" {
		o.alias = r.Names.Alias()
	}
	if o.out == "" {
		o.out = trust.FileName(o.alias) + ".csr"
	}
	return r, kt, nil
}

// outFree looks before a key is made whether its request can be written.
func (o *csrOptions) outFree() error {
	if o.out == "-" || o.force {
		return nil
	}
	if _, err := os.Lstat(o.out); err == nil {
		return fail(codeExists, o.again(), "%s: the file is there already", o.out)
	}
	return nil
}

// again is this command with --force.
func (o *csrOptions) again() string {
	words := append([]string{"csr"}, o.hosts...)
	words = append(words, "--force")
	if o.keyTypeGiven {
		words = append(words, "--key-type", o.keyType)
	}
	if o.subject != "" {
		words = append(words, "--subject", o.subject)
	}
	if names, err := cert.ParseNames(o.hosts); err == nil && o.alias != names.Alias() {
		words = append(words, "--alias", o.alias)
	}
	if o.client {
		words = append(words, "--client")
	}
	if o.reuseKey {
		words = append(words, "--reuse-key")
	}
	if o.out != "" && o.out != trust.FileName(o.alias)+".csr" {
		words = append(words, "-o", o.out)
	}
	return o.command(words...)
}

// deliver writes the request, and says in words what it asks for.
func (o *csrOptions) deliver(csr *x509.CertificateRequest, ks storeRef, findings []cert.Finding) error {
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr.Raw})
	names := cert.NamesOfRequest(csr)
	r := csrResult{
		Alias: o.alias, CSR: string(text), File: o.out, Key: cert.KeyOf(csr.PublicKey), Subject: cert.FormatDN(csr.RawSubject),
		DNSNames: words(names.DNS), IPAddresses: words(names.IPs), Emails: words(names.Emails), URIs: words(names.URIs), Keystore: ks.path(),
		Findings: findings,
	}
	if o.out != "-" || !o.json { // under --json standard output is one JSON value, which holds the request
		if err := o.writeFile(o.out, text, home.Public); err != nil {
			return err
		}
	}
	o.note("request for a certificate")
	o.note("  subject  %s", r.Subject)
	o.note("  names    %s", names)
	o.note("  key      %s, in %s as %s", r.Key, r.Keystore, o.alias)
	if o.client {
		o.note("  use      a client's identity")
	}
	for _, f := range findings {
		o.note("%s: %s: %s", f.Severity, f.Where, f.What)
	}
	o.note("send it to the CA, and take its reply with: %s", o.command("import", "REPLY"))
	if o.out == "-" && !o.json {
		return nil
	}
	return o.print(r, func(w io.Writer) { fmt.Fprintln(w, o.out) })
}

// words writes a list of values out.
func words[T any](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = fmt.Sprint(v)
	}
	return out
}
