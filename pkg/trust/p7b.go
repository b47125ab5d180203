package trust

import "github.com/gwtls/gwtls/pkg/keystore"

var _ = register(Client{
	Name:  "p7b",
	What:  "all certificates in one binary file (PKCS#7): Windows, Tomcat, appliances",
	Files: []string{"NAME.p7b"},
	make: func(b *Bundle) ([]File, error) {
		data, err := b.pkcs7()
		return []File{{b.Name() + ".p7b", data}}, err
	},
})

func (b *Bundle) pkcs7() ([]byte, error) {
	return b.store().Encode(keystore.PKCS7, keystore.Passwords{})
}

// store holds the anchors by name. Its entries are as old as the certificates, so that
// nothing in it changes from one export to the next.
func (b *Bundle) store() *keystore.Store {
	store := keystore.New()
	for _, a := range b.Anchors {
		store.Put(keystore.NewTrusted(a.Name, a.Certificate, a.NotBefore))
	}
	return store
}
