package cmd

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// normalize gives the fingerprints of --fingerprint the form of cert.Fingerprint.
func (o *trustAddOptions) normalize() error {
	for i, text := range o.fingerprints {
		digits := strings.NewReplacer(":", "", " ", "").Replace(text)
		sum, err := hex.DecodeString(digits)
		switch {
		case err == nil && len(sum) == 20:
			return fail(codeUsage, "gwtls inspect shows the SHA-256", "--fingerprint %s is a SHA-1, which can be forged", text)
		case err != nil || len(sum) != 32:
			return fail(codeUsage, "gwtls inspect shows the SHA-256", "--fingerprint %s is not a SHA-256: 64 hexadecimal digits, colons or none between", text)
		}
		o.fingerprints[i] = strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
	}
	return nil
}

// wanted are the certificates of --fingerprint.
func (o *trustAddOptions) wanted(certs []*x509.Certificate) (kept []*x509.Certificate) {
	for _, c := range certs {
		if slices.Contains(o.fingerprints, cert.Fingerprint(c.Raw)) {
			kept = append(kept, c)
		}
	}
	return kept
}

// fromFile takes all certificates of a file.
func (o *trustAddOptions) fromFile(ctx context.Context, path string) ([]candidate, error) {
	data, err := o.readBounded(path)
	if err != nil {
		return nil, err
	}
	m := &material{operand: path, path: path, format: keystore.Sniff(data)}
	named := false // entries have names that somebody gave them
	switch m.format {
	case keystore.PKCS12, keystore.JKS, keystore.JCEKS:
		named = true
		err = m.addStore(o.openOther(ctx, path, data))
	default:
		err = m.addReply(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := o.refuseKeys(m); err != nil {
		return nil, err
	}
	certs, faults := m.certificates()
	for _, err := range faults {
		o.warn("%s: a certificate is passed over: %v", path, err)
	}
	if len(certs) == 0 {
		return nil, fail(codeBadFormat, o.command("inspect", path), "%s holds no certificate%s", path, m.instead())
	}
	if len(o.fingerprints) > 0 {
		if certs = o.wanted(certs); len(certs) == 0 {
			return nil, fail(codeUntrusted, o.command("inspect", path), "%s has no certificate of SHA-256 %s", path, strings.Join(o.fingerprints, " or "))
		}
	}
	aliases := map[string]string{}
	for _, e := range m.entries {
		if chain := e.RawChain(); named && len(chain) > 0 {
			aliases[string(chain[0])] = e.Alias
		}
	}
	var found []candidate
	for _, c := range certs {
		found = append(found, candidate{c, aliases[string(c.Raw)], path})
	}
	return found, nil
}

// openOther opens a store that was given to us. Its password is not the truststore's,
// which --storepass names.
func (o *trustAddOptions) openOther(ctx context.Context, path string, data []byte) (*keystore.Store, keystore.Format, error) {
	other := *o.globals
	other.storepassSource = o.fromPass
	store, format, err := other.decodeStore(ctx, path, data)
	o.warnings = other.warnings
	if errors.Is(err, keystore.ErrPassword) {
		err = fail(codeWrongPassword, "name where the right password is: --from-pass file:PATH", "%w", err)
	}
	return store, format, err
}

// refuseKeys keeps private keys out of the truststore: one made there is not the back
// end's, and the back end's own should never have come here.
func (o *trustAddOptions) refuseKeys(m *material) error {
	const why = "a truststore takes certificates of others, and a key made for it would not be the back end's"
	for _, p := range m.parts {
		if p.Kind == cert.PartPrivateKey {
			return fail(codeUnsafe, "put its certificate into a file of its own, without the key, and add that", "%s holds a private key: %s", m.path, why)
		}
	}
	for _, e := range m.entries {
		if e.Kind == keystore.PrivateKey {
			return fail(codeUnsafe, "take its certificate out, without the key, and add that: "+
				(&globals{keystorePath: m.path}).command("keystore", "export", e.Alias, "-o", e.Alias+".pem"),
				"%s holds a private key, %q: %s", m.path, e.Alias, why)
		}
	}
	return nil
}

// fromEndpoint takes what an endpoint presents, once somebody has vouched for it.
func (o *trustAddOptions) fromEndpoint(ctx context.Context, scheme, operand string) ([]candidate, error) {
	host, address, err := endpointAddress(scheme, operand)
	if err != nil {
		return nil, err
	}
	e, err := probe(ctx, host, address)
	if err != nil {
		return nil, err
	}
	if len(e.presented) == 0 {
		return nil, fail(codeNetwork, "check that TLS is spoken at that port", "%s presents no certificate", operand)
	}
	anchor := topmost(e.presented)
	if len(o.fingerprints) > 0 {
		wanted := o.wanted(e.presented)
		if len(wanted) == 0 {
			return nil, fail(codeUntrusted, o.command("inspect", operand), "%s presents no certificate of SHA-256 %s, but %s, SHA-256 %s: it may not be whom you mean",
				operand, strings.Join(o.fingerprints, " or "), cert.FormatDN(anchor.RawSubject), cert.Fingerprint(anchor.Raw))
		}
		var found []candidate
		for _, c := range wanted {
			found = append(found, candidate{certificate: c, from: operand})
		}
		return found, nil
	}
	if o.env.Ask == nil {
		return nil, fail(codeUntrusted, o.again("--fingerprint", cert.Fingerprint(anchor.Raw)),
			"%s presents %s, for which nobody has vouched yet: compare its SHA-256 with one that you got another way", operand, cert.FormatDN(anchor.RawSubject))
	}
	if err := o.ask(operand, e.presented, anchor); err != nil {
		return nil, err
	}
	return []candidate{{certificate: anchor, from: operand}}, nil
}

// topmost is the end of a presented chain as far as its signatures hold together: what
// lasts longest of it.
func topmost(presented []*x509.Certificate) *x509.Certificate {
	top := presented[0]
	for range presented {
		i := slices.IndexFunc(presented, func(c *x509.Certificate) bool { return c.IsCA && !c.Equal(top) && cert.Issued(c, top) })
		if i < 0 || cert.SelfSigned(top) {
			break
		}
		top = presented[i]
	}
	return top
}

// ask shows what was presented, and has a person compare.
func (o *trustAddOptions) ask(operand string, presented []*x509.Certificate, anchor *x509.Certificate) error {
	w := plainWriter{o.env.Err}
	fmt.Fprintf(w, "%s presents\n", operand)
	for _, c := range presented {
		fmt.Fprintf(w, "  %s\n", cert.FormatDN(c.RawSubject))
		field(w, "  issuer", cert.FormatDN(c.RawIssuer))
		field(w, "  until", c.NotAfter.UTC().Format(time.RFC3339))
		field(w, "  SHA-256", cert.Fingerprint(c.Raw))
	}
	fmt.Fprintf(w, "to be trusted: %s\n  SHA-256 %s\n", cert.FormatDN(anchor.RawSubject), cert.Fingerprint(anchor.Raw))
	ok, err := o.confirm("Is this the fingerprint that you got another way?")
	if err != nil {
		return err
	}
	if !ok {
		return fail(codeUntrusted, "ask the back end's operator for its fingerprint", "nothing was added")
	}
	return nil
}

// again is this command with more flags.
func (o *trustAddOptions) again(flags ...string) string {
	words := append([]string{"trust", "add"}, o.operands...)
	if o.alias != "" {
		words = append(words, "--alias", o.alias)
	}
	if o.fromPass != "" {
		words = append(words, "--from-pass", o.fromPass)
	}
	return o.command(append(words, flags...)...)
}
