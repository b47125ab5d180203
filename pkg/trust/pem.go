package trust

var _ = register(Client{
	Name:  "pem",
	What:  "certificates as text: what most programs on Linux take",
	Files: []string{"NAME.pem"},
	make: func(b *Bundle) ([]File, error) {
		return []File{{b.Name() + ".pem", b.PEM()}}, nil
	},
})
