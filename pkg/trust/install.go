package trust

// Step is a command that changes what a machine trusts.
type Step struct {
	Args  []string
	Input []byte // its standard input: an anchor, in PEM
	From  string // the file that holds it in an export
}

func (a Anchor) step(args ...string) Step { return Step{args, a.PEM(), a.Name + ".pem"} }

// Standing is how a store of a machine stands to an anchor.
type Standing struct {
	Trusted bool
	Names   []string // under which the anchor is in the store, by whoever put it there
}
