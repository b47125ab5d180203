package trust

var _ = register(Client{
	Name:  "go",
	What:  "Go programs",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("go", "env.sh"),
})
