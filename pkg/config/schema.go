package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
)

// object is a JSON object of a schema.
type object = map[string]any

// Schema is the JSON Schema (2020-12) of gateway.yaml, made of the types that it is
// read into. What [Source.Parse] takes, it accepts; it cannot see what only holds
// between several values, nor what ${} will become.
func Schema() ([]byte, error) {
	c := &Config{}
	c.preset()
	root := schemaOf("", reflect.ValueOf(c).Elem())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "gateway.yaml"
	root["description"] = "the configuration of gwtls serve"
	root["$defs"] = definitions()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(root)
	return b.Bytes(), err
}

// schemaOf is the schema of what may stand at a path ([] and {} being any element of
// a list and any value of a map). The value has its presets, which are the defaults.
func schemaOf(path string, v reflect.Value) object {
	if v.Kind() == reflect.Pointer {
		v = reflect.New(v.Type().Elem()).Elem()
	}
	preset(v)
	_, short := v.Addr().Interface().(scalar)
	switch {
	case keyed(v.Type()) && short:
		return object{"anyOf": []object{scalarSchema(v), mappingSchema(path, v)}}
	case keyed(v.Type()):
		return mappingSchema(path, v)
	case v.Kind() == reflect.Slice:
		return with(object{"type": "array", "items": schemaOf(path+"[]", elementOf(v))}, shapes[path])
	case v.Kind() == reflect.Map:
		return with(object{"type": "object", "additionalProperties": orNull(schemaOf(path+"{}", elementOf(v)))}, shapes[path])
	}
	return scalarSchema(v)
}

// defaultOf is what holds where a key is not there; nil where its description says it.
func defaultOf(v reflect.Value) (value any) {
	if keyed(v.Type()) || slices.Contains([]reflect.Kind{reflect.Slice, reflect.Map, reflect.Pointer}, v.Kind()) {
		return nil
	}
	n := word(v)
	if n == nil || n.Decode(&value) != nil {
		return nil
	}
	return value
}

// elementOf is a new element of a list, or value of a map.
func elementOf(v reflect.Value) reflect.Value {
	return reflect.New(v.Type().Elem()).Elem()
}

func mappingSchema(path string, v reflect.Value) object {
	properties := object{}
	required, _ := shapes[path]["required"].([]string)
	for field, fv := range v.Fields() {
		key := field.Tag.Get("yaml")
		if key == "" {
			continue
		}
		at := dot(path, key)
		one := schemaOf(at, fv)
		if !slices.Contains(required, key) {
			one = orNull(one)
		}
		if says := meanings[meaningOf(at)]; says != "" {
			one["description"] = says
		}
		if fallback := defaultOf(fv); fallback != nil {
			one["default"] = fallback
		}
		properties[key] = one
	}
	return with(object{"type": "object", "properties": properties, "additionalProperties": false}, shapes[path])
}

// orNull lets a key stand without a value, as if it were not there.
func orNull(s object) object {
	return object{"anyOf": []object{s, {"type": "null"}}}
}

// with adds to a schema what the types do not say.
func with(s, more object) object {
	for key, value := range more {
		s[key] = value
	}
	return s
}
