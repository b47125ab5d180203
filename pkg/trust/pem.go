package trust

var _ = register(Client{
	Name:  "pem",
	What:  "certificates as text: what most programs on Linux take",
	Files: []string{"NAME.pem"},
	make:  pemAnd("pem"),
})
