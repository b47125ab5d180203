package trust

var _ = register(Client{
	Name:  "curl",
	What:  "curl, and programs built on libcurl",
	Files: []string{"NAME.pem", "env.sh"},
	make: func(b *Bundle) ([]File, error) {
		files, err := b.texts("curl", "env.sh")
		return append([]File{{b.Name() + ".pem", b.PEM()}}, files...), err
	},
})
