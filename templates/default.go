package templates

import "embed"

// Default is what gwtls serves without any configuration: a gateway.yaml and its page.
//
//go:embed default
var Default embed.FS
