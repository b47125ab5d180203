package config

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

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
