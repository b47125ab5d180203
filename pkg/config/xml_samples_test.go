package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/config"
)

// unsupported is what a report says of keys that this version does not carry out.
var unsupported = regexp.MustCompile("(?m)^warning unsupported .*\n")

var update = flag.Bool("update", false, "write the golden files anew")

func TestSamplesOfTheOldGatewayBecomeWhatTheyDid(t *testing.T) {
	samples, err := filepath.Glob("../../testdata/gateway-config/*.xml")
	if err != nil || len(samples) == 0 {
		t.Fatalf("%d samples: %v", len(samples), err)
	}
	for _, sample := range samples {
		t.Run(filepath.Base(sample), func(t *testing.T) {
			xml, err := os.ReadFile(sample)
			if err != nil {
				t.Fatal(err)
			}
			yaml, report := importXML(t, string(xml))
			report = unsupported.ReplaceAllString(report, "")
			golden(t, strings.TrimSuffix(sample, ".xml")+".yaml", yaml)
			golden(t, strings.TrimSuffix(sample, ".xml")+".report", report)
			if strings.Contains(yaml+report, "do-not-copy-me") {
				t.Error("a key is copied")
			}
			for _, fault := range config.Faults(taken(yaml)) {
				if !strings.HasSuffix(fault.What, "not supported by this version") {
					t.Error(fault)
				}
			}
		})
	}
}

// taken reads what was imported, as on a machine of a cloud.
func taken(yaml string) error {
	_, err := parse(yaml, map[string]string{"CLOUD_HOST": "node1.example.com"})
	return err
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}
