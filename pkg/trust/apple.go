package trust

import (
	"crypto/sha1"
	"fmt"
)

// mobileconfig is a configuration profile with the anchors as roots. Its identifiers
// are made of the content (RFC 9562, version 5), so that a profile that is installed
// again replaces itself and does not stand beside itself.
func (b *Bundle) mobileconfig() (File, error) {
	profile := struct {
		UUID    string
		Anchors []string
	}{UUID: profileUUID("profile", b.PEM())}
	for _, a := range b.Anchors {
		profile.Anchors = append(profile.Anchors, profileUUID("certificate", a.Raw))
	}
	data, err := b.textWith("apple.mobileconfig", profile)
	return File{b.Name() + ".mobileconfig", data}, err
}

// profiles is the name space of our UUIDs, itself a random one.
var profiles = [16]byte{0x8e, 0x0c, 0x5a, 0x3f, 0x41, 0x7b, 0x4d, 0x06, 0x9a, 0xd2, 0x6f, 0x1b, 0x27, 0xc4, 0x93, 0x58}

func profileUUID(kind string, content []byte) string {
	h := sha1.New()
	h.Write(profiles[:])
	h.Write([]byte(kind + ":"))
	h.Write(content)
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50 // version 5
	u[8] = u[8]&0x3f | 0x80 // variant
	return fmt.Sprintf("%X-%X-%X-%X-%X", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
