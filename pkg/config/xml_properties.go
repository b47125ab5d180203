package config

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// property is a value that others refer to as ${name}.
type property struct {
	at          *element
	name, value string
}

const maxExpanded = 4 << 10 // of a text; nothing longer is of use in a configuration

var reference = regexp.MustCompile(`\$\{([^{}]*)\}`)

// readProperties takes the properties, and writes all references in the way of gateway.yaml.
func (im *importer) readProperties() {
	var named []*element
	for _, group := range im.root.takeAll("properties") {
		named = append(named, group.takeAll("property")...)
	}
	defined := map[string]bool{}
	for _, e := range named {
		defined[childText(e, "name")] = true
	}
	im.root.each(func(e *element) {
		e.text = reference.ReplaceAllStringFunc(e.text, func(ref string) string {
			return "${" + im.refer(e, ref[2:len(ref)-1], defined) + "}"
		})
	})
	for _, e := range named {
		im.addProperty(property{at: e, name: propertyName(e.takeText("name")), value: e.takeText("value")})
	}
}

func childText(e *element, name string) string {
	for _, child := range e.children {
		if child.name == name {
			return child.text
		}
	}
	return ""
}

// addProperty keeps the last of a name, as the old gateway does.
func (im *importer) addProperty(p property) {
	if p.name == "" {
		im.warn(p.at, "dropped", "", "a property without a name")
		return
	}
	if _, again := im.values[p.name]; again {
		i := slices.IndexFunc(im.properties, func(other property) bool { return other.name == p.name })
		im.warn(im.properties[i].at, "dropped", "", "property %s is given again in line %d, which counts", p.name, p.at.line)
		im.properties = slices.Delete(im.properties, i, i+1)
	}
	im.properties = append(im.properties, p)
	im.values[p.name] = im.expand(p.value)
}

// propertyName is a name without what ${} cannot hold.
func propertyName(name string) string {
	return strings.NewReplacer(" ", "_", ":", "_", "$", "_", "{", "_", "}", "_").Replace(name)
}

// refer is what gateway.yaml says instead of a reference to a property.
func (im *importer) refer(e *element, name string, defined map[string]bool) string {
	base, fallback, hasFallback := strings.Cut(name, ":")
	switch {
	case defined[name]:
		return propertyName(name)
	case strings.HasPrefix(name, "cloud."):
		variable := strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
		im.remarkOf(e, "have what starts the gateway set "+variable, "${%s} is asked of no cloud: it comes from the environment, as %s", name, variable)
		return variable
	case name == "hostname":
		im.remarkOf(e, "have what starts the gateway set HOSTNAME", "${hostname} comes from the environment, as HOSTNAME")
		return "HOSTNAME"
	case hasFallback:
		return propertyName(base) + ":-" + fallback
	}
	im.remarkOf(e, "give it a value under properties", "${%s} is no property of this file: it comes from the environment", name)
	return propertyName(name)
}

// remarkOf is about what an element says, and leaves it to be carried over.
func (im *importer) remarkOf(e *element, fix, format string, args ...any) {
	told := e.told
	im.warn(e, "changed", fix, format, args...)
	e.told = told
}

// expand is a text with the properties filled in, as far as they are known here.
func (im *importer) expand(text string) string {
	if len(text) > maxExpanded {
		return text
	}
	out := reference.ReplaceAllStringFunc(text, func(ref string) string {
		name, fallback, hasFallback := strings.Cut(ref[2:len(ref)-1], ":-")
		if value, ok := im.values[name]; ok {
			return value
		}
		if im.Getenv != nil && im.Getenv(name) != "" {
			return im.Getenv(name)
		}
		if hasFallback {
			return fallback
		}
		return ref
	})
	if len(out) > maxExpanded {
		return text
	}
	return out
}

var secretName = regexp.MustCompile(`(?i)secret|passw|credential|token|access.?key|private`)

// usedProperties are those that the result refers to, and those that nothing did from
// the start. What only dropped elements used, which may be keys of accounts, stays behind.
func (im *importer) usedProperties() *yaml.Node {
	used := references(im.result)
	for _, p := range slices.Backward(im.properties) { // a property refers to those above it
		if used[p.name] {
			addReferences(used, p.value)
		}
	}
	before := map[string]bool{}
	im.root.each(func(e *element) { addReferences(before, e.text) })
	table := newTable()
	for _, p := range im.properties {
		switch {
		case used[p.name]:
			put(table, p.name, text(p.value))
		case before[p.name]:
			im.info(p.at, "dropped", "", "property %s was for what is not carried over", p.name)
		case secretName.MatchString(p.name):
			im.warn(p.at, "dropped", "", "property %s is used by nothing, and may be a secret", p.name)
		default:
			put(table, p.name, text(p.value))
		}
	}
	return table
}

// references are the names that the values of a document refer to.
func references(n *yaml.Node) map[string]bool {
	names := map[string]bool{}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		addReferences(names, n.Value)
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(n)
	return names
}

func addReferences(names map[string]bool, text string) {
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		name, _, _ := strings.Cut(m[1], ":-")
		names[name] = true
	}
}
