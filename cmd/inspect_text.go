package cmd

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// plainWriter spells out the control and direction characters that files and other
// sides may have in their names, so that they cannot play with a terminal.
type plainWriter struct{ io.Writer }

func (p plainWriter) Write(text []byte) (int, error) {
	var b strings.Builder
	for _, r := range string(text) {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	_, err := io.WriteString(p.Writer, b.String())
	return len(text), err
}

// write says what an operand is to a person.
func (i inspection) write(w io.Writer, now time.Time) {
	w = plainWriter{w}
	fmt.Fprintf(w, "%s: %s\n", i.Operand, i.summary())
	if i.Endpoint != nil {
		i.Endpoint.write(w, now)
	}
	for _, it := range i.Items {
		fmt.Fprintln(w)
		it.write(w, now)
	}
	if len(i.Findings) > 0 {
		fmt.Fprintln(w)
	}
	for _, f := range i.Findings {
		fmt.Fprintf(w, "%s: %s: %s: %s\n", f.Severity, f.Code, f.Where, f.What)
		if f.Severity != cert.Info && f.Fix != "" {
			fmt.Fprintf(w, "  fix: %s\n", f.Fix)
		}
	}
}

// summary counts what there is, by kind, in the order in which the kinds appear.
func (i inspection) summary() string {
	if i.Error != "" {
		return i.Error
	}
	if i.Endpoint != nil {
		return i.Endpoint.summary()
	}
	var order []string
	counts := map[string]int{}
	for _, it := range i.Items {
		name := it.name()
		if counts[name] == 0 {
			order = append(order, name)
		}
		counts[name]++
	}
	var words []string
	for _, name := range order {
		words = append(words, plural(counts[name], name))
	}
	what := "nothing in it"
	if len(words) > 0 {
		what = strings.Join(words, ", ")
	}
	if i.Kind == "entry" {
		return "entry of the keystore"
	}
	if format := formatNames[keystore.Format(i.Format)]; format != "" {
		return format + ", " + what
	}
	return what
}

var formatNames = map[keystore.Format]string{
	keystore.PEM: "PEM", keystore.DER: "DER", keystore.PKCS7: "PKCS#7",
	keystore.PKCS12: "PKCS#12", keystore.JKS: "JKS", keystore.JCEKS: "JCEKS",
}

func (i item) name() string {
	switch {
	case i.Kind == "entry" && i.Entry.Kind == keystore.PrivateKey:
		return "private key entry"
	case i.Kind == "entry" && i.Entry.Kind == keystore.SecretKey:
		return "secret key"
	case i.Kind == "entry":
		return "trusted certificate"
	case i.Kind == string(cert.PartOther):
		return "block of another kind"
	case i.Kind == string(cert.PartCRL):
		return "CRL"
	}
	return strings.ReplaceAll(i.Kind, "-", " ")
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "entry"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	case strings.HasPrefix(noun, "block"):
		return fmt.Sprintf("%d blocks%s", n, strings.TrimPrefix(noun, "block"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (i item) write(w io.Writer, now time.Time) {
	switch {
	case i.Fault != "":
		fmt.Fprintf(w, "%s that cannot be read: %s\n", i.name(), i.Fault)
	case i.Certificate != nil:
		i.Certificate.write(w, "certificate", now)
	case i.Request != nil:
		i.Request.write(w)
	case i.Key != nil:
		i.Key.write(w, i.name())
	case i.CRL != nil:
		i.CRL.write(w, now)
	case i.Entry != nil:
		i.writeEntry(w, now)
	default:
		fmt.Fprintf(w, "%s: %s\n", i.name(), strings.ToLower(i.Label))
	}
}

func (i item) writeEntry(w io.Writer, now time.Time) {
	e := i.Entry
	fmt.Fprintf(w, "%s %s", i.name(), e.Alias)
	switch {
	case e.Fault != "":
		fmt.Fprintf(w, ": %s\n", e.Fault)
		return
	case e.Pending:
		fmt.Fprint(w, ", pending: its certificate has been asked for and has not come yet")
	case e.Algorithm != "":
		fmt.Fprintf(w, ", %s", e.Algorithm)
	case e.Kind == keystore.PrivateKey && len(i.chain) == 0:
		fmt.Fprint(w, ", without a certificate")
	}
	fmt.Fprintln(w)
	for n, c := range i.chain {
		title := "certificate"
		if len(i.chain) > 1 {
			title = fmt.Sprintf("certificate %d of %d", n+1, len(i.chain))
		}
		c.write(w, title, now)
	}
}

// field writes one line of a description; nothing where there is nothing to say.
func field(w io.Writer, name string, values ...string) {
	if text := strings.Join(values, " "); text != "" {
		fmt.Fprintf(w, "  %-10s%s\n", name, text)
	}
}

func (c certificateJSON) write(w io.Writer, title string, now time.Time) {
	kind := ""
	switch {
	case c.IsCA && c.SelfSigned:
		kind = ", a root CA"
	case c.IsCA:
		kind = ", a CA"
	case c.SelfSigned:
		kind = ", self-signed"
	}
	fmt.Fprintf(w, "%s%s\n", title, kind)
	field(w, "subject", c.Subject)
	field(w, "names", append(append(append(c.DNSNames, c.IPAddresses...), c.Emails...), c.URIs...)...)
	field(w, "valid", fmt.Sprintf("%s to %s, %s", c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339), validity(c.Description, now)))
	if !c.SelfSigned {
		field(w, "issuer", c.Issuer)
	}
	field(w, "key", c.Key.String())
	field(w, "usage", append(append([]string{}, c.KeyUsage...), c.ExtKeyUsage...)...)
	field(w, "signs for", c.SignsOnlyFor...)
	field(w, "signed", c.SignatureAlgorithm)
	field(w, "serial", c.Serial)
	field(w, "fetch at", c.IssuerURLs...)
	field(w, "OCSP at", c.OCSPURLs...)
	field(w, "CRL at", c.CRLURLs...)
	field(w, "SHA-256", c.SHA256)
	field(w, "SPKI", c.SPKISHA256)
}

// validity is what is left of a certificate's time, or how far off it is.
func validity(c cert.Description, now time.Time) string {
	if before := c.NotBefore.Sub(now); before > 0 {
		return fmt.Sprintf("begins in %d days", int(before/cert.Day)+1)
	}
	return timeLeft(c.NotAfter.Sub(now))
}

func (r requestJSON) write(w io.Writer) {
	fmt.Fprintln(w, "certificate request")
	field(w, "subject", r.Subject)
	field(w, "names", append(append(append(r.DNSNames, r.IPAddresses...), r.Emails...), r.URIs...)...)
	field(w, "key", r.Key.String())
	valid := "and its signature is right"
	if !r.SignatureValid {
		valid = "and its signature is WRONG"
	}
	field(w, "signed", r.SignatureAlgorithm, valid)
	field(w, "SPKI", r.SPKISHA256)
}

func (k keyJSON) write(w io.Writer, title string) {
	if k.Encrypted != "" {
		fmt.Fprintf(w, "%s in %s, encrypted (%s)\n", title, k.Encoding, k.Encrypted)
		return
	}
	fmt.Fprintf(w, "%s in %s\n", title, k.Encoding)
	if k.Key != nil {
		field(w, "key", k.Key.String())
	}
	field(w, "SPKI", k.SPKISHA256)
}

func (l crlJSON) write(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "CRL of %s\n", l.Issuer)
	field(w, "number", l.Number)
	field(w, "from", l.ThisUpdate.Format(time.RFC3339))
	if l.NextUpdate != nil {
		field(w, "until", l.NextUpdate.Format(time.RFC3339)+", "+timeLeft(l.NextUpdate.Sub(now)))
	}
	field(w, "signed", l.Signature)
	field(w, "revokes", plural(len(l.Revoked), "certificate"))
	const shown = 20
	for n, r := range l.Revoked {
		if n == shown {
			fmt.Fprintf(w, "    and %d more (--json has all)\n", len(l.Revoked)-shown)
			break
		}
		fmt.Fprintf(w, "    %s, %s: %s\n", r.Serial, r.At.Format(time.RFC3339), r.Reason)
	}
}
