# To be read by a shell in the folder of this file:  . ./env.sh
export GIT_SSL_CAINFO="$PWD/{{.Name}}.pem"
