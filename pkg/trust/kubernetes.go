package trust

var _ = register(Client{
	Name:  "kubernetes",
	What:  "pods in Kubernetes: the certificates as a ConfigMap or a Secret",
	Files: []string{"NAME.pem", "configmap.yaml", "secret.yaml"},
	make:  pemAnd("kubernetes", "configmap.yaml", "secret.yaml"),
})
