package keystore

import (
	"fmt"
	"slices"
)

// decodePKCS12 reads RFC 7292: a PFX of safes, each of bags. Keys are left sealed.
func decodePKCS12(data []byte, p Passwords) (*Store, error) {
	f, err := readPFX(data)
	if err != nil {
		return nil, badFormat("pkcs12: %w", err)
	}
	s := &Store{from: &source{format: PKCS12, store: p.Store}}
	left := work(maxFileWork)
	switch {
	case f.mac == nil:
		s.from.unverified = true
		s.warn("the store has no MAC: its integrity is not verified")
	case p.Store == nil:
		return nil, fmt.Errorf("pkcs12: %w", ErrPasswordNeeded)
	default:
		if err := f.mac.verify(f.content, p.Store, &left); err != nil {
			return nil, fmt.Errorf("pkcs12: %w", err)
		}
	}
	if f.mac != nil && f.mac.alg.oid == oidPBMAC1 {
		s.from.notJava = append(s.from.notJava, "a MAC by PBMAC1")
	}
	var bags []bag
	for _, safe := range f.safes {
		contents, notJava, err := safe.open(p.Store, &left)
		if err != nil {
			return nil, fmt.Errorf("pkcs12: %w", err)
		}
		if bags, err = readBags(contents, bags); err != nil {
			return nil, badFormat("pkcs12: %w", err)
		}
		if notJava != "" {
			s.from.notJava = append(s.from.notJava, "certificates encrypted by "+notJava)
		}
	}
	if err := s.fill(bags, p, &left); err != nil {
		return nil, fmt.Errorf("pkcs12: %w", err)
	}
	return s, nil
}

// work is how many iterations may still be spent on a file.
type work int

func (w *work) spend(iterations int) error {
	if *w -= work(iterations); *w < 0 {
		return badFormat("it asks for more than %d iterations", maxFileWork)
	}
	return nil
}

// pfx is the outer form of a PKCS#12 file.
type pfx struct {
	content []byte // what the MAC is over
	mac     *pkcs12Mac
	safes   []safe
}

// safe is one ContentInfo of the AuthenticatedSafe.
type safe struct {
	alg  *algorithm // nil: not encrypted
	data []byte
}

func readPFX(data []byte) (*pfx, error) {
	data, err := toDER(data)
	if err != nil {
		return nil, err
	}
	r := readDER(data)
	seq := r.enter(tagSequence)
	if version := seq.int(); version != 3 && !r.failed() {
		return nil, fmt.Errorf("version %d, not 3", version)
	}
	info := seq.enter(tagSequence)
	if kind := info.oid(); kind != oidData && !r.failed() {
		return nil, fmt.Errorf("%w: content %v (signed with a public key)", ErrKind, kind)
	}
	f := &pfx{content: info.enter(contextConstr).want(tagOctets)}
	if seq.more() {
		f.mac = readMac(seq.enter(tagSequence))
	}
	if r.failed() {
		return nil, r.fault()
	}
	return f, f.readSafes()
}

func (f *pfx) readSafes() error {
	content, err := toDER(f.content)
	if err != nil {
		return err
	}
	r := readDER(content)
	for seq := r.enter(tagSequence); seq.more(); {
		info := seq.enter(tagSequence)
		kind := info.oid()
		body := info.enter(contextConstr)
		switch kind {
		case oidData:
			f.safes = append(f.safes, safe{data: body.want(tagOctets)})
		case oidEncryptedData:
			enc := body.enter(tagSequence)
			enc.int() // version
			f.safes = append(f.safes, readEncrypted(enc.enter(tagSequence)))
		default:
			if !r.failed() {
				return fmt.Errorf("%w: safe %v", ErrKind, kind)
			}
		}
	}
	return r.fault()
}

// readEncrypted reads an EncryptedContentInfo, RFC 5652 section 6.1. Its content is
// tagged implicitly, so that toDER does not see that it is an octet string in parts.
func readEncrypted(info *derReader) safe {
	info.oid()
	alg := info.algorithm()
	s := safe{alg: &alg}
	if data, ok := info.optional(contextPrim); ok {
		s.data = data
		return s
	}
	for parts := info.enter(contextConstr); parts.more(); {
		s.data = append(s.data, parts.want(tagOctets)...)
	}
	return s
}

// open gives the SafeContents of a safe, and what of its encryption Java does not read.
func (s safe) open(password []byte, left *work) (contents []byte, notJava string, err error) {
	if s.alg == nil {
		return s.data, "", nil
	}
	p, err := newPBE(*s.alg)
	if err != nil {
		return nil, "", err
	}
	if password == nil {
		return nil, "", ErrPasswordNeeded
	}
	if err := left.spend(p.iterations); err != nil {
		return nil, "", err
	}
	contents, err = p.open(s.data, password, isSequence)
	return contents, p.notJava, err
}

// pkcs12NeedsPassword says whether the file has a MAC, an encrypted safe, or an
// encrypted key.
func pkcs12NeedsPassword(data []byte) bool {
	f, err := readPFX(data)
	if err != nil {
		return false
	}
	if f.mac != nil {
		return true
	}
	for _, s := range f.safes {
		if s.alg != nil {
			return true
		}
		bags, err := readBags(s.data, nil)
		if err == nil && slices.ContainsFunc(bags, func(b bag) bool { return b.kind == oidShroudedKeyBag || b.kind == oidSecretBag }) {
			return true
		}
	}
	return false
}
