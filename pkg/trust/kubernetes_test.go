package trust_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Clusters are not run here: the objects are what their schemas ask for, and hold the bundle.
func TestKubernetesObjectsHoldTheBundle(t *testing.T) {
	for name, b := range shapes(t) {
		for file, test := range map[string]struct{ client, kind, version string }{
			"configmap.yaml": {"kubernetes", "ConfigMap", "v1"},
			"secret.yaml":    {"kubernetes", "Secret", "v1"},
			"bundle.yaml":    {"trust-manager", "Bundle", "trust.cert-manager.io/v1alpha1"},
		} {
			text, err := os.ReadFile(filepath.Join(write(t, test.client, b), file))
			if err != nil {
				t.Fatal(err)
			}
			var object struct {
				APIVersion string `yaml:"apiVersion"`
				Kind       string
				Metadata   struct{ Name string }
				Data       map[string]string
				StringData map[string]string `yaml:"stringData"`
				Spec       struct {
					Sources []struct {
						InLine string `yaml:"inLine"`
					}
				}
			}
			if err := yaml.Unmarshal(text, &object); err != nil {
				t.Fatalf("%s, %s: %v\n%s", name, file, err, text)
			}
			if object.Kind != test.kind || object.APIVersion != test.version {
				t.Errorf("%s, %s: a %s of %s, want %s of %s", name, file, object.Kind, object.APIVersion, test.kind, test.version)
			}
			if !regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`).MatchString(object.Metadata.Name) {
				t.Errorf("%s, %s: %q is no name for an object", name, file, object.Metadata.Name)
			}
			got := object.Data["ca.crt"] + object.StringData["ca.crt"]
			for _, source := range object.Spec.Sources {
				got += source.InLine
			}
			if got != string(b.PEM()) {
				t.Errorf("%s, %s: got\n%s\nwant the bundle", name, file, got)
			}
		}
	}
}
