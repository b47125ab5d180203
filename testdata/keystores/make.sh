#!/bin/bash
# Makes the stores of this folder with the programs that others use, and writes into
# manifest.txt what each of them says it put there. The files are committed; run this
# again only to add one, or for newer programs:
#
#   testdata/keystores/make.sh
#
# It needs keytool and java (17), openssl (3), certtool (GnuTLS), certutil and pk12util
# (NSS), Bouncy Castle in /usr/share/java, and go. Each file is followed by lines of the
# manifest: file, format, store password, key password; and for each entry: kind, alias,
# milliseconds since 1970 or -, key, subjects of the chain.
set -euo pipefail
cd "$(dirname "$0")"
bc=/usr/share/java/bcprov.jar
for program in keytool java openssl certtool certutil pk12util go; do
	command -v "$program" >/dev/null || { echo "make.sh: $program is missing" >&2; exit 1; }
done
[ -e "$bc" ] || { echo "make.sh: $bc is missing" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -f ./*.p12 ./*.jks ./*.jceks ./*.pem ./*.der ./*.p7b ./*.bks ./*.uber ./*.bcfks
exec 3>manifest.txt
pw=changeit

file() { echo "file $*" >&3; }
entry() { echo "  $*" >&3; }

# A root, an intermediate, and leaves of several kinds under it.
cat >"$work/ca.ext" <<'EXT'
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
EXT
issue() { # name issuer extensions-file
	openssl req -new -key "$work/$1.key" -subj "/CN=$1" -out "$work/$1.csr"
	openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.crt" -CAkey "$work/$2.key" -days 9000 \
		-set_serial "0x$(openssl rand -hex 10 | sed 's/^./4/')" -extfile "$3" -out "$work/$1.crt" 2>/dev/null
}
leaf() { # name genpkey-arguments...
	local name=$1
	shift
	openssl genpkey "$@" -out "$work/$name.key" 2>/dev/null
	printf 'subjectAltName=DNS:%s.example.com\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n' "$name" >"$work/leaf.ext"
	issue "$name" inter "$work/leaf.ext"
}
ec=(-algorithm EC -pkeyopt ec_param_enc:named_curve -pkeyopt)
openssl genpkey "${ec[@]}" ec_paramgen_curve:P-256 -out "$work/root.key"
openssl req -x509 -new -key "$work/root.key" -subj /CN=root -days 9100 -addext keyUsage=critical,keyCertSign -out "$work/root.crt"
openssl genpkey "${ec[@]}" ec_paramgen_curve:P-256 -out "$work/inter.key"
issue inter root "$work/ca.ext"
leaf ec "${ec[@]}" ec_paramgen_curve:P-256
leaf ec384 "${ec[@]}" ec_paramgen_curve:P-384
leaf rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
leaf ed25519 -algorithm ED25519
leaf ed448 -algorithm ED448
leaf pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
leaf k1 "${ec[@]}" ec_paramgen_curve:secp256k1
openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -out "$work/dsa.param" 2>/dev/null
leaf dsa -paramfile "$work/dsa.param"
cat "$work/inter.crt" "$work/root.crt" >"$work/cas.pem"
for name in ec ec384 rsa ed25519 ed448 pss k1 dsa; do
	cat "$work/$name.crt" "$work/cas.pem" >"$work/$name.chain"
done

# OpenSSL: its default, the legacy provider, each algorithm, MACs, and none of them.
ossl() { # file name arguments...
	local out=$1 name=$2
	shift 2
	openssl pkcs12 -export -inkey "$work/$name.key" -in "$work/$name.crt" -certfile "$work/cas.pem" \
		-passout "pass:$pw" -out "$out" "$@"
	file "$out" pkcs12 "${pw:-EMPTY}" -
}
for name in ec rsa ed25519 ed448 pss k1 dsa; do
	ossl "openssl-$name.p12" $name -name "$name"
	entry private-key $name - $name $name,inter,root
done
ossl openssl-legacy.p12 rsa -name rsa -legacy
entry private-key rsa - rsa rsa,inter,root
ossl openssl-noname.p12 ec
entry private-key 1 - ec ec,inter,root
for pbe in PBE-SHA1-3DES PBE-SHA1-2DES PBE-SHA1-RC2-128 PBE-SHA1-RC2-40 PBE-SHA1-RC4-128 PBE-SHA1-RC4-40 \
	AES-128-CBC AES-192-CBC AES-256-CBC NONE; do
	ossl "openssl-$pbe.p12" ec -name ec -legacy -keypbe $pbe -certpbe $pbe
	entry private-key ec - ec ec,inter,root
done
for mac in sha1 sha224 sha384 sha512; do
	ossl "openssl-mac-$mac.p12" ec -name ec -macalg $mac
	entry private-key ec - ec ec,inter,root
done
ossl openssl-nomac.p12 ec -name ec -nomac
entry private-key ec - ec ec,inter,root
# As Windows exports: 3DES, SHA-1, a provider, and a GUID for a name.
ossl windows.p12 rsa -name '{C0FFEE00-1234-4321-ABCD-0123456789AB}' -legacy -descert -keypbe PBE-SHA1-3DES -macalg sha1 \
	-iter 2000 -LMK -CSP 'Microsoft Enhanced Cryptographic Provider v1.0'
entry private-key '{C0FFEE00-1234-4321-ABCD-0123456789AB}' - rsa rsa,inter,root
openssl pkcs12 -export -nokeys -in "$work/cas.pem" -passout "pass:$pw" -out openssl-nokeys.p12
file openssl-nokeys.p12 pkcs12 $pw -
entry trusted-cert 1 - - inter
entry trusted-cert 2 - - root
pw=''
ossl openssl-empty-password.p12 ec -name ec
entry private-key ec - ec ec,inter,root
pw='pässwörd€'
ossl openssl-unicode-password.p12 ec -name ec
entry private-key ec - ec ec,inter,root
pw=changeit

# OpenSSL: PEM and DER, plain and sealed in each way.
seal() { # file arguments...
	local out=$1
	shift
	{ openssl pkcs8 -topk8 -in "$work/ec.key" -passout "pass:$pw" "$@"; cat "$work/ec.chain"; } >"$out"
	file "$out" pem $pw -
	entry private-key ec.example.com - ec ec,inter,root
}
seal sealed-aes256.pem -v2 aes-256-cbc
seal sealed-aes128-sha512.pem -v2 aes-128-cbc -v2prf hmacWithSHA512
seal sealed-des3.pem -v2 des3
seal sealed-scrypt.pem -scrypt
seal sealed-md5-des.pem -v1 PBE-MD5-DES -provider legacy -provider default
seal sealed-sha1-rc2.pem -v1 PBE-SHA1-RC2-64 -provider legacy -provider default
seal sealed-pkcs12-3des.pem -v1 PBE-SHA1-3DES -provider legacy -provider default
for cipher in aes128 aes256 des3; do
	{ openssl rsa -in "$work/rsa.key" -traditional -$cipher -passout "pass:$pw"; cat "$work/rsa.chain"; } >"traditional-$cipher.pem" 2>/dev/null
	file "traditional-$cipher.pem" pem $pw -
	entry private-key rsa.example.com - rsa rsa,inter,root
done
{ cat "$work/root.crt" "$work/ec.crt"; openssl ec -in "$work/ec.key" -param_enc named_curve; cat "$work/inter.crt"; } >plain-ec.pem 2>/dev/null
file plain-ec.pem pem - -
entry private-key ec.example.com - ec ec,inter,root
{ openssl pkey -in "$work/dsa.key" -traditional; cat "$work/dsa.crt"; } >plain-dsa.pem 2>/dev/null
file plain-dsa.pem pem - -
entry private-key dsa.example.com - dsa dsa
openssl rsa -in "$work/rsa.key" -traditional -outform der -out key-rsa.der 2>/dev/null
file key-rsa.der der - -
entry private-key 1 - rsa
openssl pkcs8 -topk8 -in "$work/ec.key" -passout "pass:$pw" -outform der -out key-sealed.der
file key-sealed.der der $pw -
entry private-key 1 - ec
openssl x509 -in "$work/ec.crt" -outform der -out cert.der
file cert.der der - -
entry trusted-cert ec.example.com - - ec
cp "$work/cas.pem" certs.pem
file certs.pem pem - -
entry trusted-cert inter - - inter
entry trusted-cert root - - root
openssl crl2pkcs7 -nocrl -certfile "$work/ec.chain" -out openssl.p7b.pem
file openssl.p7b.pem pem - -
entry trusted-cert ec.example.com - - ec
entry trusted-cert inter - - inter
entry trusted-cert root - - root
openssl crl2pkcs7 -nocrl -certfile "$work/ec.chain" -outform der -out openssl.p7b
file openssl.p7b pkcs7 - -
entry trusted-cert ec.example.com - - ec
entry trusted-cert inter - - inter
entry trusted-cert root - - root
# A signed message in BER, of indefinite lengths.
echo hello | openssl cms -sign -stream -nodetach -signer "$work/ec.crt" -inkey "$work/ec.key" -certfile "$work/cas.pem" -outform der -out streamed.p7b
file streamed.p7b pkcs7 - -
entry trusted-cert inter - - inter
entry trusted-cert root - - root
entry trusted-cert ec.example.com - - ec

# GnuTLS: ciphers, several keys, and its equal names.
gnutls() { # file name keys certificates arguments...
	local out=$1 name=$2 keys=$3 certs=$4
	shift 4
	certtool --to-p12 --outder --load-privkey "$keys" --load-certificate "$certs" --p12-name "$name" --password $pw --outfile "$out" "$@" 2>/dev/null
	file "$out" pkcs12 "${pw:-EMPTY}" -
}
for cipher in aes-128 aes-256 3des 3des-pkcs12 arcfour rc2-40; do
	gnutls "gnutls-$cipher.p12" ec "$work/ec.key" "$work/ec.chain" --pkcs-cipher $cipher
	entry private-key ec - ec ec,inter,root
done
cat "$work/ec.key" "$work/rsa.key" >"$work/two.key"
cat "$work/ec.crt" "$work/rsa.crt" "$work/cas.pem" >"$work/two.crt"
gnutls gnutls-two-keys.p12 pair "$work/two.key" "$work/two.crt"
entry private-key pair - ec ec,inter,root
entry private-key pair-2 - rsa rsa,inter,root
certtool --p7-generate --load-certificate "$work/ec.chain" --outder --outfile gnutls.p7b 2>/dev/null
file gnutls.p7b pkcs7 - -
entry trusted-cert ec.example.com - - ec
entry trusted-cert inter - - inter
entry trusted-cert root - - root

# NSS: its default and its ciphers; the names are made of its nicknames.
mkdir "$work/nss"
echo $pw >"$work/pw"
certutil -N -d "sql:$work/nss" -f "$work/pw"
for name in ec rsa; do
	openssl pkcs12 -export -inkey "$work/$name.key" -in "$work/$name.crt" -certfile "$work/cas.pem" -name $name -passout "pass:$pw" -out "$work/in.p12"
	pk12util -i "$work/in.p12" -d "sql:$work/nss" -k "$work/pw" -w "$work/pw" >/dev/null
done
nss() { # file name arguments...
	local out=$1 name=$2
	shift 2
	pk12util -o "$out" -n "$name" -d "sql:$work/nss" -k "$work/pw" -w "$work/pw" "$@" >/dev/null
	file "$out" pkcs12 "${pw:-EMPTY}" -
	entry private-key $name - $name $name,inter,root
}
nss nss.p12 ec
nss nss-rsa.p12 rsa
nss nss-aes128.p12 ec -c AES-128-CBC -C AES-128-CBC
nss nss-aes256.p12 ec -c AES-256-CBC -C AES-256-CBC
nss nss-3des.p12 ec -c 'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC' -C 'PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC'
nss nss-plain-certificates.p12 ec -c AES-256-CBC -C none

# Java, by keytool, from the same keys and by its own making.
keys() { # store type arguments...
	local store=$1 type=$2
	shift 2
	for name in ec rsa ed25519 dsa; do
		openssl pkcs12 -export -inkey "$work/$name.key" -in "$work/$name.crt" -certfile "$work/cas.pem" -name $name -passout "pass:$pw" -out "$work/in.p12"
		keytool -importkeystore -srckeystore "$work/in.p12" -srcstorepass $pw -destkeystore "$store" -deststoretype "$type" -deststorepass $pw "$@" 2>/dev/null
	done
	keytool -genkeypair -keyalg EC -alias own -dname CN=own -validity 9000 -keystore "$store" -storetype "$type" -storepass $pw "$@" 2>/dev/null
	keytool -importcert -noprompt -alias anchor -file "$work/root.crt" -keystore "$store" -storetype "$type" -storepass $pw "$@" 2>/dev/null
}
keys keytool.p12 pkcs12
keytool -genseckey -alias aes -keyalg AES -keysize 256 -keystore keytool.p12 -storepass $pw 2>/dev/null
keys keytool-legacy.p12 pkcs12 -J-Dkeystore.pkcs12.legacy
keys keytool.jks jks
keytool -keypasswd -alias rsa -keystore keytool.jks -storepass $pw -keypass $pw -new secret-key 2>/dev/null
keys keytool.jceks jceks
keytool -keypasswd -alias rsa -keystore keytool.jceks -storetype jceks -storepass $pw -keypass $pw -new secret-key 2>/dev/null
for key in AES:256 HmacSHA256:256 DESede:168; do
	keytool -genseckey -alias "${key%:*}" -keyalg "${key%:*}" -keysize "${key#*:}" -keystore keytool.jceks -storetype jceks -storepass $pw -keypass $pw 2>/dev/null
done
keytool -importcert -noprompt -alias 'Zürich 日本 🔑' -file "$work/inter.crt" -keystore keytool-unicode.jks -storetype jks -storepass $pw 2>/dev/null
keytool -importcert -noprompt -alias 'Zürich 日本 🔑' -file "$work/inter.crt" -keystore keytool-unicode.p12 -storetype pkcs12 -storepass $pw 2>/dev/null
keytool -importcert -noprompt -alias anchor -file "$work/root.crt" -keystore keytool-open.p12 -storetype pkcs12 -storepass $pw \
	-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE 2>/dev/null
keytool -importcert -noprompt -alias anchor -file "$work/root.crt" -keystore keytool-pässword.jks -storetype jks -storepass 'pässwörd€' 2>/dev/null && mv keytool-p*ssword.jks keytool-unicode-password.jks
# Java, by a program: keys with passwords of their own in PKCS#12, mixed case in JKS,
# and all that Bouncy Castle writes.
java -cp "$bc" Make.java "$work" .
for f in keytool.p12 keytool-legacy.p12 keytool-unicode.p12 java-own-password.p12 java-mixed-case.jks java-empty.p12 java-empty.jks keytool.jks keytool.jceks keytool-unicode.jks; do
	java Dump.java "$f" $pw secret-key >&3
done
java Dump.java keytool-unicode-password.jks 'pässwörd€' - >&3
file keytool-open.p12 pkcs12 - -
entry trusted-cert anchor - - root
for f in bc.p12 bc-3des-40rc2.p12 bc-def.p12 bc-3des-3des.p12; do
	java -cp "$bc" Dump.java "$f" $pw - BC >&3
done

# Go: what go-pkcs12 writes, each of its encoders.
exec 3>&-
go run make.go "$work" . >>manifest.txt
