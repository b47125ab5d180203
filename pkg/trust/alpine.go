package trust

var alpine = system{Folder: "/usr/local/share/ca-certificates", Extension: ".crt", Update: "update-ca-certificates"}

var _ = register(Client{
	Name:  "alpine",
	What:  "Alpine Linux, and container images of it: the whole machine",
	Files: alpine.files(),
	make:  alpine.make,
})
