package trust

var _ = register(Client{
	Name:  "curl",
	What:  "curl, and programs built on libcurl",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("curl", "env.sh"),
})
