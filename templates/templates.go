// Package templates holds the long texts and pages that gwtls writes.
package templates

import "embed"

// Trust has what trust-export gives to clients: CLIENT.md, the README of each, and
// the scripts that run on the client's machine.
//
//go:embed trust
var Trust embed.FS
