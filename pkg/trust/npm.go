package trust

var _ = register(Client{
	Name:  "npm",
	What:  "npm, with a registry of your own",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("npm", "env.sh"),
})
