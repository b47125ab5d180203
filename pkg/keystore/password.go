package keystore

import "unicode/utf8"

// PasswordTrouble says what Java 17 will not do with a store of this password, where its
// keys have the same one; "" if there is nothing to say.
func PasswordTrouble(f Format, password []byte) string {
	if t := KeyPasswordTrouble(f, password); t != "" {
		return t
	}
	switch f {
	case PKCS12, JKS, JCEKS:
		if utf8.RuneCount(password) < 6 {
			return "keytool takes no password of fewer than 6 characters"
		}
	}
	return ""
}

// KeyPasswordTrouble is PasswordTrouble for a key's own password.
func KeyPasswordTrouble(f Format, password []byte) string {
	ascii, bmp := true, true
	for _, r := range string(password) {
		ascii = ascii && r >= ' ' && r <= '~'
		bmp = bmp && r <= 0xffff
	}
	switch {
	case (f == PKCS12 || f == JCEKS || f == JKS) && !utf8.Valid(password):
		return "the password is not UTF-8 text"
	case f == PKCS12 && !ascii:
		return "Java 17 opens no PKCS#12 store whose password has other characters than ASCII"
	case f == JCEKS && !ascii:
		return "Java 17 opens no key of a JCEKS store whose password has other characters than ASCII"
	case f == JKS && !bmp:
		return "Java 17 takes no characters outside the Basic Multilingual Plane in a password of JKS"
	}
	return ""
}
