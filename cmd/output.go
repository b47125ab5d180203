package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/gwtls/gwtls/pkg/home"
)

// print gives the result: v as JSON under --json, else what human writes.
// Warnings join a JSON object under the key "warnings".
func (g *globals) print(v any, human func(w io.Writer)) error {
	var b bytes.Buffer
	if g.json {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			return err
		}
		if text := b.Bytes(); len(g.warnings) > 0 && text[0] == '{' {
			list, err := json.Marshal(g.warnings)
			if err != nil {
				return err
			}
			body := bytes.TrimSuffix(text, []byte("}\n"))
			b = *bytes.NewBuffer(slices.Concat(body, []byte(`,"warnings":`), list, []byte("}\n")))
		}
	} else {
		human(&b)
	}
	if _, err := g.env.Out.Write(b.Bytes()); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// note is a remark for the person at the terminal.
func (g *globals) note(format string, args ...any) {
	if !g.quiet && !g.json {
		fmt.Fprintf(g.env.Err, format+"\n", args...)
	}
}

// warn is a remark that is heard under --quiet and --json too, and once.
func (g *globals) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if slices.Contains(g.warnings, text) {
		return
	}
	g.warnings = append(g.warnings, text)
	if g.json {
		return
	}
	fmt.Fprintln(g.env.Err, "warning: "+text)
}

// writeFile writes an -o file, "-" being standard output, and replaces what
// stands only under --force.
func (g *globals) writeFile(path string, data []byte, mode home.Mode) error {
	if path == "-" {
		_, err := g.env.Out.Write(data)
		return err
	}
	return home.WriteFile(path, data, mode, g.force)
}
