// Command zlint says which of zlint's rules each certificate on standard input breaks:
// PEM in; out, one JSON array of rule names for each certificate. It is an oracle for
// tests of the lints under a public root and is part of no program.
package main

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"os"
	"sort"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

func main() {
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	out := json.NewEncoder(os.Stdout)
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			return
		}
		data = rest
		broken := []string{}
		if c, err := x509.ParseCertificate(block.Bytes); err != nil {
			broken = append(broken, "cannot be parsed: "+err.Error())
		} else {
			for name, r := range zlint.LintCertificate(c).Results {
				if r.Status == lint.Error || r.Status == lint.Fatal || r.Status == lint.Warn {
					broken = append(broken, name)
				}
			}
		}
		sort.Strings(broken)
		if err := out.Encode(broken); err != nil {
			log.Fatal(err)
		}
	}
}
