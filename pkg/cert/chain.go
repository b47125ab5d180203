package cert

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
)

// Bounds on the search for a chain, whatever the certificates are.
const (
	defaultIntermediates = 10
	maxIntermediates     = 64
	maxSignatures        = 200  // signatures checked
	maxSteps             = 2000 // certificates tried at some place of a chain
	maxJudged            = 100  // chains to a root that are checked
	maxDeadEnds          = 10   // chains to nowhere that are checked
	maxChain             = 32   // certificates in a chain, self-issued ones counted
	maxRSABits           = 16384
)

// search builds chains from the leaf upwards, depth first.
type search struct {
	*VerifyOptions
	bySubject map[string][]*candidate
	leaf      *candidate
	verified  map[signature]error
	known     selfSigned
	asked     map[*candidate]bool // for which the machine's roots were asked
	depth     int

	signatures, steps, judged, deadEnds int
	exhausted                           bool
	best                                *judge
}

// candidate is a certificate that may become part of a chain.
type candidate struct {
	*x509.Certificate
	subject, issuer string // canonical
	anchor          bool
}

type signature struct{ child, parent *candidate }

func newSearch(o *VerifyOptions) *search {
	s := &search{
		VerifyOptions: o,
		bySubject:     map[string][]*candidate{},
		verified:      map[signature]error{},
		known:         selfSigned{},
		asked:         map[*candidate]bool{},
		depth:         min(o.MaxIntermediates, maxIntermediates),
	}
	if s.depth == 0 {
		s.depth = defaultIntermediates
	}
	s.depth = max(s.depth, 0)
	for _, c := range o.Roots {
		s.add(c, true)
	}
	for _, c := range o.Helpers {
		s.add(c, false)
	}
	s.leaf = s.add(o.Leaf, false)
	return s
}

// add takes a certificate in, once; a root that is among the helpers too is a root.
func (s *search) add(c *x509.Certificate, anchor bool) *candidate {
	n := &candidate{c, canonicalName(c.RawSubject), canonicalName(c.RawIssuer), anchor}
	for _, known := range s.bySubject[n.subject] {
		if known.Equal(c) {
			return known
		}
	}
	s.bySubject[n.subject] = append(s.bySubject[n.subject], n)
	return n
}

func (s *search) run() *Verdict {
	s.extend([]*candidate{s.leaf})
	best := s.best
	if s.exhausted && !best.anchored {
		best.fault(FaultTooMuchWork, nil, "there are too many ways to build a chain: the search was ended after %d signatures and %d steps", s.signatures, s.steps)
	}
	return &Verdict{Chain: best.chain, Anchored: best.anchored, Faults: best.faults, Notes: best.notes}
}

// extend goes on from the end of a path and says whether a chain without faults was found.
func (s *search) extend(path []*candidate) bool {
	s.steps++
	top := path[len(path)-1]
	s.askMachine(top)
	if top.anchor {
		return s.judge(path, true, nil)
	}
	if s.spent() {
		s.exhausted = true
		return s.judge(path, false, errSpent)
	}
	var broken error // why an issuer of the right name would not do
	deadEnd, tooDeep := true, false
	for _, issuer := range s.issuers(top, path) {
		if !issuer.anchor && (intermediates(path)+1 > s.depth && issuer.subject != issuer.issuer || len(path) >= maxChain) {
			tooDeep = true
			continue
		}
		if err := s.signed(top, issuer); err != nil {
			broken = cmp.Or(broken, err)
			continue
		}
		deadEnd = false
		if s.extend(append(path[:len(path):len(path)], issuer)) {
			return true
		}
		if s.exhausted {
			break
		}
	}
	if !deadEnd {
		return false
	}
	if tooDeep {
		broken = errTooDeep
	}
	return s.judge(path, false, broken)
}

var (
	errTooDeep = errors.New("more intermediates than are allowed")
	errSpent   = errors.New("the search was ended")
)

func (s *search) spent() bool {
	return s.signatures >= maxSignatures || s.steps >= maxSteps || s.judged >= maxJudged
}

// intermediates counts what stands between the leaf and the next certificate.
func intermediates(path []*candidate) int {
	n := 0
	for _, c := range path[1:] {
		if c.subject != c.issuer {
			n++
		}
	}
	return n
}

// selfIssued says that subject and issuer are one name (RFC 5280, 3.2).
func selfIssued(c *x509.Certificate) bool {
	return canonicalName(c.RawSubject) == canonicalName(c.RawIssuer)
}

// issuers are the certificates by whose name a certificate says to be issued, the
// likeliest first.
func (s *search) issuers(child *candidate, path []*candidate) []*candidate {
	var out []*candidate
	for _, c := range s.bySubject[child.issuer] {
		if !slices.ContainsFunc(path, c.sameEntity) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b *candidate) int {
		return cmp.Or(
			compareBool(a.anchor, b.anchor),
			cmp.Compare(keyIDDistance(child, a), keyIDDistance(child, b)),
			compareBool(s.current(a), s.current(b)),
			b.NotAfter.Compare(a.NotAfter))
	})
	return out
}

// compareBool sorts what is true to the front.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (s *search) current(c *candidate) bool {
	return !s.At.Before(c.NotBefore) && !s.At.After(c.NotAfter)
}

// keyIDDistance is 0 where the key identifiers agree, 1 where one has none, else 2.
func keyIDDistance(child, parent *candidate) int {
	switch {
	case len(child.AuthorityKeyId) == 0 || len(parent.SubjectKeyId) == 0:
		return 1
	case bytes.Equal(child.AuthorityKeyId, parent.SubjectKeyId):
		return 0
	}
	return 2
}

// sameEntity says that two certificates are for one key under one set of names, so
// that a chain through both would go in a circle (RFC 4158, 2.4.2).
func (c *candidate) sameEntity(other *candidate) bool {
	return c == other ||
		bytes.Equal(c.RawSubject, other.RawSubject) &&
			bytes.Equal(c.RawSubjectPublicKeyInfo, other.RawSubjectPublicKeyInfo) &&
			bytes.Equal(extensionValue(c.Certificate, oidSAN), extensionValue(other.Certificate, oidSAN))
}

// askMachine adds the machine's roots that may have issued a certificate. Their pool
// cannot be listed, and on some systems is not in this process at all, so it is asked
// to verify a copy without anything that could have it refused for another reason.
func (s *search) askMachine(child *candidate) {
	if s.Machine == nil || s.asked[child] {
		return
	}
	s.asked[child] = true
	bare := *child.Certificate
	bare.UnhandledCriticalExtensions = nil
	bare.NotBefore, bare.NotAfter = s.At, s.At
	chains, err := bare.Verify(x509.VerifyOptions{
		Roots: s.Machine, Intermediates: x509.NewCertPool(), CurrentTime: s.At,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return
	}
	for _, chain := range chains {
		root := chain[len(chain)-1]
		if root.Equal(child.Certificate) {
			child.anchor = true
			continue
		}
		s.add(root, true).anchor = true
	}
}

// signed checks that issuer's key signed child; that issuer may sign is another
// matter. A signature by an algorithm that is broken counts, since it is reported.
func (s *search) signed(child, issuer *candidate) error {
	key := signature{child, issuer}
	if err, known := s.verified[key]; known {
		return err
	}
	err := checkSignature(issuer.Certificate, child.Certificate)
	if errors.As(err, new(x509.InsecureAlgorithmError)) {
		err = nil
	}
	s.signatures++
	s.verified[key] = err
	return err
}

func checkSignature(issuer, child *x509.Certificate) error {
	if k, ok := issuer.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > maxRSABits {
		return fmt.Errorf("a key of %d bits is more than anybody uses", k.N.BitLen())
	}
	return issuer.CheckSignature(child.SignatureAlgorithm, child.RawTBSCertificate, child.Signature)
}
