package cert

import (
	"cmp"
	"crypto/x509"
	"strings"
)

// selfSigned remembers which certificates are, since to find out takes a signature.
type selfSigned map[*x509.Certificate]bool

func (s selfSigned) is(c *x509.Certificate) bool {
	yes, known := s[c]
	if !known {
		yes = selfIssued(c) && checkSignature(c, c) == nil
		s[c] = yes
	}
	return yes
}

// judge checks a path that goes no further and keeps it if it is the best so far.
func (s *search) judge(path []*candidate, anchored bool, broken error) bool {
	s.judged++
	if !anchored {
		if s.deadEnds++; s.best != nil && (s.best.anchored || s.deadEnds > maxDeadEnds) {
			return false
		}
	}
	j := &judge{VerifyOptions: s.VerifyOptions, anchored: anchored, known: s.known}
	for _, c := range path {
		j.chain = append(j.chain, c.Certificate)
	}
	if !anchored {
		j.explainEnd(broken)
	}
	j.check()
	if s.best == nil || j.better(s.best) {
		s.best = j
	}
	return anchored && len(j.faults) == 0
}

// explainEnd says why a chain goes no further than it does.
func (j *judge) explainEnd(broken error) {
	top := j.chain[len(j.chain)-1]
	switch {
	case broken == errSpent: // reported once, with the verdict
	case broken == errTooDeep:
		j.fault(faultChainTooLong, top, "more than %d intermediates would be needed", max(0, cmp.Or(j.MaxIntermediates, defaultIntermediates)))
	case broken != nil:
		j.fault(faultSignature, top, "%s: its signature is not by the key of %s that is at hand: %v", label(top), FormatDN(top.RawIssuer), broken)
	case j.known.is(top) && len(j.chain) == 1:
		j.fault(FaultUntrusted, top, "%s is self-signed and not itself among the trusted certificates", label(top))
	case j.known.is(top):
		j.fault(FaultUntrusted, top, "the chain ends at %s, SHA-256 %s, which is not among the trusted roots", label(top), Fingerprint(top.Raw))
	default:
		where := "its certificate names no place to fetch it from"
		if len(top.IssuingCertificateURL) > 0 {
			where = "it can be had at " + strings.Join(printable(top.IssuingCertificateURL), ", ")
		}
		j.fault(FaultMissing, top, "the issuer of %s, %s, is neither at hand nor a trusted root; %s", label(top), FormatDN(top.RawIssuer), where)
	}
}

func (j *judge) better(than *judge) bool {
	return cmp.Or(
		compareBool(j.anchored, than.anchored),
		cmp.Compare(j.hard(), than.hard()),
		cmp.Compare(len(j.faults), len(than.faults))) < 0
}

func (j *judge) hard() (n int) {
	for _, f := range j.faults {
		if !f.Form {
			n++
		}
	}
	return n
}

// label names a certificate in a message. What certificates say is quoted where it
// could move a terminal's cursor.
func label(c *x509.Certificate) string {
	name := Name(c)
	if len(c.Subject.Names) == 0 {
		name = "the certificate without a subject"
		if all := NamesOf(c).Strings(); len(all) > 0 {
			name = all[0]
		}
	}
	return printable([]string{name})[0]
}
