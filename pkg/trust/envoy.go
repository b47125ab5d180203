package trust

var _ = register(Client{
	Name:  "envoy",
	What:  "Envoy towards the server",
	Files: []string{"NAME.pem", "envoy.yaml"},
	make:  pemAnd("envoy", "envoy.yaml"),
})
