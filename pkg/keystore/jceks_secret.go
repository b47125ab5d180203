package keystore

import (
	"encoding/binary"
	"fmt"
	"io"
)

const (
	sealedObjectClass = "com.sun.crypto.provider.SealedObjectForKeyProtector"
	sealAlgorithm     = "PBEWithMD5AndTripleDES"
)

// readSealedObject reads the sealed object that a JCEKS store has for a secret key.
func readSealedObject(stream []byte) (*pbe, []byte, error) {
	v, _, err := parseJavaStream(stream)
	if err != nil {
		return nil, nil, badFormat("secret key: %w", err)
	}
	o, ok := v.(*javaObject)
	if !ok || o.class.name != sealedObjectClass {
		return nil, nil, fmt.Errorf("%w: a secret key not sealed by the JDK", ErrKind)
	}
	if alg, _ := o.fields["sealAlg"].(string); alg != sealAlgorithm {
		return nil, nil, fmt.Errorf("%w: a secret key sealed by %q", ErrKind, alg)
	}
	params, _ := o.fields["encodedParams"].([]byte)
	data, _ := o.fields["encryptedContent"].([]byte)
	p, err := newPBE(algorithm{oidJCEKSKey, params})
	return p, data, err
}

func openSealedObject(stream, password []byte) (*secretKey, error) {
	p, data, err := readSealedObject(stream)
	if err != nil {
		return nil, err
	}
	plain, err := p.open(data, password, isJavaStream)
	if err != nil {
		return nil, err
	}
	v, _, err := parseJavaStream(plain)
	o, ok := v.(*javaObject)
	if err != nil || !ok {
		return nil, ErrPassword
	}
	// SecretKeySpec says key, the replacement for the keys of DES says encoded.
	algorithm, _ := o.fields["algorithm"].(string)
	for _, name := range []string{"key", "encoded"} {
		if key, ok := o.fields[name].([]byte); ok && algorithm != "" {
			return &secretKey{algorithm, key}, nil
		}
	}
	return nil, fmt.Errorf("%w: a secret key of class %s", ErrKind, o.class.name)
}

// Class descriptions as the JDK serializes them: a name, a serial version, fields.
const (
	byteArrayClass = "\x75\x72\x00\x02[B\xac\xf3\x17\xf8\x06\x08\x54\xe0\x02\x00\x00\x78\x70"

	secretKeySpecHead = "\xac\xed\x00\x05\x73\x72\x00\x1fjavax.crypto.spec.SecretKeySpec" +
		"\x5b\x47\x0b\x66\xe2\x30\x61\x4d\x02\x00\x02" +
		"L\x00\x09algorithmt\x00\x12Ljava/lang/String;" +
		"[\x00\x03keyt\x00\x02[B\x78\x70"

	sealedObjectHead = "\xac\xed\x00\x05\x73\x72\x00\x33" + sealedObjectClass +
		"\xcd\x57\xca\x59\xe7\x30\xbb\x53\x02\x00\x00" +
		"\x78\x72\x00\x19javax.crypto.SealedObject" +
		"\x3e\x36\x3d\xa6\xc3\xb7\x54\x70\x02\x00\x04" +
		"[\x00\x0dencodedParamst\x00\x02[B" +
		"[\x00\x10encryptedContentq\x00\x7e\x00\x02" +
		"L\x00\x09paramsAlgt\x00\x12Ljava/lang/String;" +
		"L\x00\x07sealAlgq\x00\x7e\x00\x03\x78\x70"

	// byteArrayAgain refers to byteArrayClass, the sixth thing described in a sealed object.
	byteArrayAgain = "\x75\x71\x00\x7e\x00\x05"
)

// sealSecret writes the stream that [openSealedObject] reads, as the JDK does.
func sealSecret(secret *secretKey, password []byte, rnd io.Reader) ([]byte, error) {
	plain, err := appendUTF([]byte(secretKeySpecHead+string(rune(tcString))), secret.algorithm)
	if err != nil {
		return nil, err
	}
	plain = appendBlock(append(plain, byteArrayClass...), secret.key)
	params, data, err := sealPBEMD5(plain, password, rnd)
	if err != nil {
		return nil, err
	}
	out := appendBlock([]byte(sealedObjectHead+byteArrayClass), params)
	out = appendBlock(append(out, byteArrayAgain...), data)
	for range 2 { // paramsAlg and sealAlg
		if out, err = appendUTF(append(out, tcString), sealAlgorithm); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func appendBlock(out, data []byte) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(data))), data...)
}
