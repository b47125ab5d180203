package trust

var arch = system{Folder: "/etc/ca-certificates/trust-source/anchors", Extension: ".pem", Update: "update-ca-trust"}

var _ = register(Client{
	Name:  "arch",
	What:  "Arch Linux: the whole machine",
	Files: arch.files(),
	make:  arch.make,
})
