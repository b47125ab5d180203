package cert

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ledgerHead is the first line of a ledger, and says how the others are to be read.
const ledgerHead = "gwtls ledger 1"

// Ledger is what a CA issued and revoked: a text of one line an event, to which lines
// are only ever added. Opening it reads no more than where the lines are; who edits it
// by hand finds out when the line is looked at.
type Ledger struct {
	text []byte
}

// Record is a certificate that a CA issued, and what became of it.
type Record struct {
	Issuer    string // key identifier of the CA, hex
	Serial    string // as Serial gives it
	NotBefore time.Time
	NotAfter  time.Time
	SHA256    string
	Subject   string
	Names     []string

	Revoked time.Time // zero where it is not
	Reason  int       // RFC 5280, 5.3.1
}

// Errors of a ledger.
var (
	ErrLedger         = errors.New("not a ledger of gwtls")
	ErrNotIssued      = errors.New("the CA issued no such certificate")
	ErrAlreadyRevoked = errors.New("already revoked")
)

// ParseLedger opens a ledger; no bytes are an empty one.
func ParseLedger(text []byte) (*Ledger, error) {
	if len(text) == 0 {
		return &Ledger{text: []byte(ledgerHead + "\n")}, nil
	}
	if !bytes.HasPrefix(text, []byte(ledgerHead+"\n")) || text[len(text)-1] != '\n' {
		return nil, fmt.Errorf("%w: it has no first line %q, or no end", ErrLedger, ledgerHead)
	}
	return &Ledger{text: slices.Clip(text)}, nil
}

// Bytes is the ledger to be stored.
func (l *Ledger) Bytes() []byte { return l.text }

// Add records a certificate that was issued.
func (l *Ledger) Add(c *x509.Certificate) {
	names := NamesOf(c).Strings()
	for i, name := range names {
		names[i] = strings.Map(func(r rune) rune {
			if r <= ' ' || r == 0x7f { // no name that was parsed has one
				return '?'
			}
			return r
		}, name)
	}
	l.line("issued", hex.EncodeToString(c.AuthorityKeyId), Serial(c),
		strconv.FormatInt(c.NotBefore.Unix(), 10), strconv.FormatInt(c.NotAfter.Unix(), 10),
		Fingerprint(c.Raw), FormatDN(c.RawSubject), strings.Join(names, " "))
}

func (l *Ledger) line(fields ...string) {
	l.text = append(l.text, strings.Join(fields, "\t")...)
	l.text = append(l.text, '\n')
}

// AddCRL records that a list of revoked certificates was made.
func (l *Ledger) AddCRL(issuer string, number int64, at time.Time) {
	l.line("crl", issuer, strconv.FormatInt(number, 10), strconv.FormatInt(at.Unix(), 10))
}

// Revoke records that a certificate is revoked.
func (l *Ledger) Revoke(issuer, serial string, at time.Time, reason int) error {
	c, err := l.Find(issuer, serial)
	if err != nil {
		return err
	}
	if !c.Revoked.IsZero() {
		return fmt.Errorf("%w on %s: %s", ErrAlreadyRevoked, date(c.Revoked), RevocationReason(c.Reason))
	}
	l.line("revoked", issuer, serial, strconv.FormatInt(at.Unix(), 10), strconv.Itoa(reason))
	return nil
}

// Find looks a certificate up by its CA and serial number.
func (l *Ledger) Find(issuer, serial string) (*Record, error) {
	var found *Record
	prefix := []byte("\t" + issuer + "\t" + serial + "\t")
	for line := range l.lines() {
		if i := bytes.Index(line, prefix); i < 0 || bytes.IndexByte(line, '\t') != i {
			continue
		}
		e, err := readEvent(line)
		if err != nil {
			return nil, err
		}
		switch {
		case e.issued != nil:
			found = e.issued
		case e.kind == "revoked" && found != nil:
			found.Revoked, found.Reason = e.at, e.number
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: serial number %s", ErrNotIssued, serial)
	}
	return found, nil
}

// lines are those after the first.
func (l *Ledger) lines() func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		rest := l.text[len(ledgerHead)+1:]
		for len(rest) > 0 {
			end := bytes.IndexByte(rest, '\n')
			if !yield(rest[:end]) {
				return
			}
			rest = rest[end+1:]
		}
	}
}

// All lists what a CA issued, in the order it did; of every CA where issuer is "".
func (l *Ledger) All(issuer string) ([]Record, error) {
	var out []Record
	at := map[string]int{}
	for line := range l.lines() {
		e, err := readEvent(line)
		switch {
		case err != nil:
			return nil, err
		case issuer != "" && e.issuer != issuer:
		case e.issued != nil:
			at[e.issuer+e.serial] = len(out)
			out = append(out, *e.issued)
		case e.kind == "revoked":
			if i, ok := at[e.issuer+e.serial]; ok {
				out[i].Revoked, out[i].Reason = e.at, e.number
			}
		}
	}
	return out, nil
}

// CRLNumber is the number of the last list of revoked certificates of a CA.
func (l *Ledger) CRLNumber(issuer string) (int64, error) {
	var last int64
	for line := range l.lines() {
		if !bytes.HasPrefix(line, []byte("crl\t")) {
			continue
		}
		e, err := readEvent(line)
		if err != nil {
			return 0, err
		}
		if e.issuer == issuer {
			last = max(last, int64(e.number))
		}
	}
	return last, nil
}

// event is a line: what happened, and to which certificate.
type event struct {
	kind, issuer, serial string
	at                   time.Time
	number               int // reason, or number of the CRL
	issued               *Record
}

// readEvent reads one of
//
//	issued   ISSUER SERIAL NOT-BEFORE NOT-AFTER SHA256 SUBJECT NAMES
//	revoked  ISSUER SERIAL TIME REASON
//	crl      ISSUER NUMBER TIME
//
// whose fields are parted by tabs, times being seconds since 1970.
func readEvent(line []byte) (event, error) {
	f := strings.Split(string(line), "\t")
	e := event{kind: f[0]}
	var err error
	number := func(s string) int64 {
		n, e := strconv.ParseInt(s, 10, 64)
		err = cmp.Or(err, e)
		return n
	}
	switch {
	case e.kind == "issued" && len(f) == 8:
		e.issuer, e.serial = f[1], f[2]
		e.issued = &Record{
			Issuer: f[1], Serial: f[2], SHA256: f[5], Subject: f[6], Names: strings.Fields(f[7]),
			NotBefore: time.Unix(number(f[3]), 0).UTC(), NotAfter: time.Unix(number(f[4]), 0).UTC(),
		}
	case e.kind == "revoked" && len(f) == 5:
		e.issuer, e.serial, e.at, e.number = f[1], f[2], time.Unix(number(f[3]), 0).UTC(), int(number(f[4]))
	case e.kind == "crl" && len(f) == 4:
		e.issuer, e.number, e.at = f[1], int(number(f[2])), time.Unix(number(f[3]), 0).UTC()
	default:
		err = errors.New("it is none of issued, revoked and crl")
	}
	if err != nil {
		return e, fmt.Errorf("%w: line %.60q: %w", ErrLedger, line, err)
	}
	return e, nil
}
