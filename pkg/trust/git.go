package trust

var _ = register(Client{
	Name:  "git",
	What:  "git over https",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("git", "env.sh"),
})
