package keystore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var errTooMany = fmt.Errorf("more than %d entries", maxEntries)

// bag is a SafeBag, RFC 7292 section 4.2.
type bag struct {
	kind  oid
	value []byte // inside the explicit tag
	raw   []byte
	attributes
}

// attributes of a bag; other holds those that have no field, as they are.
type attributes struct {
	name    string // friendlyName
	localID []byte
	trusted bool // Java takes the certificate as trusted
	created time.Time
	chain   [][]byte // SHA-256 of its certificates, leaf first, where they say it
	other   []byte
}

// generalizedTime in DER has no zeros at the end of its fraction.
const generalizedTime = "20060102150405.999Z"

// readBags appends the bags of a SafeContents.
func readBags(contents []byte, bags []bag) ([]bag, error) {
	contents, err := toDER(contents)
	if err != nil {
		return nil, err
	}
	r := readDER(contents)
	for seq := r.enter(tagSequence); seq.more(); {
		if len(bags) == maxEntries {
			return nil, errTooMany
		}
		e := seq.next()
		inner := (&derReader{e.raw, r.err}).enter(tagSequence)
		b := bag{raw: e.raw, kind: inner.oid(), value: inner.want(contextConstr)}
		if inner.more() {
			b.readAttributes(inner.enter(tagSet))
		}
		bags = append(bags, b)
	}
	return bags, r.fault()
}

func (a *attributes) readAttributes(set *derReader) {
	for set.more() {
		e := set.next()
		attr := (&derReader{e.raw, set.err}).enter(tagSequence)
		kind := attr.oid()
		// A value that is not as it should be is kept with the unknown.
		values := readDER(attr.want(tagSet))
		if !a.take(kind, values) {
			a.other = append(a.other, e.raw...)
		}
	}
}

func (a *attributes) take(kind oid, values *derReader) bool {
	switch kind {
	case oidFriendlyName:
		text := values.next()
		a.name = string(text.body)
		if text.tag == tagBMP {
			a.name = fromBMP(text.body)
		}
	case oidLocalKeyID:
		a.localID = values.want(tagOctets)
		a.timeOfLocalID()
	case oidJavaTrusted:
		a.trusted = true
		return true
	case oidSigningTime:
		if at, err := time.Parse(generalizedTime, string(values.want(tagGeneralTime))); err == nil {
			a.created = at.UTC()
			return true
		}
		return false
	case oidSigningCertificate:
		for ids := values.enter(tagSequence).enter(tagSequence); ids.more(); {
			id := ids.enter(tagSequence)
			if id.at(tagSequence) || len(a.chain) == maxChain {
				return false // hashed by something else than SHA-256, or no chain of ours
			}
			a.chain = append(a.chain, id.want(tagOctets))
		}
	default:
		return false
	}
	return !values.failed()
}

// timeOfLocalID: Java keeps an entry's date in "Time 1700000000000".
func (a *attributes) timeOfLocalID() {
	digits, ok := strings.CutPrefix(string(a.localID), "Time ")
	if !ok || !a.created.IsZero() {
		return
	}
	if ms, err := strconv.ParseInt(digits, 10, 64); err == nil && ms > 0 {
		a.created = time.UnixMilli(ms).UTC()
	}
}

// der writes the attributes as a SET; nothing where there are none.
func (a *attributes) der() []byte {
	var out []byte
	attr := func(kind oid, value []byte) {
		out = append(out, der(tagSequence, kind.der(), der(tagSet, value))...)
	}
	if a.name != "" {
		attr(oidFriendlyName, der(tagBMP, bmp([]byte(a.name))))
	}
	if a.localID != nil {
		attr(oidLocalKeyID, der(tagOctets, a.localID))
	}
	if a.trusted {
		attr(oidJavaTrusted, oidAnyUsage.der())
	}
	if !a.created.IsZero() {
		attr(oidSigningTime, der(tagGeneralTime, []byte(a.created.UTC().Format(generalizedTime))))
	}
	if a.chain != nil {
		var ids []byte
		for _, sum := range a.chain {
			ids = append(ids, der(tagSequence, der(tagOctets, sum))...)
		}
		attr(oidSigningCertificate, der(tagSequence, der(tagSequence, ids)))
	}
	if out = append(out, a.other...); len(out) == 0 {
		return nil
	}
	return der(tagSet, out)
}

// newBag writes a SafeBag.
func newBag(kind oid, value []byte, a attributes) []byte {
	return der(tagSequence, kind.der(), der(contextConstr, value), a.der())
}

var errNotX509 = errors.New("not an X.509 certificate")

// certificate is the DER in a certificate bag.
func (b *bag) certificate() ([]byte, error) {
	seq := readDER(b.value).enter(tagSequence)
	if kind := seq.oid(); kind != oidX509 && !seq.failed() {
		return nil, errNotX509
	}
	raw := seq.enter(contextConstr).want(tagOctets)
	return raw, seq.fault()
}

func newCertBag(raw []byte, a attributes) []byte {
	return newBag(oidCertBag, der(tagSequence, oidX509.der(), der(contextConstr, der(tagOctets, raw))), a)
}
