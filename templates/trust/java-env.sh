# To be read by a shell in the folder of this file:  . ./env.sh
export JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore='$PWD/truststore.p12' -Djavax.net.ssl.trustStoreType=PKCS12 "{{quote (printf "-Djavax.net.ssl.trustStorePassword=%s" (option .Password))}}
