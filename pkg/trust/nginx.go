package trust

var _ = register(Client{
	Name:  "nginx",
	What:  "nginx in front of, or beside, the server",
	Files: []string{"NAME.pem", "nginx.conf"},
	make:  pemAnd("nginx", "nginx.conf"),
})
