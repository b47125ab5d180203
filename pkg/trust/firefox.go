package trust

import "encoding/json"

var _ = register(Client{
	Name:  "firefox",
	What:  "Firefox on any system: a policy for all profiles, or one profile's database",
	Files: []string{"NAME.pem", "install.sh", "policies.json"},
	make:  firefoxFiles,
})

// firefoxFiles are those of NSS, and a policy that names the certificates. Firefox looks
// for names without a folder in a place of its own. It takes a file of one bare block
// only, and ignores all else without a word.
func firefoxFiles(b *Bundle) ([]File, error) {
	files, err := nssFiles(b)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, a := range b.Anchors {
		names = append(names, a.Name+".pem")
	}
	policies, err := json.MarshalIndent(map[string]any{
		"policies": map[string]any{"Certificates": map[string]any{"Install": names}},
	}, "", "  ")
	return append(files, File{"policies.json", append(policies, '\n')}), err
}
