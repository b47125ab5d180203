package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// expand replaces ${NAME} and ${NAME:-default} by properties of the file, else
// the environment. A property may use those above it. What is put in is not
// expanded again.
func (d *decoder) expand(text string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		reference, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", errors.New("${ without its }")
		}
		value, err := d.lookUp(reference)
		if err != nil {
			return "", err
		}
		if d.room -= len(value); d.room < 0 {
			return "", errors.New("the file is too long once its ${} are filled in")
		}
		out.WriteString(value)
		text = after
	}
}

func (d *decoder) lookUp(reference string) (string, error) {
	name, fallback, hasFallback := strings.Cut(reference, ":-")
	if name == "" || strings.ContainsAny(name, " \t\n:${") {
		return "", fmt.Errorf("%s is no name of a property", quote(name))
	}
	if value, ok := d.config.Properties[name]; ok {
		return value, nil
	}
	if d.getenv != nil {
		if value := d.getenv(name); value != "" {
			return value, nil
		}
	}
	if hasFallback {
		return fallback, nil
	}
	return "", fmt.Errorf("${%s} is neither a property nor in the environment%s", name, didYouMean(name, slices.Sorted(maps.Keys(d.config.Properties))))
}
