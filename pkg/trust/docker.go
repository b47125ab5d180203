package trust

import "path"

var _ = register(Client{
	Name:  "docker",
	What:  "Docker, Podman and containerd, with a registry of your own",
	Files: []string{"certs.d/HOST/ca.crt", "install.sh"},
	make: func(b *Bundle) ([]File, error) {
		script, err := b.texts("docker", "install.sh")
		return append([]File{{path.Join("certs.d", FileName(b.Anchors[0].Host), "ca.crt"), b.PEM()}}, script...), err
	},
})
