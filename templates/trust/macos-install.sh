#!/bin/sh
# Has this Mac trust the certificates beside this script, for all users.
#   sh install.sh            trust them
#   sh install.sh --remove   no longer
set -eu
here=$(dirname -- "$0")
keychain=/Library/Keychains/System.keychain

if [ "${1-}" = --remove ]; then
{{- range .Anchors}}
	sudo security remove-trusted-cert -d "$here/{{.Name}}.cer"
	sudo security delete-certificate -Z {{.SHA1}} "$keychain"
{{- end}}
	exit
fi
{{- range .Anchors}}
sudo security add-trusted-cert -d -r trustRoot -k "$keychain" "$here/{{.Name}}.cer"
echo "trusted: {{.Name}}"
echo "  SHA-256 {{.Fingerprint}}"
{{- end}}
