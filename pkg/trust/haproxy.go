package trust

var _ = register(Client{
	Name:  "haproxy",
	What:  "HAProxy towards the server",
	Files: []string{"NAME.pem", "haproxy.cfg"},
	make:  pemAnd("haproxy", "haproxy.cfg"),
})
