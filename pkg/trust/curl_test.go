package trust_test

import "testing"

func TestCurlTrustsInEachWayOfThePage(t *testing.T) {
	curl := []string{"curl", "-sS", "URL"}
	wantTrust(t, "curl", "hello", hello, curl,
		[]string{"curl", "-sS", "--cacert", "NAME.pem", "URL"},
		sourced(curl...))
}
