package trust

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"strings"
	"text/template"

	"github.com/gwtls/gwtls/templates"
)

// text fills in a template of templates/trust.
func (b *Bundle) text(name string) ([]byte, error) { return b.textWith(name, nil) }

// textWith fills in a template that needs to know more of its client. What is put into
// a script is a file name or a nickname, made of harmless characters, or goes through a
// quoting function.
func (b *Bundle) textWith(name string, more any) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"join":       strings.Join,
		"quote":      quoteShell,
		"argument":   quoteArgument,
		"option":     quoteOption,
		"javaString": escapeJava,
		"indent":     indent,
		"resource":   resourceName,
		"base64":     base64.StdEncoding.EncodeToString,
		"xml":        escapeXML,
	}).ParseFS(templates.Trust, "trust/shared.tmpl", "trust/"+name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, page{b, b.password(), b.Anchors[0].Host, more})
	return out.Bytes(), err
}

// page is what templates see.
type page struct {
	*Bundle
	Password string
	Host     string // of the first anchor
	More     any
}

// texts fills in the templates CLIENT-FILE as FILE.
func (b *Bundle) texts(client string, names ...string) ([]File, error) {
	var files []File
	for _, name := range names {
		data, err := b.text(client + "-" + name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{name, data})
	}
	return files, nil
}

// pemAnd makes NAME.pem, which holds all anchors, and the texts of a client.
func pemAnd(client string, names ...string) func(*Bundle) ([]File, error) {
	return func(b *Bundle) ([]File, error) {
		files, err := b.texts(client, names...)
		return append([]File{{b.Name() + ".pem", b.PEM()}}, files...), err
	}
}

// quoteShell makes a text one word of a POSIX shell.
func quoteShell(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var backslashes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// quoteArgument makes a text part of one argument in an @argfile of Java.
func quoteArgument(s string) string {
	if strings.ContainsAny(s, " '\"\\#") {
		return `"` + backslashes.Replace(s) + `"`
	}
	return s
}

// quoteOption makes a text part of one option in JAVA_TOOL_OPTIONS, which knows both
// quotes and no backslash.
func quoteOption(s string) string {
	if strings.ContainsAny(s, " '\"") {
		return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
	}
	return s
}

// escapeJava makes a text what stands between the quotes of a Java string.
func escapeJava(s string) string { return backslashes.Replace(s) }

// indent puts spaces before each line, as YAML wants a text.
func indent(n int, text []byte) string {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	return strings.Repeat(" ", n) + strings.Join(lines, "\n"+strings.Repeat(" ", n))
}

// resourceName makes a file name one that Kubernetes takes for an object (RFC 1123).
func resourceName(name string) string {
	return strings.Trim(strings.ReplaceAll(name, "_", "-"), "-.")
}

// escapeXML makes a text what stands between two tags.
func escapeXML(s string) (string, error) {
	var out strings.Builder
	err := xml.EscapeText(&out, []byte(s))
	return out.String(), err
}
