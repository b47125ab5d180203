package trust

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"strings"
)

var _ = register(Client{
	Name:  "android",
	What:  "Android: devices, emulators, and apps of your own",
	Files: []string{"NAME.crt", "system/HASH_OLD.0", "res/raw/NAME.pem", "res/xml/network_security_config.xml"},
	make:  androidFiles,
})

// androidFiles are certificates for the settings of a device (DER), for the system's
// folder of one that is rooted (PEM, found by hash), and for the resources of an app.
func androidFiles(b *Bundle) ([]File, error) {
	files := b.each(".crt", Anchor.DER)
	count := map[string]int{}
	for _, a := range b.Anchors {
		hash := oldSubjectHash(a.RawSubject)
		files = append(files, File{fmt.Sprintf("system/%s.%d", hash, count[hash]), a.PEM()})
		count[hash]++
	}
	resources := androidResources(b)
	for i, a := range b.Anchors {
		files = append(files, File{"res/raw/" + resources[i] + ".pem", a.PEM()})
	}
	config, err := b.textWith("android-network_security_config.xml", resources)
	return append(files, File{"res/xml/network_security_config.xml", config}), err
}

// oldSubjectHash is the number by which OpenSSL before 1.0 found certificates and
// Android still does: of the MD5 of the subject as it is encoded.
func oldSubjectHash(name []byte) string {
	sum := md5.Sum(name)
	return fmt.Sprintf("%08x", binary.LittleEndian.Uint32(sum[:]))
}

// androidResources are the names of the anchors among an app's resources, which are
// identifiers of Java: lower case, digits and underscores, a letter first.
func androidResources(b *Bundle) []string {
	taken := map[string]bool{}
	var names []string
	for _, a := range b.Anchors {
		name := strings.NewReplacer(".", "_", "-", "_").Replace(a.Name)
		if name[0] < 'a' || name[0] > 'z' {
			name = "ca_" + name
		}
		names = append(names, unique(name, "_", taken))
	}
	return names
}
