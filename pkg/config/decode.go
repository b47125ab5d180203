package config

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

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
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // as if the key were not there
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
		d.preset(v)
	}
	if p, ok := v.Addr().Interface().(located); ok {
		defer func() { p.relativeTo(d.dir) }()
	}
	switch _, short := v.Addr().Interface().(scalar); {
	case v.Kind() == reflect.Struct && !(short && n.Kind == yaml.ScalarNode):
		d.mapping(path, n, v)
	case v.Kind() == reflect.Slice:
		d.list(path, n, v)
	case v.Kind() == reflect.Map:
		d.table(path, n, v)
	default:
		d.scalar(path, n, v)
	}
}

func (d *decoder) preset(v reflect.Value) {
	if p, ok := v.Addr().Interface().(presetter); ok {
		p.preset()
	}
}

// mapping reads keys that are known, in the order of the fields: what the
// others refer to, properties and defaults, comes first.
func (d *decoder) mapping(path string, n *yaml.Node, v reflect.Value) {
	pairs, ok := d.pairs(path, n)
	if !ok {
		return
	}
	var known []string
	for field, fv := range v.Fields() {
		key := field.Tag.Get("yaml")
		if key == "" {
			continue
		}
		known = append(known, key)
		if p, ok := pairs[key]; ok {
			delete(pairs, key)
			d.field(dot(path, key), p.value, fv)
		}
	}
	for _, key := range inOrder(pairs) {
		d.fault(pairs[key].key, "unknown key %s%s%s", quote(key), within(path), didYouMean(key, known))
	}
}

// field reads the value of a key, and keeps the defaults at hand for the services.
func (d *decoder) field(path string, n *yaml.Node, v reflect.Value) {
	d.value(path, n, v)
	if path == "defaults" {
		d.defaults = n
	}
}

type pair struct{ key, value *yaml.Node }

// inOrder are the keys of pairs as the file has them.
func inOrder(pairs map[string]pair) []string {
	return slices.SortedFunc(maps.Keys(pairs), func(a, b string) int {
		return cmp.Or(pairs[a].key.Line-pairs[b].key.Line, pairs[a].key.Column-pairs[b].key.Column)
	})
}

// pairs are the keys and values of a mapping, with those of a merge (<<) where it
// does not name them itself.
func (d *decoder) pairs(path string, n *yaml.Node) (map[string]pair, bool) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, "%s wants keys and values, not %s", what(path), kind(n))
		return nil, false
	}
	pairs := map[string]pair{}
	var merged []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode:
			d.fault(k, "a key has to be a word, not %s", kind(k))
		case k.Tag == "!!merge":
			merged = append(merged, pair{k, val})
		case pairs[k.Value].key != nil:
			d.fault(k, "%s is named twice, in line %d too", quote(k.Value), pairs[k.Value].key.Line)
		default:
			pairs[k.Value] = pair{k, val}
		}
	}
	for _, m := range merged {
		d.merge(path, m.value, pairs)
	}
	return pairs, true
}

func (d *decoder) merge(path string, from *yaml.Node, into map[string]pair) {
	if from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > maxMerges {
		d.fault(from, "merged too deep: more than %d levels", maxMerges)
		return
	}
	if d.left -= 1 + len(from.Content); d.left < 0 {
		return
	}
	if from.Kind == yaml.SequenceNode {
		for _, one := range from.Content {
			d.merge(path, one, into)
		}
		return
	}
	pairs, _ := d.pairs(path, from)
	for key, p := range pairs {
		if _, named := into[key]; !named {
			into[key] = p
		}
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
		if one.Kind == yaml.ScalarNode && one.Tag == "!!null" {
			d.fault(one, "%s is empty", what(at))
			continue
		}
		d.preset(item)
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
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(dot(path, key), pairs[key].value, item)
		v.SetMapIndex(reflect.ValueOf(key), item)
	}
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	pathType     = reflect.TypeFor[Path]()
)

func (d *decoder) scalar(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.fault(n, "%s wants a single value, not %s", what(path), kind(n))
		return
	}
	if !strings.HasPrefix(n.Tag, "!!") || n.Tag == "!!binary" {
		d.fault(n, "the tag %s means nothing here", n.Tag)
		return
	}
	text, err := d.expand(n.Value)
	if err == nil {
		d.config.named[path] = mention{n.Line, n.Column, text}
		err = d.scan(text, v)
	}
	if err != nil {
		d.fault(n, "%s: %v", what(path), err)
	}
}

// scan reads text into a value of one of the scalar types.
func (d *decoder) scan(text string, v reflect.Value) error {
	switch p := v.Addr().Interface().(type) {
	case scalar:
		return p.parse(text)
	case choice:
		err := oneWord(text, p.words())
		if err == nil {
			v.SetString(text)
		}
		return err
	}
	var err error
	switch {
	case v.Type() == durationType:
		var t time.Duration
		t, err = parseDuration(text)
		v.SetInt(int64(t))
	case v.Type() == pathType:
		v.SetString(relative(d.dir, text))
	case v.Kind() == reflect.Bool:
		if text != "true" && text != "false" {
			return fmt.Errorf("%s is neither true nor false", quote(text))
		}
		v.SetBool(text == "true")
	case v.Kind() == reflect.Int:
		var n int
		n, err = parseCount(text)
		v.SetInt(int64(n))
	default:
		v.SetString(text)
	}
	return err
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
