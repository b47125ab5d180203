package trust

import "github.com/gwtls/gwtls/pkg/keystore"

var _ = register(Client{
	Name:  "java",
	What:  "Java programs: truststores, and the options to use them",
	Files: []string{"truststore.p12", "truststore.jks", "truststore.jceks", "java.args", "env.sh", "merge.sh", "merged.args"},
	make:  javaFiles,
})

// javaFiles are truststores in Java's three formats, and what has a Java use them.
func javaFiles(b *Bundle) ([]File, error) {
	store := b.store()
	password := []byte(b.password())
	p12, err := keystore.EncodeTrust(keystore.Modern, store.Entries(), password, b.salt("truststore.p12"))
	if err != nil {
		return nil, err
	}
	jks, err := store.Encode(keystore.JKS, keystore.Passwords{Store: password})
	if err != nil {
		return nil, err
	}
	jceks, err := store.Encode(keystore.JCEKS, keystore.Passwords{Store: password})
	if err != nil {
		return nil, err
	}
	texts, err := b.texts("java", "java.args", "env.sh", "merge.sh", "merged.args")
	return append([]File{{"truststore.p12", p12}, {"truststore.jks", jks}, {"truststore.jceks", jceks}}, texts...), err
}
