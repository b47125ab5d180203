#!/bin/sh
# Has a simulator of Xcode trust the certificates beside this script.
#   sh install.sh [DEVICE]   the one that is running, or the UDID of another
set -eu
here=$(dirname -- "$0")
{{- range .Anchors}}
xcrun simctl keychain "${1:-booted}" add-root-cert "$here/{{.Name}}.pem"
echo "trusted: {{.Name}}"
echo "  SHA-256 {{.Fingerprint}}"
{{- end}}
