package config

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// newTable is a mapping without keys yet.
func newTable() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

// text is the node of a single value, without quotes where YAML needs none.
func text(value string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(value)
	if plainValue(value) {
		n.Tag, n.Style = "", 0
	}
	return n
}

// plainValue says whether a value is a number or a truth, which the configuration
// reads the same with quotes and without.
func plainValue(value string) bool {
	return value == "true" || value == "false" || value != "" && len(value) < 16 && strings.Trim(value, "0123456789") == "" && (value == "0" || value[0] != '0')
}

// list is a sequence of single values on one line.
func list(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, value := range values {
		n.Content = append(n.Content, text(value))
	}
	return n
}

// get is the value of a key; nil where there is none.
func get(table *yaml.Node, key string) *yaml.Node {
	for i := 0; table != nil && i+1 < len(table.Content); i += 2 {
		if table.Content[i].Value == key {
			return table.Content[i+1]
		}
	}
	return nil
}

// set puts a value at a path of keys, in the place of another or at the end.
func set(table *yaml.Node, path string, value *yaml.Node) {
	key, rest, nested := strings.Cut(path, ".")
	if nested {
		inner := get(table, key)
		if inner == nil {
			inner = newTable()
			put(table, key, inner)
		}
		set(inner, rest, value)
		return
	}
	for i := 0; i+1 < len(table.Content); i += 2 {
		if table.Content[i].Value == key {
			table.Content[i+1] = value
			return
		}
	}
	put(table, key, value)
}

// inherit gives a table the keys of another that it does not have itself.
func inherit(table, from *yaml.Node, keys ...string) {
	for _, key := range keys {
		if value := get(from, key); value != nil && get(table, key) == nil {
			put(table, key, copyOf(value))
		}
	}
}

// copyOf is a node of its own that says the same.
func copyOf(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, one := range n.Content {
		c.Content[i] = copyOf(one)
	}
	return &c
}

// encode writes a document with a comment above it.
func encode(root *yaml.Node, comment string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# " + comment + "\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}
