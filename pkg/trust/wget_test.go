package trust_test

import "testing"

func TestWgetTrustsInEachWayOfThePage(t *testing.T) {
	wantTrust(t, "wget", "hello", hello, []string{"wget", "-qO-", "URL"},
		[]string{"wget", "-qO-", "--ca-certificate=NAME.pem", "URL"},
		[]string{"wget", "-qO-", "--config=wgetrc", "URL"})
}
