// Package report puts figures where they are read: on the screen, in files of text and
// JSON, in a chart, and in docs/performance.md.
package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/chart"
)

// Place is where one comparison's figures go.
type Place struct {
	folder, doc, name string
}

// Flags binds the place to a command line. The name is that of the files and of the
// document's section.
func (p *Place) Flags(fs *flag.FlagSet, name string) {
	p.name = name
	fs.StringVar(&p.folder, "out", ".", "folder for "+name+".txt, .json and .svg")
	fs.StringVar(&p.doc, "doc", "", "document whose section "+name+" is written anew, with its chart beside it")
}

// Figures are one comparison's, in each of their forms.
type Figures struct {
	Text     string
	JSON     any
	Markdown string
	Chart    *chart.Dots
}

// Write prints the text and writes the files.
func (p *Place) Write(f Figures) error {
	fmt.Print("\n", f.Text)
	if err := os.MkdirAll(p.folder, 0o755); err != nil {
		return err
	}
	file := func(ext string) string { return filepath.Join(p.folder, p.name+ext) }
	if err := os.WriteFile(file(".txt"), []byte(f.Text), 0o644); err != nil {
		return err
	}
	b, err := json.MarshalIndent(f.JSON, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file(".json"), append(b, '\n'), 0o644); err != nil {
		return err
	}
	if err := f.Chart.WriteSVG(file(".svg")); err != nil {
		return err
	}
	if p.doc == "" {
		return nil
	}
	return p.document(f)
}

func (p *Place) document(f Figures) error {
	svg := strings.TrimSuffix(p.doc, filepath.Ext(p.doc)) + "-" + p.name + ".svg"
	if err := f.Chart.WriteSVG(svg); err != nil {
		return err
	}
	old, err := os.ReadFile(p.doc)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n![%s](%s)\n", f.Markdown, f.Chart.Title, filepath.Base(svg))
	fresh, err := replaceSection(old, p.name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", p.doc, err)
	}
	return os.WriteFile(p.doc, fresh, 0o644)
}

// replaceSection puts a text between the comments that mark a section.
func replaceSection(doc []byte, name, text string) ([]byte, error) {
	begin, end := fmt.Appendf(nil, "<!-- figures: %s -->\n", name), []byte("<!-- end of figures -->")
	before, rest, ok := bytes.Cut(doc, begin)
	if !ok {
		return nil, fmt.Errorf("no line %q", bytes.TrimSpace(begin))
	}
	i := bytes.Index(rest, end)
	if i < 0 {
		return nil, fmt.Errorf("no line %q after %q", end, bytes.TrimSpace(begin))
	}
	return bytes.Join([][]byte{before, begin, []byte(text), rest[i:]}, nil), nil
}

// Machine describes where figures were taken, without naming it.
type Machine struct {
	When  string `json:"when"`
	Cores int    `json:"cores"`
	Arch  string `json:"arch"`
	OS    string `json:"os"`
	Go    string `json:"go"`
	Load  string `json:"load"` // the average of the minute before
}

// ThisMachine describes the one that this runs on.
func ThisMachine() Machine {
	release, _ := os.ReadFile("/etc/os-release")
	load, _ := os.ReadFile("/proc/loadavg")
	minute, _, _ := strings.Cut(string(load), " ")
	return Machine{
		Load:  minute,
		When:  time.Now().UTC().Format(time.DateOnly),
		Cores: runtime.NumCPU(), Arch: runtime.GOARCH, OS: osName(string(release)), Go: runtime.Version(),
	}
}

// osName reads os-release(5).
func osName(release string) string {
	for line := range strings.Lines(release) {
		if v, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
			return strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	return runtime.GOOS
}

func (m Machine) String() string {
	cores := "cores"
	if m.Cores == 1 {
		cores = "core"
	}
	return fmt.Sprintf("%s; %d %s, %s, %s, %s; load %s when it began", m.When, m.Cores, cores, m.Arch, m.OS, m.Go, m.Load)
}
