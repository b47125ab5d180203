package trust

var debian = system{Folder: "/usr/local/share/ca-certificates", Extension: ".crt", Update: "update-ca-certificates", Java: true}

var _ = register(Client{
	Name:  "debian",
	Also:  []string{"ubuntu"},
	What:  "Debian, Ubuntu and their kin: the whole machine",
	Files: debian.files(),
	make:  debian.make,
})
