package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/secret"
)

const password = "hunter2"

// asNumbers are the forms in which verbs such as %d, %x and %q would give it away.
var asNumbers = []string{password, "104 117", "68756e74657232", "68756E74657232", "0x68", "aHVudGVyMg", "150 165"}

func unseen(t *testing.T, how, printed string) {
	t.Helper()
	for _, form := range asNumbers {
		if strings.Contains(printed, form) {
			t.Errorf("%s shows the password: %s", how, printed)
		}
	}
}

func TestValueIsUnseenHoweverPrinted(t *testing.T) {
	v := secret.New([]byte(password))
	type exported struct{ V secret.Value }
	type unexported struct{ v secret.Value } // fmt cannot ask what is in there how to print it
	for _, holder := range []any{
		v, &v, []secret.Value{v}, map[string]secret.Value{"a": v}, map[secret.Value]int{v: 1},
		exported{v}, &exported{v}, unexported{v}, &unexported{v}, []unexported{{v}}, struct{ u *unexported }{&unexported{v}},
		[]any{v}, fmt.Errorf("with %v", v), error(fmt.Errorf("with %w", fmt.Errorf("%s", v))),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "% x", "%#x", "%o", "%b", "%c", "%U", "%t", "%p", "%e", "%!"} {
			unseen(t, fmt.Sprintf("%s of %T", verb, holder), fmt.Sprintf(verb, holder))
		}
		unseen(t, "Println", fmt.Sprintln(holder))
		if out, err := json.Marshal(holder); err == nil {
			unseen(t, fmt.Sprintf("JSON of %T", holder), string(out))
		}
		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(handler).Info("a", "b", holder, slog.Group("g", "c", holder))
		}
		unseen(t, fmt.Sprintf("slog of %T", holder), log.String())
	}
	for _, printed := range []string{fmt.Sprint(v), fmt.Sprintf("%d", v), fmt.Sprintf("%#v", v)} {
		if printed != "[redacted]" {
			t.Errorf("got %q, want a placeholder", printed)
		}
	}
	if out, err := json.Marshal(exported{v}); string(out) != `{"V":"[redacted]"}` {
		t.Errorf("JSON: got %s, %v", out, err)
	}
}

func TestValueKeepsACopy(t *testing.T) {
	given := []byte(password)
	v := secret.New(given)
	given[0] = 'X'
	if got := string(v.Reveal()); got != password {
		t.Errorf("got %q, want %q", got, password)
	}
}

func TestEmptyPasswordIsNotNoPassword(t *testing.T) {
	empty := secret.New(nil)
	if !empty.Known() || empty.Reveal() == nil {
		t.Error("the empty password passes for none")
	}
	var none secret.Value
	if none.Known() || none.Reveal() != nil {
		t.Error("no password passes for one")
	}
}
