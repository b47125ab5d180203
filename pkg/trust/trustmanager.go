package trust

var _ = register(Client{
	Name:  "trust-manager",
	What:  "cert-manager's trust-manager: a Bundle for a whole cluster",
	Files: []string{"NAME.pem", "bundle.yaml"},
	make:  pemAnd("trust-manager", "bundle.yaml"),
})
