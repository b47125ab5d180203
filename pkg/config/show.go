package config

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML is the configuration as a gateway.yaml that means the same, its defaults
// filled in and each ${} replaced. What this version does not carry out is in it only
// where the file names it. Passwords are not: a configuration knows where they are.
func (c *Config) YAML() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(c.tree()); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// MarshalJSON is what YAML is, as JSON.
func (c *Config) MarshalJSON() ([]byte, error) {
	var v any
	if err := c.tree().Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func (c *Config) tree() *yaml.Node {
	return c.show("", reflect.ValueOf(c).Elem())
}

// show makes a node of the value at a path; nil where there is nothing to say.
func (c *Config) show(path string, v reflect.Value) *yaml.Node {
	if path == "properties" || path == "defaults" { // used up
		return nil
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if !keyed(v.Type()) && v.Kind() != reflect.Slice && v.Kind() != reflect.Map {
		n := word(v)
		if n == nil || c.withheld(path, n.Value) {
			return nil
		}
		return n
	}
	switch {
	case c.withheld(path, ""):
		return nil
	case v.Kind() == reflect.Slice:
		return c.showList(path, v)
	case v.Kind() == reflect.Map:
		return c.showTable(path, v)
	}
	return c.showMapping(path, v)
}

// withheld says whether to show a default would promise what is not carried out.
func (c *Config) withheld(path, text string) bool {
	harmless, refused := unsupported[index.ReplaceAllString(path, "[]")]
	_, named := c.named[path]
	return refused && !named && !slices.Contains(harmless, text)
}

func (c *Config) showMapping(path string, v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	service, _ := v.Addr().Interface().(*Service)
	for field, fv := range v.Fields() {
		key := field.Tag.Get("yaml")
		if key == "" || service != nil && !service.takes(key) {
			continue
		}
		put(n, key, c.show(dot(path, key), fv))
	}
	return orNothing(n)
}

// takes says whether a key means anything for services of its type.
func (s *Service) takes(key string) bool {
	if key == "connect_options" {
		key = "connect"
	}
	types, owned := owners[key]
	return !owned || slices.Contains(types, s.Type)
}

func (c *Config) showList(path string, v reflect.Value) *yaml.Node {
	if list, ok := v.Interface().([]Protocol); ok && len(list) == 0 {
		lowest, highest := Versions(list)
		v = reflect.ValueOf([]Protocol{Protocol(lowest), Protocol(highest)})
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		item := c.show(path+"["+strconv.Itoa(i)+"]", v.Index(i))
		if item == nil {
			continue
		}
		if item.Kind == yaml.ScalarNode {
			n.Style = yaml.FlowStyle
		}
		n.Content = append(n.Content, item)
	}
	return orNothing(n)
}

func (c *Config) showTable(path string, v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	keys := slices.SortedFunc(maps.Keys(byKey(v)), strings.Compare)
	for _, key := range keys {
		put(n, key, c.show(dot(path, key), byKey(v)[key]))
	}
	return orNothing(n)
}

// byKey gives the values of a map in copies that methods can be called of.
func byKey(v reflect.Value) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for key, item := range v.Seq2() {
		held := reflect.New(item.Type()).Elem()
		held.Set(item)
		all[key.String()] = held
	}
	return all
}

func put(n *yaml.Node, key string, value *yaml.Node) {
	if value == nil {
		return
	}
	var k yaml.Node
	k.SetString(key)
	n.Content = append(n.Content, &k, value)
}

func orNothing(n *yaml.Node) *yaml.Node {
	if len(n.Content) == 0 {
		return nil
	}
	return n
}
