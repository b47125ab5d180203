package cmd

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
	"github.com/gwtls/gwtls/proxy"
)

// directory is what a service of files serves. Links out of its root are not followed.
func (o *serveOptions) directory(l *loaded, s *config.Service, faults *findings) *proxy.Directory {
	d := &proxy.Directory{Index: s.Directory.Index, Listing: s.Directory.Listing, Types: map[string]string{}}
	for extension, media := range s.MIME {
		d.Types[strings.ToLower(extension)] = media
	}
	for _, c := range s.Directory.Cache {
		d.Cache = append(d.Cache, proxy.CacheRule(c))
	}
	if l.embedded != nil {
		d.Files, _ = fs.Sub(l.embedded, filepath.ToSlash(string(s.Directory.Root)))
		return d
	}
	root := o.folder(l, s.At("directory.root"), s.Directory.Root, faults)
	if root == nil {
		return d
	}
	d.Files = root
	d.Hidden = l.hidden(string(s.Directory.Root))
	if s.Directory.Errors != "" {
		d.Errors = o.folder(l, s.At("directory.errors"), s.Directory.Errors, faults)
	}
	if held := hiddenIn(root, d.Hidden); len(held) > 0 {
		l.warnings.add(cert.Warning, "hidden-files", string(s.Directory.Root), "move them elsewhere",
			"holds what is never served: %s", strings.Join(held, ", "))
	}
	return d
}

// folder opens a folder of the configuration. It is closed when nobody uses it anymore.
func (o *serveOptions) folder(l *loaded, at string, name config.Path, faults *findings) fs.FS {
	root, err := os.OpenRoot(string(name))
	if err != nil {
		o.blame(l, faults, at, "folder-missing", "", "%v", err)
		return nil
	}
	return root.FS()
}

// storeExtensions are those of keystores, with keys in them or not.
var storeExtensions = []string{".p12", ".pfx", ".jks", ".jceks", ".keystore", ".bks"}

// hidden tells the files under a root that are never served: stores and their
// passwords, configurations, the gateway's own files under whatever name, and links
// to all of these.
func (l *loaded) hidden(root string) func(name string) bool {
	root = real(root)
	own := map[string]bool{}
	for file := range l.files {
		own[real(file)] = true
	}
	secret := func(file string) bool {
		base := strings.ToLower(filepath.Base(file))
		ext := filepath.Ext(base)
		return base == "gateway.yaml" || ext == ".pw" || slices.Contains(storeExtensions, ext) || own[file]
	}
	return func(name string) bool {
		file := filepath.Join(root, filepath.FromSlash(name))
		end := real(file)
		return secret(file) || secret(end) || end != root && strings.HasPrefix(filepath.Base(end), ".")
	}
}

// real is a path in full without links, as far as it is there.
func real(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	if end, err := filepath.EvalSymlinks(name); err == nil {
		return end
	}
	return name
}

const (
	maxWalked = 10_000 // files of a root that are looked at for hidden ones
	maxNamed  = 5      // of them in a warning
)

// hiddenIn names files under a root that are never served.
func hiddenIn(root fs.FS, hidden func(string) bool) (held []string) {
	walked := 0
	fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if walked++; walked > maxWalked || len(held) >= maxNamed {
			return fs.SkipAll
		}
		dotted := strings.HasPrefix(d.Name(), ".") && name != "."
		if dotted || !d.IsDir() && hidden(name) {
			held = append(held, name)
		}
		if err != nil || dotted && d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	return held
}
