# To be read by a shell in the folder of this file:  . ./env.sh
export PGSSLROOTCERT="$PWD/root.crt"
export PGSSLMODE=verify-full
