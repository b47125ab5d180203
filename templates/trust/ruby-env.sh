# To be read by a shell in the folder of this file:  . ./env.sh
export SSL_CERT_FILE="$PWD/{{.Name}}.pem"
