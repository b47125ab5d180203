package trust

var _ = register(Client{
	Name:  "ruby",
	What:  "Ruby programs, gem and bundler",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("ruby", "env.sh"),
})
