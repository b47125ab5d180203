package trust

var _ = register(Client{
	Name:  "postgresql",
	What:  "PostgreSQL clients: psql, and all that is built on libpq",
	Files: []string{"root.crt", "env.sh"},
	make: func(b *Bundle) ([]File, error) {
		env, err := b.texts("postgresql", "env.sh")
		return append([]File{{"root.crt", b.PEM()}}, env...), err // PEM, though it be named so
	},
})
