package trust

var rhel = system{Folder: "/etc/pki/ca-trust/source/anchors", Extension: ".pem", Update: "update-ca-trust extract"}

var _ = register(Client{
	Name:  "rhel",
	What:  "RHEL, Fedora and their kin: the whole machine",
	Files: rhel.files(),
	make:  rhel.make,
})
