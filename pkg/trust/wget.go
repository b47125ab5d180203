package trust

var _ = register(Client{
	Name:  "wget",
	What:  "wget",
	Files: []string{"NAME.pem", "wgetrc"},
	make:  pemAnd("wget", "wgetrc"),
})
