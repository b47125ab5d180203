package keystore

import (
	"bytes"
	"crypto/x509"
)

// rawCert is what pairing and chaining need of a certificate. It is read from the bytes,
// so that a certificate that Go cannot parse has a chain too, and a large store lists fast.
type rawCert struct {
	raw             []byte
	subject, issuer []byte // DER
	spki            []byte // DER
	subjectKeyID    []byte
	authorityKeyID  []byte
	ca              bool

	found bool     // by has been looked for
	by    *rawCert // its issuer, if the file has it

	bag  *bag // PKCS#12: where it stands
	used bool // it is in the chain of a key
}

// readCert reads the fields of RFC 5280 section 4.1; ok is false for bytes that are no certificate.
func readCert(raw []byte) (c rawCert, ok bool) {
	r := readDER(raw)
	tbs := r.enter(tagSequence).enter(tagSequence)
	tbs.optional(contextConstr) // version
	tbs.want(tagInteger)        // serial number
	tbs.want(tagSequence)       // signature algorithm
	c.raw = raw
	c.issuer = tbs.next().raw
	tbs.want(tagSequence) // validity
	c.subject = tbs.next().raw
	c.spki = tbs.next().raw
	for tbs.more() {
		if e := tbs.next(); e.tag == contextConstr|3 {
			exts := (&derReader{e.body, tbs.err}).enter(tagSequence)
			for exts.more() {
				c.extension(exts.enter(tagSequence))
			}
		}
	}
	return c, !r.failed()
}

// extension takes note of those that chaining looks at. A fault inside one of them is no
// reason to refuse the certificate.
func (c *rawCert) extension(ext *derReader) {
	id := ext.oid()
	ext.optional(0x01) // critical
	value := readDER(ext.want(tagOctets))
	switch id {
	case oidSubjectKeyID:
		c.subjectKeyID = value.want(tagOctets)
	case oidAuthorityKeyID:
		c.authorityKeyID, _ = value.enter(tagSequence).optional(contextPrim)
	case oidBasicConstraints:
		ca, _ := value.enter(tagSequence).optional(0x01)
		c.ca = len(ca) == 1 && ca[0] != 0
	}
}

func (c *rawCert) selfIssued() bool { return bytes.Equal(c.subject, c.issuer) }

// chainPool finds issuers among the certificates of a file.
type chainPool struct {
	bySubject map[string][]*rawCert
	checks    int // signatures that may still be checked
}

// Bounds on the search for issuers in a file made to be slow.
const (
	maxNamesakes = 64
	maxChecks    = 4096
)

func newChainPool() *chainPool { return &chainPool{map[string][]*rawCert{}, maxChecks} }

func (p *chainPool) add(c *rawCert) {
	name := string(c.subject)
	p.bySubject[name] = append(p.bySubject[name], c)
}

// chain goes from a leaf up as far as the file has issuers, and marks what it uses.
func (p *chainPool) chain(leaf *rawCert) [][]byte {
	leaf.used = true
	chain := [][]byte{leaf.raw}
	for c := p.issuer(leaf); c != nil && len(chain) < maxChain && !contains(chain, c.raw); c = p.issuer(c) {
		c.used = true
		chain = append(chain, c.raw)
	}
	return chain
}

func (p *chainPool) issuer(c *rawCert) *rawCert {
	if !c.found {
		c.found, c.by = true, p.find(c)
	}
	return c.by
}

// find chooses among certificates of one name: by key identifier, and where that leaves
// a choice, by signature.
func (p *chainPool) find(c *rawCert) *rawCert {
	if c.selfIssued() && (len(c.authorityKeyID) == 0 || bytes.Equal(c.authorityKeyID, c.subjectKeyID)) {
		return nil
	}
	var fit []*rawCert
	named := p.bySubject[string(c.issuer)]
	for _, i := range named[:min(len(named), maxNamesakes)] {
		known := len(c.authorityKeyID) > 0 && len(i.subjectKeyID) > 0
		if !bytes.Equal(i.raw, c.raw) && (!known || bytes.Equal(c.authorityKeyID, i.subjectKeyID)) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	for _, i := range fit {
		if len(fit) == 1 || p.checks <= 0 {
			break
		}
		p.checks--
		if signed(c.raw, i.raw) {
			return i
		}
	}
	return fit[0]
}

func signed(raw, issuer []byte) bool {
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		return false
	}
	i, err := x509.ParseCertificate(issuer)
	return err == nil && signedBy(c, i)
}

// signedBy looks at name and signature alone: whether the issuer may sign is for others to say.
func signedBy(c, issuer *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, issuer.RawSubject) &&
		issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func contains(chain [][]byte, raw []byte) bool {
	for _, c := range chain {
		if bytes.Equal(c, raw) {
			return true
		}
	}
	return false
}
