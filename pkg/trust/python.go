package trust

var _ = register(Client{
	Name:  "python",
	What:  "Python programs and pip",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("python", "env.sh"),
})
