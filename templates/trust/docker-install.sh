#!/bin/sh
# Has Docker on this machine trust a registry by the certificates beside this script.
#   sh install.sh [HOST[:PORT]]            as it is written in the names of images
#   sh install.sh --remove [HOST[:PORT]]   no longer
set -eu
here=$(dirname -- "$0")
remove=no
if [ "${1-}" = --remove ]; then
	remove=yes
	shift
fi
file=${DOCKER_CERTS:-/etc/docker/certs.d}/${1:-{{.Host}}}/ca.crt
if [ "$remove" = yes ]; then
	rm -f "$file"
	rmdir "${file%/*}" 2>/dev/null || true
	exit
fi
mkdir -p "${file%/*}"
for made in "$here"/certs.d/*/ca.crt; do
	cp "$made" "$file"
done
chmod 0644 "$file"
echo "$file"
