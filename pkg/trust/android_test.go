package trust_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// A misspelt element is skipped by Android in silence, so they are held to the letter.
func TestAndroidConfigurationNamesResourcesThatAreThere(t *testing.T) {
	for name, b := range shapes(t) {
		dir := write(t, "android", b)
		text, err := os.ReadFile(filepath.Join(dir, "res", "xml", "network_security_config.xml"))
		if err != nil {
			t.Fatal(err)
		}
		var config struct {
			XMLName xml.Name `xml:"network-security-config"`
			Sources []struct {
				Src string `xml:"src,attr"`
			} `xml:"base-config>trust-anchors>certificates"`
		}
		if err := xml.Unmarshal(text, &config); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if len(config.Sources) != 1+len(b.Anchors) || config.Sources[0].Src != "system" {
			t.Fatalf("%s: want system and %d anchors in\n%s", name, len(b.Anchors), text)
		}
		for i, source := range config.Sources[1:] {
			resource, ok := strings.CutPrefix(source.Src, "@raw/")
			if !ok || !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(resource) {
				t.Errorf("%s: %q is no name of a resource", name, source.Src)
			}
			got, err := os.ReadFile(filepath.Join(dir, "res", "raw", resource+".pem"))
			if err != nil || string(got) != string(b.Anchors[i].PEM()) {
				t.Errorf("%s: %s: %v, want the certificate of %s", name, resource, err, b.Anchors[i].Name)
			}
		}
	}
}

func TestAndroidSystemFilesAreNamedByTheOldHash(t *testing.T) {
	b := shapes(t)["several"]
	dir := write(t, "android", b)
	var got, want []string
	files, err := os.ReadDir(filepath.Join(dir, "system"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		got = append(got, f.Name())
	}
	for _, a := range b.Anchors {
		hash := run(t, dir, "openssl", "x509", "-inform", "DER", "-in", a.Name+".crt", "-noout", "-subject_hash_old")
		want = append(want, strings.TrimSpace(hash)+".0")
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, openssl says %q", got, want)
	}
}

func TestAndroidResourcesAreIdentifiersOfTheirOwn(t *testing.T) {
	b := new(trust.Bundle)
	for _, alias := range []string{"gw.example.com", "gw-example.com", "gw.example.com.2", "10.1.2.3"} {
		b.AddRoot(alias, newRoot(t, "gw.example.com").Certificate())
	}
	files, err := os.ReadDir(filepath.Join(write(t, "android", b), "res", "raw"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name())
	}
	if want := []string{"ca_10_1_2_3.pem", "gw_example_com.pem", "gw_example_com_2.pem", "gw_example_com_2_2.pem"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
