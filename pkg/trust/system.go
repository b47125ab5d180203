package trust

// system is how a kind of Linux keeps what the whole machine trusts: a folder for
// additions, and a command that makes the bundles of programs from it.
type system struct {
	Folder    string
	Extension string // of the files in the folder, which are PEM; some kinds ignore others
	Update    string
	Java      bool // its Java has a copy that removals do not reach
}

func (s system) files() []string { return []string{"NAME" + s.Extension, "install.sh"} }

// make gives a file an anchor, since a bundle in one file is not taken everywhere, and
// the script that installs and removes them.
func (s system) make(b *Bundle) ([]File, error) {
	script, err := b.textWith("system-install.sh", s)
	return append(b.each(s.Extension, Anchor.PEM), File{"install.sh", script}), err
}
