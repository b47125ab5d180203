package trust

var _ = register(Client{
	Name:  "php",
	What:  "PHP: its curl and its streams",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("php", "env.sh"),
})
