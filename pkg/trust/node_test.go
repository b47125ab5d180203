package trust_test

import "testing"

func TestNodeTrustsInEachWayOfThePage(t *testing.T) {
	const (
		plain = "fetch(process.argv[1]).then(r => r.text()).then(console.log)"
		file  = "require('https').get(process.argv[1], { ca: require('fs').readFileSync('NAME.pem') }, r => r.pipe(process.stdout))"
	)
	node := []string{"node", "-e", plain, "URL"}
	wantTrust(t, "node", "hello", hello, node, sourced(node...), []string{"node", "-e", file, "URL"})
}
