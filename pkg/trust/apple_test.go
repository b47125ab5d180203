package trust_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// readProfile has Python's plistlib read a profile, and gives it as JSON.
const readProfile = `
import base64, json, plistlib, sys
print(json.dumps(plistlib.load(open(sys.argv[1], 'rb')), default=lambda b: base64.b64encode(b).decode()))`

type profile struct {
	PayloadType, PayloadIdentifier, PayloadUUID, PayloadDisplayName string
	PayloadVersion                                                  int
	PayloadContent                                                  []struct {
		PayloadType, PayloadIdentifier, PayloadUUID, PayloadDisplayName, PayloadCertificateFileName string
		PayloadVersion                                                                              int
		PayloadContent                                                                              []byte
	}
}

// Apple's systems are not run here: the profile has the keys that they ask for.
func TestMobileconfigIsAProfileOfRoots(t *testing.T) {
	uuid := regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)
	for name, b := range shapes(t) {
		for _, client := range []string{"ios", "macos", "safari"} {
			dir := write(t, client, b)
			var p profile
			if err := json.Unmarshal([]byte(run(t, dir, "python3", "-c", readProfile, b.Name()+".mobileconfig")), &p); err != nil {
				t.Fatal(err)
			}
			if p.PayloadType != "Configuration" || p.PayloadVersion != 1 || !uuid.MatchString(p.PayloadUUID) || p.PayloadIdentifier == "" || p.PayloadDisplayName == "" {
				t.Errorf("%s for %s: the profile lacks something: %+v", name, client, p)
			}
			if len(p.PayloadContent) != len(b.Anchors) {
				t.Fatalf("%s for %s: %d payloads, want %d", name, client, len(p.PayloadContent), len(b.Anchors))
			}
			for i, c := range p.PayloadContent {
				if c.PayloadType != "com.apple.security.root" || c.PayloadVersion != 1 || !uuid.MatchString(c.PayloadUUID) || c.PayloadIdentifier == "" || c.PayloadUUID == p.PayloadUUID {
					t.Errorf("%s for %s: a payload lacks something: %+v", name, client, c)
				}
				if string(c.PayloadContent) != string(b.Anchors[i].Raw) {
					t.Errorf("%s for %s: payload %d is not the certificate", name, client, i)
				}
				file, err := os.ReadFile(filepath.Join(dir, c.PayloadCertificateFileName))
				if err != nil || string(file) != string(b.Anchors[i].Raw) {
					t.Errorf("%s for %s: %s: %v, want the certificate", name, client, c.PayloadCertificateFileName, err)
				}
			}
		}
	}
}

// The tools of a Mac are not here: what the scripts call is written down by stand-ins.
func TestScriptsOfAppleCallTheirTools(t *testing.T) {
	b := shapes(t)["several"]
	bin := t.TempDir()
	for tool, body := range map[string]string{"sudo": `exec "$@"`, "security": `echo security "$@"`, "xcrun": `echo xcrun "$@"`} {
		if err := os.WriteFile(filepath.Join(bin, tool), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	said := func(client string, args ...string) string {
		dir := write(t, client, b)
		c := command(t, "sh", append([]string{filepath.Join(dir, "install.sh")}, args...)...)
		c.Env[0] = "PATH=" + bin + ":" + os.Getenv("PATH")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", client, err, out)
		}
		return strings.ReplaceAll(string(out), dir+"/", "")
	}
	for _, a := range b.Anchors {
		for _, test := range []struct{ said, want string }{
			{said("macos"), "security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain " + a.Name + ".cer\n"},
			{said("macos", "--remove"), "security delete-certificate -Z " + a.SHA1() + " /Library/Keychains/System.keychain\n"},
			{said("ios-simulator"), "xcrun simctl keychain booted add-root-cert " + a.Name + ".pem\n"},
		} {
			if !strings.Contains(test.said, test.want) {
				t.Errorf("no %q in\n%s", test.want, test.said)
			}
		}
	}
}
