package trust_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Both files name the bundle that lies beside them.
func TestKafkaPropertiesNameTheBundle(t *testing.T) {
	dir := write(t, "kafka", shapes(t)["several"])
	for file, property := range map[string]string{"client.properties": "ssl.truststore.location", "librdkafka.properties": "ssl.ca.location"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		match := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(property) + `=(.+)$`).FindSubmatch(text)
		if match == nil {
			t.Errorf("%s: no %s in\n%s", file, property, text)
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, string(match[1]))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
