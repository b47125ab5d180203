package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"path"
	"slices"
	"strings"
)

// SystemStore is what a whole machine trusts.
type SystemStore struct {
	Client string // as --for takes it
	system
	ids    []string // of os-release
	bundle string   // that programs read
	linked string   // folder of links to the files, which a removal leaves behind

	files map[string][]byte // of the folder, by path
	all   map[string]bool   // DER of what the bundle holds; nil where there is none to read
}

var systems = []SystemStore{
	{Client: "debian", system: debian, ids: []string{"debian", "ubuntu"}, bundle: "/etc/ssl/certs/ca-certificates.crt", linked: "/etc/ssl/certs"},
	{Client: "alpine", system: alpine, ids: []string{"alpine"}, bundle: "/etc/ssl/certs/ca-certificates.crt"},
	{Client: "rhel", system: rhel, ids: []string{"rhel", "fedora", "centos"}, bundle: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"},
	{Client: "arch", system: arch, ids: []string{"arch"}, bundle: "/etc/ca-certificates/extracted/tls-ca-bundle.pem"},
	{Client: "suse", system: suse, ids: []string{"suse", "opensuse", "sles"}, bundle: "/var/lib/ca-certificates/ca-bundle.pem"},
}

// SystemOf knows a machine's kind by its os-release file: by the ID, or else by those
// that it is like.
func SystemOf(osRelease []byte) (SystemStore, bool) {
	var ids []string
	for _, key := range []string{"ID=", "ID_LIKE="} {
		for line := range strings.Lines(string(osRelease)) {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), key); ok {
				ids = append(ids, strings.Fields(strings.Trim(value, `"'`))...)
			}
		}
	}
	for _, id := range ids {
		id, _, _ = strings.Cut(id, "-") // opensuse-leap
		for _, s := range systems {
			if slices.Contains(s.ids, id) {
				return s, true
			}
		}
	}
	return SystemStore{}, false
}

// Program is what makes the bundles of programs.
func (s SystemStore) Program() string {
	program, _, _ := strings.Cut(s.Update, " ")
	return program
}

// Reads names what Load wants to be given: files by these patterns.
func (s SystemStore) Reads() []string {
	return []string{path.Join(s.Folder, "*"+s.Extension), s.bundle}
}

// Load takes the files that there are, by path.
func (s SystemStore) Load(files map[string][]byte) SystemStore {
	s.files, s.all = map[string][]byte{}, nil
	for name, data := range files {
		if name != s.bundle {
			s.files[name] = data
			continue
		}
		s.all = map[string]bool{}
		for _, der := range certificatesIn(data) {
			s.all[string(der)] = true
		}
	}
	return s
}

// Standing finds an anchor in the bundle, and in files of whatever name.
func (s SystemStore) Standing(a Anchor) Standing {
	var st Standing
	for name, data := range s.files {
		if slices.ContainsFunc(certificatesIn(data), func(der []byte) bool { return bytes.Equal(der, a.Raw) }) {
			st.Names = append(st.Names, name)
		}
	}
	slices.Sort(st.Names)
	st.Trusted = s.all[string(a.Raw)] || s.all == nil && len(st.Names) > 0
	return st
}

// Install puts anchors into the folder, in files of a name that hangs on the certificate
// alone, so that none is replaced by another.
func (s SystemStore) Install(anchors []Anchor) []Step {
	var steps []Step
	for _, a := range anchors {
		if len(s.Standing(a).Names) == 0 {
			to := path.Join(s.Folder, a.Nickname()+s.Extension)
			steps = append(steps, a.step("install", "-D", "-m", "0644", "/dev/stdin", to))
		}
	}
	return append(steps, Step{Args: strings.Fields(s.Update)})
}

// Remove takes anchors out of the folder.
func (s SystemStore) Remove(anchors []Anchor) []Step {
	remove := []string{"rm", "-f"}
	for _, a := range anchors {
		for _, name := range s.Standing(a).Names {
			remove = append(remove, name)
			if s.linked != "" {
				remove = append(remove, path.Join(s.linked, strings.TrimSuffix(path.Base(name), s.Extension)+".pem"))
			}
		}
	}
	if len(remove) == 2 {
		return nil
	}
	steps := []Step{{Args: remove}, {Args: strings.Fields(s.Update)}}
	if s.linked != "" {
		steps = append(steps, Step{Args: []string{"openssl", "rehash", s.linked}})
	}
	return steps
}

// certificatesIn gives the DER of the certificates of a file: PEM, or one DER value.
func certificatesIn(data []byte) (list [][]byte) {
	if c, err := x509.ParseCertificate(data); err == nil {
		return [][]byte{c.Raw}
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" || block.Type == "TRUSTED CERTIFICATE" {
			list = append(list, block.Bytes)
		}
	}
	return list
}
