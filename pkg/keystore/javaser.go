package keystore

func isJavaStream(b []byte) bool { return len(b) > 1 && b[0] == 0xac && b[1] == 0xed }

func openSealedObject(stream, password []byte) (*secretKey, error) { return nil, ErrKind }
