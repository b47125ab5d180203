package secret_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/gwtls/gwtls/pkg/secret"
	"go.uber.org/goleak"
)

// askVariable makes this test binary, on a terminal of its own, a program that asks
// for two passwords and prints them on standard output.
const askVariable = "GWTLS_TEST_ASK"

func TestMain(m *testing.M) {
	if os.Getenv(askVariable) == "" {
		goleak.VerifyTestMain(m)
	}
	ask := secret.Terminal(os.Stdin, os.Stderr)
	if ask == nil {
		fmt.Println("no terminal")
		os.Exit(0)
	}
	for _, label := range []string{"Password of keystore.p12", "Once more"} {
		password, err := ask(label)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Printf("%q\n", password.Reveal())
	}
	os.Exit(0)
}
