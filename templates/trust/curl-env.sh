# To be read by a shell in the folder of this file:  . ./env.sh
export CURL_CA_BUNDLE="$PWD/{{.Name}}.pem"
