package cmd

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// complete finds and verifies the chain of a reply.
func (o *importOptions) complete(ctx context.Context, r *reply, e *keystore.Entry, helpers []*x509.Certificate) error {
	asked := leafOfEntry(e)
	q := &cert.VerifyOptions{Leaf: r.leaf, Helpers: helpers, At: o.env.Now(), Purpose: purposeOf(asked)}
	if _, err := (&verifyOptions{globals: o.globals, roots: o.roots}).trust(ctx, q, true); err != nil {
		return err
	}
	v := o.build(ctx, q)
	if o.allowUntrusted && !v.Anchored {
		if root := v.Chain[len(v.Chain)-1]; len(v.Chain) > 1 && cert.SelfSigned(root) {
			if err := o.consent(root); err != nil {
				return err
			}
			q.Roots = append(q.Roots, root)
			v = cert.Verify(*q)
		}
	}
	if !v.Usable() || !v.Anchored {
		return o.refuse(r, v)
	}
	for _, f := range v.Faults {
		o.note("%s: %s", r.alias, f.What)
	}
	r.root = v.Chain[len(v.Chain)-1]
	r.chain = slices.Clone(v.Chain)
	if len(r.chain) > 1 && cert.SelfSigned(r.root) {
		r.chain = r.chain[:len(r.chain)-1]
	}
	return o.compareNames(r, asked)
}

// leafOfEntry is the placeholder, or the certificate in use, of an entry; nil where it
// has none.
func leafOfEntry(e *keystore.Entry) *x509.Certificate {
	if chain, err := e.Chain(); err == nil && len(chain) > 0 {
		return chain[0]
	}
	return nil
}

// purposeOf is what the certificate was asked for.
func purposeOf(asked *x509.Certificate) cert.Purpose {
	if asked != nil && slices.Contains(asked.ExtKeyUsage, x509.ExtKeyUsageClientAuth) && !slices.Contains(asked.ExtKeyUsage, x509.ExtKeyUsageServerAuth) {
		return cert.ForClient
	}
	return cert.ForServer
}

// build verifies, and fetches what is missing from the chain, hop by hop.
func (o *importOptions) build(ctx context.Context, q *cert.VerifyOptions) *cert.Verdict {
	v := cert.Verify(*q)
	if o.noFetch {
		return v
	}
	ctx, cancel := context.WithTimeout(ctx, maxFetchTime)
	defer cancel()
	f := newFetcher()
	for range maxHops {
		top := v.Chain[len(v.Chain)-1]
		if v.Anchored || !v.Has(cert.FaultMissing) || len(top.IssuingCertificateURL) == 0 {
			break
		}
		certs, from, err := f.issuers(ctx, top)
		if err != nil {
			o.note("the issuer of %s could not be fetched: %s", cert.Name(top), oneLine(err.Error()))
		}
		if len(certs) == 0 {
			break
		}
		for _, c := range certs {
			o.note("fetched %s from %s", cert.Name(c), from)
		}
		q.Helpers = append(q.Helpers, certs...)
		v = cert.Verify(*q)
	}
	return v
}

// consent shows a root that nobody vouches for, and asks where there is somebody to ask.
func (o *importOptions) consent(root *x509.Certificate) error {
	fmt.Fprintf(o.env.Err, "not trusted so far: %s\n  SHA-256 %s\n", cert.FormatDN(root.RawSubject), cert.Fingerprint(root.Raw))
	if o.env.Ask == nil {
		return nil
	}
	ok, err := o.confirm("Is this the fingerprint that the CA told you?")
	if err != nil {
		return err
	}
	if !ok {
		return fail(codeUntrusted, "ask the CA for the fingerprint of its root", "nothing was imported")
	}
	return nil
}

// refuse says why clients would refuse the reply, and what to do.
func (o *importOptions) refuse(r *reply, v *cert.Verdict) error {
	var whats []string
	for _, f := range v.Faults {
		if !f.Form {
			whats = append(whats, f.What)
		}
	}
	if len(whats) == 0 {
		whats = append(whats, "its chain ends nowhere that is trusted")
	}
	code, hint := codeUntrusted, o.command("inspect", o.files[0])
	top := v.Chain[len(v.Chain)-1]
	switch {
	case v.Has(cert.FaultExpired) || v.Has(cert.FaultNotYetValid):
		code = codeExpired
	case v.Has(cert.FaultMissing) && o.noFetch && len(top.IssuingCertificateURL) > 0:
		o := *o
		o.noFetch = false
		hint = o.again()
	case v.Has(cert.FaultMissing):
		hint = o.command(append(append([]string{"import"}, o.files...), "issuer.pem")...)
	case v.Has(cert.FaultUntrusted) && len(whats) == 1 && !o.allowUntrusted:
		whats[0] += ", SHA-256 " + cert.Fingerprint(top.Raw)
		hint = o.again("--allow-untrusted")
	case v.Has("sig-sha1-md5") || v.Has("rsa-below-2048"):
		code = codeWeak
	}
	return fail(code, hint, "the certificate for %s is not taken: %s", r.alias, strings.Join(whats, "; "))
}

// compareNames holds the certificate against the request. A name that was asked for
// and is not covered is refused; more names are told, since many CAs add some. Of a key
// that is used again the request is not known, only what its last certificate had.
func (o *importOptions) compareNames(r *reply, asked *x509.Certificate) error {
	if asked == nil {
		return nil
	}
	want, have := cert.NamesOf(asked), cert.NamesOf(r.leaf)
	missing := slices.DeleteFunc(want.Missing(have), have.Covers)
	more := have.Missing(want)
	if len(missing) > 0 && !o.allowNames && cert.IsPending(asked) {
		difference := "it lacks " + strings.Join(missing, ", ")
		if len(more) > 0 {
			difference += ", and has " + strings.Join(more, ", ")
		}
		return fail(codeNameMismatch, o.again("--allow-names"), "the certificate for %s is for other names than were asked for: %s", r.alias, difference)
	}
	if len(missing) > 0 {
		o.note("%s: the certificate is not for %s", r.alias, strings.Join(missing, ", "))
	}
	if len(more) > 0 {
		o.note("%s: the certificate is also for %s", r.alias, strings.Join(more, ", "))
	}
	return nil
}
