package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

type inspectOptions struct {
	*globals
	operands []string
	machine  *x509.CertPool
}

func newInspectCommand(g *globals) *cobra.Command {
	o := &inspectOptions{globals: g}
	return &cobra.Command{
		Use:   "inspect FILE|ALIAS|URL...",
		Short: "Say what a file, an entry or a live endpoint is",
		Long: `Says what a file holds, whatever it is: certificates, requests, keys, CRLs, PKCS#7,
PKCS#12, JKS, JCEKS, or PEM of all kinds; "-" is standard input. What is no file is
looked for in the keystore. Keys are described, never shown.

Of https://, wss:// and tls://HOST:PORT it says what the endpoint presents and
agrees to, whether it wants a client certificate and from whom, and whether this
machine trusts it. Nothing is sent beyond the handshake.`,
		Example: `  gwtls inspect reply.p7b
  gwtls inspect gw.example.com
  gwtls inspect https://gw.example.com:9001/ keystore.p12`,
		Args: operands(&o.operands, 1, "a FILE, an ALIAS or a URL"),
		RunE: action(o.run),
	}
}

// inspection is what one operand is.
type inspection struct {
	Operand  string         `json:"operand"`
	Kind     string         `json:"kind"` // file, entry or endpoint
	Format   string         `json:"format,omitempty"`
	Items    []item         `json:"items"`
	Endpoint *endpoint      `json:"endpoint,omitempty"`
	Findings []cert.Finding `json:"findings"`
	Error    string         `json:"error,omitempty"`
}

// item is one thing in it. The field of its kind is set.
type item struct {
	Kind        string            `json:"kind"` // certificate, certificate-request, private-key, public-key, crl, entry, other
	Certificate *certificateJSON  `json:"certificate,omitempty"`
	Request     *requestJSON      `json:"request,omitempty"`
	Key         *keyJSON          `json:"key,omitempty"`
	CRL         *crlJSON          `json:"crl,omitempty"`
	Entry       *entryJSON        `json:"entry,omitempty"`
	Label       string            `json:"label,omitempty"`
	Fault       string            `json:"fault,omitempty"` // why it could not be read
	chain       []certificateJSON // of an entry, in full
}

type certificateJSON struct {
	cert.Description
	KeyUsage     []string `json:"key_usage"`
	ExtKeyUsage  []string `json:"ext_key_usage"`
	IssuerURLs   []string `json:"issuer_urls,omitempty"`
	OCSPURLs     []string `json:"ocsp_urls,omitempty"`
	CRLURLs      []string `json:"crl_urls,omitempty"`
	SignsOnlyFor []string `json:"signs_only_for,omitempty"`
}

type requestJSON struct {
	Subject            string   `json:"subject"`
	DNSNames           []string `json:"dns_names"`
	IPAddresses        []string `json:"ip_addresses"`
	Emails             []string `json:"emails"`
	URIs               []string `json:"uris"`
	Key                cert.Key `json:"key"`
	SignatureAlgorithm string   `json:"signature_algorithm"`
	SignatureValid     bool     `json:"signature_valid"`
	SPKISHA256         string   `json:"spki_sha256"`
}

type keyJSON struct {
	Encoding   string    `json:"encoding"`
	Encrypted  string    `json:"encrypted,omitempty"`
	Key        *cert.Key `json:"key,omitempty"`
	SPKISHA256 string    `json:"spki_sha256,omitempty"`
}

type crlJSON struct {
	Issuer     string     `json:"issuer"`
	Number     string     `json:"number,omitempty"`
	ThisUpdate time.Time  `json:"this_update"`
	NextUpdate *time.Time `json:"next_update,omitempty"`
	Signature  string     `json:"signature_algorithm"`
	Revoked    []revoked  `json:"revoked"`
}

type revoked struct {
	Serial string    `json:"serial"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

func (o *inspectOptions) run(ctx context.Context) error {
	// A machine without roots of its own trusts nobody, which is then said.
	if o.machine, _ = x509.SystemCertPool(); o.machine == nil {
		o.machine = x509.NewCertPool()
	}
	var all []inspection
	var faults []error
	for _, operand := range o.operands {
		i, err := o.inspect(ctx, operand)
		if err != nil {
			if len(o.operands) == 1 {
				return err
			}
			i = inspection{Operand: operand, Error: oneLine(err.Error())}
			faults = append(faults, err)
		}
		if i.Items == nil {
			i.Items = []item{}
		}
		i.Findings = append([]cert.Finding{}, i.Findings...)
		all = append(all, i)
	}
	err := o.print(map[string]any{"inspected": all}, func(w io.Writer) {
		for n, i := range all {
			if n > 0 {
				io.WriteString(w, "\n")
			}
			i.write(w, o.env.Now())
		}
	})
	return errors.Join(append([]error{err}, faults...)...)
}

func (o *inspectOptions) inspect(ctx context.Context, operand string) (inspection, error) {
	if scheme, _, ok := strings.Cut(operand, "://"); ok {
		return o.inspectEndpoint(ctx, scheme, operand)
	}
	m, err := o.readMaterial(ctx, operand)
	if err != nil {
		return inspection{}, err
	}
	i := inspection{Operand: operand, Kind: "file", Format: string(m.format)}
	if m.alias {
		i.Kind = "entry"
	}
	for _, p := range m.parts {
		i.Items = append(i.Items, describePart(p))
	}
	for _, e := range m.entries {
		i.Items = append(i.Items, describeItem(e))
	}
	i.Findings = o.lint(ctx, m)
	return i, nil
}

// lint looks at the certificates as they are used: the first of a file with the
// others as its chain where they are one, an entry's chain, or each by itself.
func (o *inspectOptions) lint(ctx context.Context, m *material) (findings []cert.Finding) {
	options := cert.LintOptions{At: o.env.Now()}
	if m.alias {
		options.Roots = o.homeRoots(ctx)
	}
	lint := func(chain []*x509.Certificate, where string) {
		options := options
		options.Where = where
		if cert.ProfileOf(chain[0]) == cert.Public {
			options.Machine = o.machine
		}
		findings = append(findings, cert.Lint(chain, options)...)
	}
	var loose []*x509.Certificate
	for _, p := range m.parts {
		if p.Certificate != nil {
			loose = append(loose, p.Certificate)
		}
	}
	for _, e := range m.entries {
		chain, err := e.Chain()
		switch {
		case err != nil || len(chain) == 0 || cert.IsPending(chain[0]):
		case e.Kind == keystore.PrivateKey:
			lint(chain, e.Alias)
		default:
			loose = append(loose, chain...)
		}
	}
	if isChain(loose) {
		lint(loose, "")
		return findings
	}
	for _, c := range loose {
		lint([]*x509.Certificate{c}, "")
	}
	return findings
}

// isChain says whether certificates look like a server's: a leaf, and CAs only.
func isChain(certs []*x509.Certificate) bool {
	return len(certs) > 0 && !certs[0].IsCA && !slices.ContainsFunc(certs[1:], func(c *x509.Certificate) bool { return !c.IsCA })
}
