#!/bin/sh
# Has the programs that use an NSS database trust the certificates beside this script.
#   sh install.sh                    in the database of Chromium and its kin
#   sh install.sh FOLDER             in another, such as a profile of Firefox
#   sh install.sh --remove [FOLDER]  no longer
set -eu
here=$(dirname -- "$0")

remove=no
if [ "${1-}" = --remove ]; then
	remove=yes
	shift
fi
db=${1-}
db=${db#sql:}
if [ -z "$db" ]; then
	# Chromium's rule: the old place where it exists, though it were empty.
	db=$HOME/.pki/nssdb
	[ -d "$db" ] || db=${XDG_DATA_HOME:-$HOME/.local/share}/pki/nssdb
fi

if ! command -v certutil >/dev/null; then
	echo "error: certutil is missing; install libnss3-tools (Debian, Ubuntu) or nss-tools (Fedora, RHEL, Alpine)" >&2
	exit 1
fi
has() { certutil -L -d "sql:$db" -n "$1" >/dev/null 2>&1; }

if [ "$remove" = yes ]; then
	for name in{{range .Anchors}} {{.Nickname}}{{end}}; do
		if has "$name"; then
			certutil -D -d "sql:$db" -n "$name"
			echo "no longer trusted in $db: $name"
		else
			echo "not in $db: $name"
		fi
	done
	exit
fi
if [ ! -e "$db/cert9.db" ]; then
	(umask 077 && mkdir -p "$db")
	certutil -N -d "sql:$db" --empty-password
fi
add() {
	certutil -A -d "sql:$db" -n "$1" -t "$2" -a -i "$here/$3"
	echo "trusted in $db: $1"
	echo "  SHA-256 $4"
}
{{- range .Anchors}}
add {{.Nickname}} {{.NSSTrust}} {{.Name}}.pem {{.Fingerprint}}
{{- end}}
