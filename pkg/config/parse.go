package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxBytes  = 1 << 20 // of a file
	maxValues = 100_000 // of a file, what aliases repeat included
	maxMerges = 16      // of mappings in mappings
)

// Source is where the text of a configuration comes from.
type Source struct {
	File   string              // as faults name it; relative paths start from its folder
	Getenv func(string) string // the environment that ${NAME} may name; nil: none
}

// Parse reads a gateway.yaml. Its error holds every fault that was found, for
// [Faults] to list.
func (s Source) Parse(data []byte) (*Config, error) {
	return s.parse(data, (*rules).unsupported)
}

// Draft reads what is to be shown and not served: as Parse does, but what this
// version of the gateway does not carry out may stand.
func (s Source) Draft(data []byte) (*Config, error) {
	return s.parse(data, func(*rules) {})
}

func (s Source) parse(data []byte, unsupported func(*rules)) (*Config, error) {
	root, fault := s.document(data)
	if fault != nil {
		return nil, fault
	}
	c := &Config{file: s.File, named: map[string]mention{}}
	d := &decoder{config: c, dir: filepath.Dir(s.File), getenv: s.Getenv}
	d.document(root)
	if d.left < 0 {
		return nil, join(d.faults)
	}
	r := &rules{config: c, faults: d.faults}
	unsupported(r)
	r.services()
	r.onboarding()
	r.listeners()
	if err := join(r.faults); err != nil {
		return nil, err
	}
	return c, nil
}

// document is the one YAML document of a file.
func (s Source) document(data []byte) (*yaml.Node, error) {
	if len(data) > maxBytes {
		return nil, &Fault{s.File, 1, 1, fmt.Sprintf("too long: more than %d bytes", maxBytes)}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	err := dec.Decode(&first)
	if err == nil {
		err = dec.Decode(&second)
		if err == nil {
			return nil, &Fault{s.File, second.Line, second.Column, "a second document: a configuration is one"}
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, s.syntax(data, err)
	}
	if len(first.Content) == 0 { // nothing but comments
		return &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}, nil
	}
	return first.Content[0], nil
}

var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax makes a fault of an error of the YAML parser, which knows the line and
// not the column.
func (s Source) syntax(data []byte, err error) *Fault {
	what := err.Error()
	line := 1
	if m := syntaxLine.FindStringSubmatch(what); m != nil {
		what = what[len(m[0]):]
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			line = n
		}
	}
	for i, text := range strings.Split(string(data), "\n") {
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && (i+1 == line || i+1 == line+1) {
			return &Fault{s.File, i + 1, tab + 1, "a tab: YAML is indented by spaces alone"}
		}
	}
	return &Fault{s.File, line, 1, what}
}
