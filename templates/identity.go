package templates

import "embed"

// Identity has the README.md of each form in which somebody gets a key and its
// certificate.
//
//go:embed identity
var Identity embed.FS
