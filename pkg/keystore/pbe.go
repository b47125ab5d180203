package keystore

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"io"
)

// Bounds on the work that a file may ask for: JDK 17 takes no more iterations either.
const (
	maxIterations = 5_000_000
	maxFileWork   = 20_000_000    // iterations to read a file
	maxKeysWork   = 1_000_000_000 // iterations to open all its keys
)

// algorithm is an AlgorithmIdentifier: its name and the bytes of its parameters.
type algorithm struct {
	oid    oid
	params []byte
}

func (r *derReader) algorithm() algorithm {
	seq := r.enter(tagSequence)
	return algorithm{oid: seq.oid(), params: seq.rest}
}

func (a algorithm) der() []byte { return der(tagSequence, a.oid.der(), a.params) }

// pbe is an encryption by password whose parameters have been read and found bearable.
type pbe struct {
	iterations int
	notJava    string                         // what of it Java 17 does not read, "" if it does
	encodings  func(password []byte) [][]byte // the byte forms of a password to try
	decrypt    func(data, password []byte) ([]byte, error)
}

// newPBE reads the parameters of one of the ways to encrypt by password.
func newPBE(a algorithm) (*pbe, error) {
	var p *pbe
	var err error
	switch a.oid {
	case oidPBES2:
		p, err = newPBES2(a.params)
	case oidJKSKey:
		p, err = newJKSKey(a.params)
	case oidJCEKSKey:
		p, err = newJCEKSKey(a.params)
	default:
		if kind, ok := pbes1Kinds[a.oid]; ok {
			p, err = newPBES1(kind, a.params)
			break
		}
		return nil, fmt.Errorf("%w: encryption %v", ErrKind, a.oid)
	}
	if err != nil {
		return nil, err
	}
	return p, checkIterations(p.iterations)
}

func checkIterations(n int) error {
	if n < 1 || n > maxIterations {
		return badFormat("%d iterations; 1 to %d are taken", n, maxIterations)
	}
	return nil
}

// open tries each form of the password until the plain text is valid, for padding alone
// lets one wrong password of 256 pass.
func (p *pbe) open(data, password []byte, valid func([]byte) bool) ([]byte, error) {
	for _, form := range p.encodings(password) {
		plain, err := p.decrypt(data, form)
		if err == nil && valid(plain) {
			return plain, nil
		}
	}
	return nil, ErrPassword
}

// openKeyInfo decrypts an EncryptedPrivateKeyInfo (RFC 5958) to a PrivateKeyInfo.
func openKeyInfo(sealed, password []byte) ([]byte, error) {
	p, data, err := readKeyInfo(sealed)
	if err != nil {
		return nil, err
	}
	plain, err := p.open(data, password, isPrivateKeyInfo)
	if err != nil {
		return nil, err
	}
	return toDER(plain)
}

// readKeyInfo reads an EncryptedPrivateKeyInfo without opening it.
func readKeyInfo(sealed []byte) (*pbe, []byte, error) {
	r := readDER(sealed)
	seq := r.enter(tagSequence)
	alg, data := seq.algorithm(), seq.want(tagOctets)
	if r.failed() {
		return nil, nil, badFormat("encrypted key: %w", r.fault())
	}
	p, err := newPBE(alg)
	return p, data, err
}

// isPrivateKeyInfo looks whether bytes have the outer form of PKCS#8.
func isPrivateKeyInfo(plain []byte) bool {
	plain, err := toDER(plain)
	if err != nil {
		return false
	}
	r := readDER(plain)
	seq := r.enter(tagSequence)
	seq.int()
	seq.algorithm()
	seq.want(tagOctets)
	return !r.failed()
}

// isSequence looks whether bytes are one whole ASN.1 SEQUENCE.
func isSequence(plain []byte) bool {
	if len(plain) == 0 || plain[0] != tagSequence {
		return false
	}
	_, err := toDER(plain)
	return err == nil
}

// sealKeyInfo encrypts a PrivateKeyInfo for a file of a format.
func sealKeyInfo(f Format, plain, password []byte, rnd io.Reader) ([]byte, error) {
	switch f {
	case JKS:
		return sealJKS(plain, password, rnd)
	case JCEKS:
		return sealJCEKS(plain, password, rnd)
	}
	alg, data, err := encryptPBES2(plain, password, rnd)
	if err != nil {
		return nil, err
	}
	return der(tagSequence, alg, der(tagOctets, data)), nil
}

// cbcOpen decrypts and takes off the padding of PKCS#5; only a caller who can tell
// good plain text from bad may believe the result.
func cbcOpen(block cipher.Block, iv, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errDER
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > size || !bytes.Equal(plain[len(plain)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, ErrPassword
	}
	return plain[:len(plain)-pad], nil
}

// cbcSeal pads and encrypts.
func cbcSeal(block cipher.Block, iv, plain []byte) []byte {
	size := block.BlockSize()
	pad := size - len(plain)%size
	data := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)
	return data
}
