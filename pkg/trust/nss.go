package trust

import "strings"

var _ = register(Client{
	Name:  "nss",
	What:  "programs with an NSS database on Linux: Chromium, Chrome, Firefox, Thunderbird",
	Files: []string{"NAME.pem", "install.sh"},
	make:  nssFiles,
})

// nssFiles are certificates, a file each, and a script that puts them into a database
// on the client's machine. A database that is made here could not be the same bytes twice.
func nssFiles(b *Bundle) ([]File, error) {
	script, err := b.texts("nss", "install.sh")
	return append(b.each(".pem", Anchor.PEM), script...), err
}

// Nickname is what NSS lists an anchor as. It hangs on the certificate alone, since
// the database keeps the first nickname that a certificate was given.
func (a Anchor) Nickname() string {
	digits := strings.ReplaceAll(a.Fingerprint(), ":", "")
	return FileName(a.CN()) + "-" + strings.ToLower(digits[:8])
}

// NSSTrust is the flags for certutil: C is a CA that may sign servers'
// certificates. A server's own certificate needs P for Chromium, C for Firefox.
func (a Anchor) NSSTrust() string {
	if a.Single {
		return "CP,,"
	}
	return "C,,"
}
