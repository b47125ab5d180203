package cmd_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// However many issue, revoke and make lists at once: nothing of it is lost, one root
// is made, and no number of a list is given twice.
func TestLedgerLosesNothingToASecondWriter(t *testing.T) {
	home := t.TempDir()
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			host := fmt.Sprintf("h%d.example.com", i)
			for _, args := range [][]string{{"selfsign", host}, {"ca", "issue", host, "--alias", host + ".2"}, {"ca", "revoke", host}, {"ca", "crl", "-o", "-", "--json"}} {
				if _, errs, code := gwtls(t, append(args, "--home", home)...); code != 0 {
					t.Errorf("%v: exit %d: %s", args, code, errs)
				}
			}
		})
	}
	writers.Wait()
	out, errs, code := gwtls(t, "ca", "show", "--home", home, "--json")
	if code != 0 {
		t.Fatal(errs)
	}
	if issued, revoked := strings.Count(out, `"status":"`), strings.Count(out, `"status":"revoked"`); issued != 16 || revoked != 8 {
		t.Errorf("%d issued and %d revoked, want 16 and 8: %s", issued, revoked, out)
	}
	out, _, _ = gwtls(t, "ca", "crl", "-o", "-", "--json", "--home", home)
	if !strings.Contains(out, `"number":9,`) || !strings.Contains(out, `"revoked":8`) {
		t.Errorf("the ninth list is %s", out)
	}
}
