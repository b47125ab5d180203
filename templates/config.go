package templates

import "embed"

// Config has the gateway.yaml of each case that "gwtls config new" knows: NAME.yaml,
// which says in its first line what it is for.
//
//go:embed config
var Config embed.FS
