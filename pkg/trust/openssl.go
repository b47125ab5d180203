package trust

import "fmt"

var _ = register(Client{
	Name:  "openssl",
	What:  "OpenSSL, and the programs that use its bundle or its hashed folder",
	Files: []string{"NAME.pem", "HASH.0", "env.sh"},
	make:  opensslFiles,
})

// opensslFiles is a bundle and, beside it, a file an anchor under the name by which
// OpenSSL looks it up in a folder (-CApath): the hash of its subject, and a number
// that counts those which share the hash.
func opensslFiles(b *Bundle) ([]File, error) {
	files := []File{{b.Name() + ".pem", b.PEM()}}
	count := map[string]int{}
	for _, a := range b.Anchors {
		hash, err := SubjectHash(a.RawSubject)
		if err != nil {
			return nil, fmt.Errorf("subject of %s: %w", a.Name, err)
		}
		files = append(files, File{fmt.Sprintf("%s.%d", hash, count[hash]), a.PEM()})
		count[hash]++
	}
	env, err := b.texts("openssl", "env.sh")
	return append(files, env...), err
}
