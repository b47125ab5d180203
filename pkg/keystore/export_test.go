package keystore

import "crypto/rand"

// Pieces of which tests make PKCS#12 files that no program writes.

// Piece is a bag with its attributes.
type Piece struct {
	Key     []byte // sealed by SealForTest
	Plain   []byte // a key that is not encrypted
	Cert    []byte
	Raw     []byte // a whole bag
	Name    string
	LocalID string
	Trusted bool
}

func (p Piece) bag() []byte {
	a := attributes{name: p.Name, trusted: p.Trusted}
	if p.LocalID != "" {
		a.localID = []byte(p.LocalID)
	}
	switch {
	case p.Key != nil:
		return newBag(oidShroudedKeyBag, p.Key, a)
	case p.Plain != nil:
		return newBag(oidKeyBag, p.Plain, a)
	case p.Cert != nil:
		return newCertBag(p.Cert, a)
	}
	return p.Raw
}

// MakePKCS12 puts the pieces into safes in the clear, under a MAC if there is a password.
func MakePKCS12(password []byte, safes ...[]Piece) []byte {
	var infos []byte
	for _, pieces := range safes {
		var bags []byte
		for _, p := range pieces {
			bags = append(bags, p.bag()...)
		}
		infos = append(infos, dataInfo(der(tagSequence, bags))...)
	}
	content := der(tagSequence, infos)
	var mac []byte
	if password != nil {
		mac, _ = newMac(content, password, rand.Reader)
	}
	return der(tagSequence, derInt(3), dataInfo(content), mac)
}

// SealForTest encrypts a PKCS#8 key as PKCS#12 stores have it.
func SealForTest(plain, password []byte) []byte {
	sealed, err := sealKeyInfo(PKCS12, plain, password, rand.Reader)
	if err != nil {
		panic(err)
	}
	return sealed
}

// SealedForTest is how the key of an entry stands in its file.
func (e *Entry) SealedForTest() []byte { return e.key.sealed }

// BagForTest is a bag of a kind that makes no entry.
func BagForTest(nested bool) []byte {
	if nested {
		inner := newBag(oidCRLBag, der(tagSequence), attributes{})
		return newBag(oidSafeContents, der(tagSequence, inner), attributes{})
	}
	return newBag(oidCRLBag, der(tagSequence, oidX509.der(), der(contextConstr, der(tagOctets, []byte("a CRL")))), attributes{name: "crl"})
}

// WithIterations writes another count into a sealed key of PBES2.
func WithIterations(n int) []byte {
	kdf := algorithm{oidPBKDF2, der(tagSequence, der(tagOctets, make([]byte, 8)), derInt(n), algorithm{oidHMACSHA256, derNull}.der())}
	enc := algorithm{oidAES256CBC, der(tagOctets, make([]byte, 16))}
	alg := algorithm{oidPBES2, der(tagSequence, kdf.der(), enc.der())}
	return der(tagSequence, alg.der(), der(tagOctets, make([]byte, 64)))
}

// MakeEncryptedSafes makes a PKCS#12 file of safes that each ask for n iterations.
func MakeEncryptedSafes(safes, n int) []byte {
	sealed := readDER(WithIterations(n)).enter(tagSequence)
	alg, data := sealed.next().raw, sealed.want(tagOctets)
	content := der(tagSequence, oidData.der(), alg, der(contextPrim, data))
	info := der(tagSequence, oidEncryptedData.der(), der(contextConstr, der(tagSequence, derInt(0), content)))
	var infos []byte
	for range safes {
		infos = append(infos, info...)
	}
	return der(tagSequence, derInt(3), dataInfo(der(tagSequence, infos)))
}

// RC2ForTest is the cipher of RFC 2268.
var RC2ForTest = newRC2

// ScryptForTest is RFC 7914.
var ScryptForTest = scryptKey

// ToDERForTest is the reader of BER.
var ToDERForTest = toDER

// Naked takes the MAC and the encryption of the safes off a PKCS#12 file, so that a change
// of a byte is not stopped at the door.
func Naked(data, password []byte) []byte {
	f, err := readPFX(data)
	if err != nil {
		return nil
	}
	left := work(maxFileWork)
	var infos []byte
	for _, s := range f.safes {
		contents, _, err := s.open(password, &left)
		if err != nil {
			return nil
		}
		infos = append(infos, dataInfo(contents)...)
	}
	return der(tagSequence, derInt(3), dataInfo(der(tagSequence, infos)))
}

// ParseJavaForTest is the reader of serialized objects.
var ParseJavaForTest = parseJavaStream
