#!/bin/sh
# Makes the file cacerts beside this script: the roots that a Java trusts by itself,
# and the certificates of truststore.p12 with them. That Java's own file stays.
#   sh merge.sh [JAVA_HOME]
set -eu
here=$(dirname -- "$0")
password={{quote .Password}}

home=${1:-${JAVA_HOME-}}
if [ -z "$home" ]; then
	home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
fi
for own in "$home/lib/security/jssecacerts" "$home/lib/security/cacerts" \
	"$home/jre/lib/security/jssecacerts" "$home/jre/lib/security/cacerts" ''; do
	if [ -f "$own" ]; then break; fi
done
if [ -z "$own" ]; then
	echo "error: no Java at '$home': name its home, sh merge.sh JAVA_HOME" >&2
	exit 1
fi
keytool=$home/bin/keytool
[ -x "$keytool" ] || keytool=keytool

new=$here/cacerts.new
trap 'rm -f "$new"' EXIT
cat "$own" >"$new"
"$keytool" -importkeystore -noprompt -srckeystore "$here/truststore.p12" -srcstorepass "$password" \
	-destkeystore "$new" -deststorepass changeit
mv "$new" "$here/cacerts"
echo "made $here/cacerts of $own; use it with: java @merged.args"
