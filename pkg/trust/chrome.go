package trust

import (
	"encoding/json"
)

var _ = register(Client{
	Name:  "chrome",
	Also:  []string{"chromium", "edge", "opera"},
	What:  "Chrome and its kin on Linux: their database, or a policy for all users",
	Files: []string{"NAME.pem", "install.sh", "managed-policy.json"},
	make:  chromeFiles,
})

// chromeFiles are those of NSS, and a policy for a whole machine. The policy's
// CACertificates are the base64 of DER on one line, in which PEM is ignored without a word.
func chromeFiles(b *Bundle) ([]File, error) {
	files, err := nssFiles(b)
	if err != nil {
		return nil, err
	}
	var raw [][]byte // base64 in JSON
	for _, a := range b.Anchors {
		raw = append(raw, a.Raw)
	}
	policy, err := json.MarshalIndent(map[string]any{"CACertificates": raw}, "", "  ")
	return append(files, File{"managed-policy.json", append(policy, '\n')}), err
}
