package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mention is where a file names a key, and what it says there.
type mention struct {
	line, column int
	text         string // of a scalar, expanded; "[]" of an empty list
}

// What a type may bring to be read in its own way.
type (
	presetter interface{ preset() }               // gets the values that hold where the file is silent
	scalar    interface{ parse(string) error }    // reads itself from text
	choice    interface{ words() []string }       // is one of these words
	located   interface{ relativeTo(dir string) } // holds paths
)

// decoder fills Config from YAML nodes, by the yaml tags of its fields, and
// notes each fault and goes on.
type decoder struct {
	config   *Config
	dir      string
	getenv   func(string) string
	defaults *yaml.Node // the file's defaults: a service's options start from them
	left     int        // values that may still come, by aliases or otherwise
	room     int        // bytes that ${} may still put in
	depth    int        // of merges in merges
	faults   []*Fault
}

func (d *decoder) fault(n *yaml.Node, format string, args ...any) {
	d.faults = append(d.faults, &Fault{d.config.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// document reads the root node; where there is more in it than any configuration
// has, only that is said.
func (d *decoder) document(root *yaml.Node) {
	d.left, d.room = maxValues, maxBytes
	d.config.preset()
	d.value("", root, reflect.ValueOf(d.config).Elem())
	if d.left < 0 {
		d.faults = nil
		d.fault(root, "too many values: more than %d", maxValues)
	}
}

// value reads the node of a path into v.
func (d *decoder) value(path string, n *yaml.Node, v reflect.Value) {
	if d.left--; d.left < 0 {
		return
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	d.config.named[path] = mention{line: n.Line, column: n.Column}
	if isNull(n) {
		return // as if the key were not there
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
		preset(v)
	}
	if p, ok := v.Addr().Interface().(located); ok {
		defer func() { p.relativeTo(d.dir) }()
	}
	switch _, short := v.Addr().Interface().(scalar); {
	case keyed(v.Type()) && !(short && n.Kind == yaml.ScalarNode):
		d.mapping(path, n, v)
	case v.Kind() == reflect.Slice:
		d.list(path, n, v)
	case v.Kind() == reflect.Map:
		d.table(path, n, v)
	default:
		d.scalar(path, n, v)
	}
}

// isNull says whether a node, or what it is an alias of, says nothing.
func isNull(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// keyed says whether values of a type are written as keys and values.
func keyed(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for field := range t.Fields() {
		if field.Tag.Get("yaml") != "" {
			return true
		}
	}
	return false
}

func preset(v reflect.Value) {
	if p, ok := v.Addr().Interface().(presetter); ok {
		p.preset()
	}
}

func (d *decoder) list(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		d.fault(n, "%s wants a list, as in [a, b], not %s", what(path), kind(n))
		return
	}
	if len(n.Content) == 0 {
		d.config.named[path] = mention{n.Line, n.Column, "[]"}
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, one := range n.Content {
		at, item := path+"["+strconv.Itoa(i)+"]", list.Index(i)
		if isNull(one) {
			d.fault(one, "%s is empty", what(at))
			continue
		}
		preset(item)
		if s, ok := item.Addr().Interface().(*Service); ok {
			s.path = at
			d.fromDefaults(at, item)
		}
		d.value(at, one, item)
	}
	v.Set(list)
}

// fromDefaults reads the file's defaults into a service, which has the same keys.
func (d *decoder) fromDefaults(path string, service reflect.Value) {
	if d.defaults == nil {
		return
	}
	faults := len(d.faults)
	d.value(path, d.defaults, service)
	d.faults = d.faults[:faults] // said once already, of the defaults themselves
}

func (d *decoder) table(path string, n *yaml.Node, v reflect.Value) {
	pairs, ok := d.pairs(path, n)
	if !ok {
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(pairs)))
	for _, key := range inOrder(pairs) {
		if isNull(pairs[key].value) {
			continue // as if the key were not there
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(dot(path, key), pairs[key].value, item)
		v.SetMapIndex(reflect.ValueOf(key), item)
	}
}

func dot(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// what names a path in a message: its last words suffice, the line says the rest.
func what(path string) string {
	if path == "" {
		return "the configuration"
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

func within(path string) string {
	if path == "" {
		return ""
	}
	return " in " + what(path)
}

func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	return "a single value"
}

// quote shows a text of the file, no longer than a line can bear.
func quote(text string) string {
	if len(text) > 80 {
		text = text[:80] + "..."
	}
	return strconv.Quote(text)
}
