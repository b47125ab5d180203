package templates

import "embed"

// Onboarding has the page on which clients fetch what makes them trust the gateway: its
// frame, style and script, and the steps of each platform.
//
//go:embed onboarding
var Onboarding embed.FS
