package trust

var _ = register(Client{
	Name:  "pins",
	What:  "the fingerprints of public keys, for apps that pin them",
	Files: []string{"pins.txt"},
	make:  func(b *Bundle) ([]File, error) { return b.texts("pins", "pins.txt") },
})
