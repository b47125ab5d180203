package trust

var suse = system{Folder: "/etc/pki/trust/anchors", Extension: ".pem", Update: "update-ca-certificates"}

var _ = register(Client{
	Name:  "suse",
	What:  "SUSE Linux: the whole machine",
	Files: suse.files(),
	make:  suse.make,
})
