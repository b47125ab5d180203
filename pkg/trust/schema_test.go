package trust_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Android and Apple's systems are not run here: xmllint holds what they read to their rules.
func TestXMLIsByTheRulesOfItsReader(t *testing.T) {
	android := [2]string{"<network-security-config>", "</network-security-config>"}
	apple := [2]string{`<plist version="1.0"><dict>`, "</dict></plist>"}
	for name, b := range shapes(t) {
		valid(t, name, "network_security_config", text(t, write(t, "android", b), "res/xml/network_security_config.xml"))
		for _, client := range []string{"ios", "macos"} {
			valid(t, name, "plist", text(t, write(t, client, b), b.Name()+".mobileconfig"))
		}
		// What the pages have people copy into files of their own.
		for _, client := range []string{"android", "pins"} {
			valid(t, name, "network_security_config", block(t, text(t, write(t, client, b), "README.md"), "<domain-config>", android))
		}
		valid(t, name, "plist", block(t, text(t, write(t, "pins", b), "README.md"), "<key>NSAppTransportSecurity", apple))
	}
}

func TestRulesRefuseWhatAndroidWouldSkip(t *testing.T) {
	good := text(t, write(t, "android", shapes(t)["one root"]), "res/xml/network_security_config.xml")
	for _, misspelt := range [][2]string{{"trust-anchors", "trust-anchor"}, {"src=", "source="}, {"@raw/gw_", "@raw/GW."}} {
		if said, err := lint(t, "network_security_config", strings.ReplaceAll(good, misspelt[0], misspelt[1])); err == nil {
			t.Errorf("%s: want a refusal\n%s", misspelt[1], said)
		}
	}
}

func valid(t *testing.T, name, rules, xml string) {
	t.Helper()
	if said, err := lint(t, rules, xml); err != nil {
		t.Errorf("%s: %v\n%s\n%s", name, err, said, xml)
	}
}

func lint(t *testing.T, rules, xml string) (string, error) {
	t.Helper()
	c := command(t, "xmllint", "--noout", "--nonet", "--relaxng", "testdata/"+rules+".rng", "-")
	c.Stdin = strings.NewReader(xml)
	said, err := c.CombinedOutput()
	return string(said), err
}

// block is the one of a page that begins so, with what it has to stand in around it.
func block(t *testing.T, page, begin string, around [2]string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)```xml\n(" + regexp.QuoteMeta(begin) + ".*?)```").FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no block that begins with %s in\n%s", begin, page)
	}
	return around[0] + found[1] + around[1]
}

func text(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
