package trust_test

import "testing"

func TestPythonTrustsInEachWayOfThePage(t *testing.T) {
	const (
		plain = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read())"
		file  = "import ssl, sys, urllib.request as r; c = ssl.create_default_context(); c.load_verify_locations('NAME.pem'); print(r.urlopen(sys.argv[1], context=c).read())"
	)
	python := []string{"python3", "-c", plain, "URL"}
	wantTrust(t, "python", "hello", hello, python, sourced(python...), []string{"python3", "-c", file, "URL"})
}
