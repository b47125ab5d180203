package cmd_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

func TestSelfsignEndsWithItsRoot(t *testing.T) {
	home, made := t.TempDir(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if _, errs, code := gwtlsAt(t, made, nil, "selfsign", "gw.example.com", "--home", home); code != 0 {
		t.Fatal(errs)
	}
	late := made.Add(cert.RootLifetime - 100*cert.Day)
	out, errs, code := gwtlsAt(t, late, nil, "selfsign", "a.example.com", "--home", home, "--json")
	var v struct {
		Entry struct{ Chain []cert.Description }
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if leaf, root := v.Entry.Chain[0], v.Entry.Chain[1]; !leaf.NotAfter.Equal(root.NotAfter) {
		t.Errorf("the certificate ends %v, its root %v", leaf.NotAfter, root.NotAfter)
	}
	for _, args := range [][]string{{"selfsign", "b.example.com", "--days", "200"}, {"ca", "issue", "b.example.com", "--days", "200"}} {
		_, errs, code = gwtlsAt(t, late, nil, append(args, "--home", home)...)
		if code != 1 || !strings.Contains(errs, "would outlive its issuer") || !strings.Contains(errs, "hint: gwtls ca init --permit example.com,localhost,127.0.0.0/8,::1 --force") {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
	_, errs, code = gwtlsAt(t, late.Add(200*cert.Day), nil, "selfsign", "b.example.com", "--home", home, "--json")
	if code != 1 || !strings.Contains(errs, `"code":"expired"`) {
		t.Errorf("under an expired root: exit %d: %s", code, errs)
	}
}
