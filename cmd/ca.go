package cmd

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// The entries of ca.p12: the private root, and the CA below it that signs in its
// place where there is one.
const (
	rootAlias    = "root"
	issuingAlias = "issuing"
)

// ledgerName is where the CA writes down what it issued and revoked.
const ledgerName = "ca.ledger"

func newCACommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "ca",
		Short: "The private CA of the home",
		Long: `The private CA of the home lives in ca.p12. selfsign makes it at its first use,
constrained to the names it is asked for; "ca init" makes it beforehand, with
what it may sign for chosen by you. What it issued is written down in ca.ledger.`,
		Example: `  gwtls ca init --permit example.com,10.0.0.0/8
  gwtls ca issue db.example.com --for pem -o certs
  gwtls ca sign backend.csr
  gwtls ca revoke db.example.com.pem && gwtls ca crl`,
	}
	group(c, newCAInitCommand(g), newCAIssueCommand(g), newCASignCommand(g), newCARevokeCommand(g), newCACRLCommand(g), newCAShowCommand(g))
	return c
}

// authority opens the CA of a ca.p12; nil where there is none yet.
func authority(ca *opened) (*cert.Authority, error) {
	e := ca.Store.Get(issuingAlias)
	if e == nil {
		e = ca.Store.Get(rootAlias)
	}
	if e == nil {
		return nil, nil
	}
	chain, err := e.Chain()
	if err != nil {
		return nil, err
	}
	key, err := e.PrivateKey()
	if err != nil {
		return nil, err
	}
	if len(chain) == 0 {
		return nil, fail(codeBadFormat, "", "%s: entry %q has no certificate", ca.Ref.path(), e.Alias)
	}
	return &cert.Authority{Key: key, Chain: chain}, nil
}

// needAuthority is authority for those who cannot make one.
func (g *globals) needAuthority(ca *opened) (*cert.Authority, error) {
	a, err := authority(ca)
	if a == nil && err == nil {
		return nil, fail(codeNotFound, g.command("ca", "init", "--permit", "example.com"), "%s: the home has no private CA", ca.Ref.path())
	}
	return a, err
}

// ledger reads what the CA of an open ca.p12 issued.
func (ca *opened) ledger() (*cert.Ledger, error) {
	blob, err := ca.tx.Read(ledgerName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := cert.ParseLedger(blob.Data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ca.Ref.home.Path(ledgerName), err)
	}
	return l, nil
}

func (ca *opened) writeLedger(l *cert.Ledger) { ca.tx.Write(ledgerName, l.Bytes(), home.Private) }

// issue has a CA sign, and write down that it did.
func issue(ca *opened, a *cert.Authority, r cert.Request, pub crypto.PublicKey) (*x509.Certificate, error) {
	c, err := a.Issue(r, pub)
	if err != nil {
		return nil, err
	}
	l, err := ca.ledger()
	if err != nil {
		return nil, err
	}
	l.Add(c)
	ca.writeLedger(l)
	return c, nil
}

// putRoot makes a private root in a ca.p12.
func putRoot(ca *opened, kt cert.KeyType, r cert.RootRequest) (*cert.Authority, error) {
	key, err := kt.Generate()
	if err != nil {
		return nil, err
	}
	root, err := cert.NewRoot(r, key)
	if err != nil {
		return nil, err
	}
	return root, putCA(ca, rootAlias, root, r)
}

// putIssuing makes a CA below the root, which signs from then on.
func putIssuing(ca *opened, root *cert.Authority, kt cert.KeyType, r cert.RootRequest) (*cert.Authority, error) {
	key, err := kt.Generate()
	if err != nil {
		return nil, err
	}
	r.Permit, r.PathLen = cert.Constraints{}, r.PathLen-1
	issuing, err := root.IssueCA(r, key)
	if err != nil {
		return nil, err
	}
	return issuing, putCA(ca, issuingAlias, issuing, r)
}

func putCA(ca *opened, alias string, a *cert.Authority, r cert.RootRequest) error {
	e, err := keystore.NewPrivateKey(alias, a.Key, a.Chain, r.Now)
	if err != nil {
		return err
	}
	ca.Store.Put(e)
	return nil
}
