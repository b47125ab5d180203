package trust

var _ = register(Client{
	Name:  "node",
	What:  "Node.js programs",
	Files: []string{"NAME.pem", "env.sh"},
	make:  pemAnd("node", "env.sh"),
})
