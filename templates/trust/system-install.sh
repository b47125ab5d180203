#!/bin/sh
# Has this machine trust the certificates beside this script. For its administrator.
#   sh install.sh            trust them
#   sh install.sh --remove   no longer
set -eu
here=$(dirname -- "$0")
folder={{.More.Folder}}

if [ "${1-}" = --remove ]; then
{{- range .Anchors}}
	rm -f "$folder/{{.Name}}{{$.More.Extension}}"
{{- end}}
	{{.More.Update}}
{{- if .More.Java}}
	# Java's copy keeps what was removed.
	java=/etc/ssl/certs/java/cacerts
	if [ -f "$java" ] && command -v keytool >/dev/null; then
		for name in{{range .Anchors}} {{.Name}}{{end}}; do
			keytool -delete -noprompt -alias "debian:$name.pem" -keystore "$java" -storepass changeit >/dev/null 2>&1 || true
		done
	fi
{{- end}}
	exit
fi

add() {
	if [ -e "$folder/$1" ] && ! cmp -s "$here/$1" "$folder/$1"; then
		echo "error: $folder/$1 is there already, and is another certificate" >&2
		exit 1
	fi
	cp "$here/$1" "$folder/$1"
	chmod 0644 "$folder/$1"
	echo "$folder/$1"
	echo "  SHA-256 $2"
}
mkdir -p "$folder"
{{- range .Anchors}}
add {{.Name}}{{$.More.Extension}} {{.Fingerprint}}
{{- end}}
{{.More.Update}}
