package keystore

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// Verify says all that is wrong with a store that was read, or would go wrong when Java
// loads it: integrity, keys that do not open or are not of their certificate, chains,
// names. It opens every key. Where is the alias of an entry, "" for the store.
func (s *Store) Verify(at time.Time) []cert.Finding {
	v := &verifier{store: s, at: at, findings: []cert.Finding{}}
	v.wholeStore()
	if err := s.OpenKeys(); errors.Is(err, ErrFormat) {
		v.add(cert.Error, "key-unreadable", "", err.Error(), "make the keys anew")
	}
	for _, e := range s.entries {
		v.entry(e)
	}
	return v.findings
}

type verifier struct {
	store    *Store
	at       time.Time
	findings []cert.Finding
}

func (v *verifier) add(severity cert.Severity, code, alias, what, fix string) {
	v.findings = append(v.findings, cert.Finding{Code: code, Severity: severity, Where: alias, What: what, Fix: fix})
}

func (v *verifier) wholeStore() {
	from := v.store.from
	if from == nil {
		return
	}
	if from.unverified {
		v.add(cert.Warning, "integrity-unverified", "", "the store's integrity was not verified",
			"give the store's password; a PKCS#12 file without a MAC gets one when it is written again")
	}
	for _, what := range from.notJava {
		v.add(cert.Error, "java-cannot-read", "", "Java 17 does not read "+what, "write the store again")
	}
	if from.store != nil {
		if what := PasswordTrouble(from.format, from.store); what != "" {
			v.add(cert.Error, "store-password-java", "", what, "change the password")
		}
	}
	for _, alias := range from.renamed {
		v.add(cert.Warning, "alias-duplicate", alias, fmt.Sprintf("two entries are named %q; Java sees one of them", alias), "rename one")
	}
	if len(v.store.entries) == 0 {
		v.add(cert.Info, "store-empty", "", "there is no entry in the store", "")
	}
}

func (v *verifier) entry(e *Entry) {
	if f := v.format(); (f == JKS || f == JCEKS) && e.Alias != strings.ToLower(e.Alias) {
		v.add(cert.Error, "alias-case", e.Alias, "keytool does not find an alias with capital letters in "+string(f), "rename it")
	}
	if e.key != nil {
		v.key(e)
	}
	if e.origin.unmarked {
		v.add(cert.Warning, "trust-mark-missing", e.Alias, "Java does not see this certificate: it lacks the mark of a trusted one",
			"import it into another store")
	}
	v.chain(e)
}

func (v *verifier) format() Format {
	if v.store.from == nil {
		return ""
	}
	return v.store.from.format
}

func (v *verifier) key(e *Entry) {
	if err := e.open(); err != nil {
		v.add(cert.Error, "key-not-opened", e.Alias, err.Error(), "give the key's own password")
		return
	}
	if what := e.key.notJava(); what != "" && v.format() == PKCS12 {
		v.add(cert.Error, "java-cannot-read", e.Alias, "Java 17 does not read a key "+what, "change the store's password, which encrypts it again")
	}
	if e.key.ownPassword() {
		severity := cert.Info
		if v.format() == PKCS12 {
			severity = cert.Warning
		}
		v.add(severity, "key-password-differs", e.Alias, "the key has a password that is not the store's; most programs take only one", "give it the store's password")
	}
	if e.Kind == SecretKey {
		return
	}
	if len(e.chain) == 0 {
		v.add(cert.Warning, "key-without-certificate", e.Alias, "the key has no certificate", "import one for it")
		return
	}
	c, ok := readCert(e.chain[0])
	switch spki := publicOf(e.key.plain); {
	case spki == nil:
		v.add(cert.Info, "key-kind", e.Alias, "the key is of a kind that cannot be checked here", "")
	case ok && !bytes.Equal(spki, c.spki):
		v.add(cert.Error, "key-mismatch", e.Alias, "the certificate is of another key", "import the right certificate")
	}
}

func (v *verifier) chain(e *Entry) {
	chain, err := e.Chain()
	if err != nil {
		v.add(cert.Warning, "certificate-unreadable", e.Alias, err.Error(), "")
		return
	}
	for i, c := range chain {
		if i+1 < len(chain) && !signedBy(c, chain[i+1]) {
			v.add(cert.Error, "chain-broken", e.Alias, fmt.Sprintf("certificate %d (%s) is not signed by the next (%s)",
				i+1, cert.Name(c), cert.Name(chain[i+1])), "import the chain again")
		}
		v.dates(e, i, c)
	}
}

// dates: a root that a trusted entry is, or that ends a chain, is past its time too.
func (v *verifier) dates(e *Entry, i int, c *x509.Certificate) {
	severity := cert.Error
	if i > 0 || e.Kind == TrustedCert {
		severity = cert.Warning
	}
	switch {
	case v.at.After(c.NotAfter):
		v.add(severity, "expired", e.Alias, fmt.Sprintf("%s expired at %s", cert.Name(c), c.NotAfter.UTC().Format(time.RFC3339)), "renew it")
	case v.at.Before(c.NotBefore):
		v.add(severity, "not-yet-valid", e.Alias, fmt.Sprintf("%s is valid from %s on", cert.Name(c), c.NotBefore.UTC().Format(time.RFC3339)), "")
	}
}
