package config

import "slices"

// shapes are what has to hold at a path beyond the types, as far as a schema can say it.
var shapes = map[string]object{
	"":                          {"required": []string{"services"}},
	"services":                  {"minItems": 1},
	"services[]":                {"required": []string{"name", "type", "accept"}, "allOf": byType()},
	"services[].accept":         {"minItems": 1},
	"services[].bind":           {"propertyNames": pattern(`^(` + anyCase(append(schemes, "ssl")) + `)$`)},
	"services[].mime":           {"propertyNames": pattern(`^\.`)},
	"services[].directory":      {"required": []string{"root"}},
	"services[].redirect":       {"required": []string{"to"}},
	"services[].broadcast":      {"required": []string{"from"}},
	"services[].broadcast.from": {"minItems": 1},
	"services[].cross_site[]":   {"required": []string{"allow_origin"}},
}

// needs is the key that a type of service cannot do without.
var needs = map[ServiceType]string{
	TypeProxy: "connect", TypeHTTPProxy: "connect", TypeDirectory: "directory", TypeRedirect: "redirect", TypeBroadcast: "broadcast",
}

// byType says which keys services of each type have to have, and which they may not.
func byType() (list []object) {
	for _, word := range ServiceType("").words() {
		t := ServiceType(word)
		properties := object{}
		for key, types := range owners {
			if !slices.Contains(types, t) {
				properties[key] = false
			}
		}
		then := object{"properties": properties}
		if key := needs[t]; key != "" {
			properties[key] = object{"not": object{"enum": []any{nil, []any{}}}}
			then["required"] = []string{key}
		}
		list = append(list, object{
			"if":   object{"properties": object{"type": object{"const": word}}, "required": []string{"type"}},
			"then": then,
		})
	}
	return list
}
