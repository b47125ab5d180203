package secret_test

import (
	"regexp"
	"testing"

	"github.com/gwtls/gwtls/pkg/secret"
)

func TestPasswordFileIsBesideTheStore(t *testing.T) {
	for store, want := range map[string]string{
		"keystore.p12":          "keystore.pw",
		"keystore.db":           "keystore.pw",
		"/etc/gw.d/keystore":    "/etc/gw.d/keystore.pw",
		"h/gw.example.com.jks":  "h/gw.example.com.pw",
		"/home/a/.keystore":     "/home/a/.keystore.pw",
		"/home/a/.keystore.p12": "/home/a/.keystore.pw",
		"odd.pw":                "odd.pw.pw",
	} {
		if got := secret.PasswordFile(store); got != want {
			t.Errorf("of %s: got %s, want %s", store, got, want)
		}
	}
}

func TestGeneratedPasswordsAreLongPlainAndDifferent(t *testing.T) {
	plain := regexp.MustCompile(`^[A-Za-z0-9]{24,}$`)
	seen := map[string]bool{}
	for range 1000 {
		password := string(secret.Generate().Reveal())
		if !plain.MatchString(password) || seen[password] {
			t.Fatalf("got %q", password)
		}
		seen[password] = true
	}
}
