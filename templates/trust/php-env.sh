# To be read by a shell in the folder of this file:  . ./env.sh
export SSL_CERT_FILE="$PWD/{{.Name}}.pem"
php() { command php -d "openssl.cafile=$SSL_CERT_FILE" -d "curl.cainfo=$SSL_CERT_FILE" "$@"; }
