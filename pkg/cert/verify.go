package cert

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// Profile is whose rules a certificate is held to.
type Profile string

// The two profiles: RFC 5280 and what clients demand of any issuer; and, on top of
// that, the CA/Browser Forum's Baseline Requirements, which bind public CAs only.
const (
	Private Profile = "private"
	Public  Profile = "public"
)

// ParseProfile reads the name of a profile.
func ParseProfile(s string) (Profile, error) {
	if p := Profile(s); p == Private || p == Public {
		return p, nil
	}
	return "", fmt.Errorf("profile %q is neither private nor public", s)
}

// ProfileOf is the profile a certificate claims for itself: public where it says to
// have been issued under the Baseline Requirements (7.1.6.1), else private.
func ProfileOf(c *x509.Certificate) Profile {
	for _, p := range c.PolicyIdentifiers {
		if len(p) >= 4 && p[0] == 2 && p[1] == 23 && p[2] == 140 && p[3] == 1 {
			return Public
		}
	}
	return Private
}

// Purpose is what a certificate is to be used for.
type Purpose string

// The purposes TLS knows; the zero value is any.
const (
	ForServer Purpose = "server"
	ForClient Purpose = "client"
)

// ParsePurpose reads the name of a purpose.
func ParsePurpose(s string) (Purpose, error) {
	if p := Purpose(s); p == ForServer || p == ForClient {
		return p, nil
	}
	return "", fmt.Errorf("purpose %q is neither server nor client", s)
}

// VerifyOptions say what is to be verified, and against what.
type VerifyOptions struct {
	Leaf    *x509.Certificate
	Helpers []*x509.Certificate // what may stand in between, in any order
	Roots   []*x509.Certificate // trusted as they are
	Machine *x509.CertPool      // further roots, which can be asked but not listed; may be nil
	At      time.Time
	Host    string  // DNS name, address or mailbox it has to cover; "" for none
	Purpose Purpose // "" for any
	CRLs    []*x509.RevocationList
	Profile Profile // where "", Private

	// MaxIntermediates bounds the chain between leaf and root, self-issued ones not
	// counted. Where 0, 10; none may stand there where it is negative.
	MaxIntermediates int
}

// Fault is one reason why a chain does not hold. Codes are those of the lints where
// there is one that says the same.
type Fault struct {
	Code string `json:"code"`
	What string `json:"what"`

	// Form marks a breach of the rules for how a certificate is written, that today's
	// clients pass over. All other faults stop some or all of them.
	Form bool `json:"-"`

	// Certificate is the one at fault, nil where it is the chain as a whole.
	Certificate *x509.Certificate `json:"-"`
}

// Codes of faults that are no lints, for those who decide on them.
const (
	FaultUntrusted      = "untrusted"                  // the chain ends at a root that is not trusted
	FaultMissing        = "chain-missing-intermediate" // an issuer is not at hand
	FaultExpired        = "expired"
	FaultNotYetValid    = "not-yet-valid"
	FaultName           = "name-not-covered"
	FaultRevoked        = "revoked"
	FaultKeyUsage       = "key-usage-wrong"
	FaultConstraints    = "name-constraints-violated"
	FaultTooMuchWork    = "too-much-work"
	FaultMalformed      = "malformed" // for a certificate that cannot be read at all
	faultChainTooLong   = "chain-too-long"
	faultInterExpired   = "intermediate-expired"
	faultAnchorExpired  = "anchor-expired"
	faultSignature      = "signature-invalid"
	faultWeakSignature  = "sig-sha1-md5"
	faultPolicy         = "policy-unsatisfied"
	faultNotACA         = "not-a-ca"
	faultPathLength     = "path-length-exceeded"
	faultCritical       = "critical-extension-unknown"
	faultSANMissing     = "san-missing"
	faultServerAuth     = "eku-serverauth-missing"
	faultClientAuth     = "eku-clientauth-missing"
	faultClientOnly     = "eku-client-only"
	faultNameSyntax     = "name-syntax"
	faultKeyIDs         = "aki-ski-mismatch"
	faultCRLMissing     = "crl-missing"
	faultCRLInvalid     = "crl-invalid"
	faultCRLExpired     = "crl-expired"
	faultCRLUnsupported = "crl-unsupported"
)

// Verdict is what came of a verification.
type Verdict struct {
	Chain    []*x509.Certificate // leaf first, as far as it could be built
	Anchored bool                // Chain ends in a trusted certificate
	Faults   []Fault             // all of them, of the best chain there is
	Notes    []string            // what could not be checked, and is no fault
}

// Valid says that there is no fault whatever.
func (v *Verdict) Valid() bool { return len(v.Faults) == 0 }

// Usable says that clients will take the chain: there are faults of form at most.
func (v *Verdict) Usable() bool {
	return !slices.ContainsFunc(v.Faults, func(f Fault) bool { return !f.Form })
}

// Has says whether there is a fault of that code.
func (v *Verdict) Has(code string) bool {
	return slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.Code == code })
}

// Verify looks for a chain from the leaf to a trusted certificate and checks it as
// RFC 5280, 6.1, says. Of several chains it takes one without faults, else the one
// with the fewest. The work is bounded whatever the certificates say.
func Verify(o VerifyOptions) *Verdict {
	if o.Profile == "" {
		o.Profile = Private
	}
	// Validity has seconds; a fraction of the last one still belongs to it (4.1.2.5).
	o.At = o.At.UTC().Truncate(time.Second)
	return newSearch(&o).run()
}

// judge checks a chain and collects its faults.
type judge struct {
	*VerifyOptions
	chain    []*x509.Certificate
	anchored bool
	known    selfSigned
	faults   []Fault
	notes    []string
}

func (j *judge) fault(code string, c *x509.Certificate, format string, args ...any) {
	j.faults = append(j.faults, Fault{Code: code, What: fmt.Sprintf(format, args...), Certificate: c})
}

func (j *judge) form(code string, c *x509.Certificate, format string, args ...any) {
	j.faults = append(j.faults, Fault{Code: code, What: fmt.Sprintf(format, args...), Certificate: c, Form: true})
}

func (j *judge) leaf() *x509.Certificate { return j.chain[0] }

// anchor is the trusted end, nil where the chain has none.
func (j *judge) anchor() *x509.Certificate {
	if !j.anchored {
		return nil
	}
	return j.chain[len(j.chain)-1]
}

// check finds every fault, those that matter most first.
func (j *judge) check() {
	j.checkValidity()
	j.checkHost()
	j.checkUsage()
	j.checkKeys()
	j.checkConstraints()
	j.checkRevocation()
	j.checkForm()
	if j.anchored && !slices.ContainsFunc(j.faults, func(f Fault) bool { return !f.Form }) {
		j.checkPolicies()
	}
}

// checkPolicies leaves the processing of certificate policies (RFC 5280, 6.1.3 d to
// 6.1.5 g) to crypto/x509. What it would say of anything else is taken out, since
// that has been checked by then.
func (j *judge) checkPolicies() {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	bare := make([]*x509.Certificate, len(j.chain))
	for i, c := range j.chain {
		b := *c
		b.UnhandledCriticalExtensions = nil
		b.MaxPathLen, b.MaxPathLenZero = -1, false
		b.PermittedDNSDomains, b.ExcludedDNSDomains = nil, nil
		b.PermittedIPRanges, b.ExcludedIPRanges = nil, nil
		b.PermittedEmailAddresses, b.ExcludedEmailAddresses = nil, nil
		b.PermittedURIDomains, b.ExcludedURIDomains = nil, nil
		bare[i] = &b
	}
	roots.AddCert(bare[len(bare)-1])
	for _, c := range bare {
		between.AddCert(c)
	}
	_, err := bare[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: j.At,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		j.fault(faultPolicy, nil, "no certificate policy holds for the whole chain: %v", err)
	}
}
