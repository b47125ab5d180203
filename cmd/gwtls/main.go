// Command gwtls makes, keeps and proves certificates, and is the gateway that uses them.
package main

import (
	"os"

	"github.com/gwtls/gwtls/cmd"
)

func main() {
	os.Exit(cmd.Main(cmd.OSEnv(), os.Args[1:]))
}
