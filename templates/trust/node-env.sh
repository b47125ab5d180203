# To be read by a shell in the folder of this file:  . ./env.sh
export NODE_EXTRA_CA_CERTS="$PWD/{{.Name}}.pem"
