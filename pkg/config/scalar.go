package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

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

// Size is a number of bytes.
type Size int64

var sizeUnits = map[string]int64{
	"": 1, "b": 1,
	"k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10,
	"m": 1 << 20, "mb": 1 << 20, "mib": 1 << 20,
	"g": 1 << 30, "gb": 1 << 30, "gib": 1 << 30,
}

func (s *Size) parse(text string) error {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	n, err := strconv.ParseInt(text[:digits], 10, 64)
	unit, known := sizeUnits[strings.ToLower(strings.TrimSpace(text[digits:]))]
	if err != nil || !known {
		return fmt.Errorf("%s is no size: write bytes, or 64kB, 128k, 1MiB", quote(text))
	}
	if n > math.MaxInt64/unit {
		return fmt.Errorf("%s is too large", quote(text))
	}
	*s = Size(n * unit)
	return nil
}

// longest is what a duration may be; longer ones are slips of a unit.
const longest = 10 * 365 * 24 * time.Hour

// parseDuration reads 30s, 5m, 500ms; a bare number is seconds.
func parseDuration(text string) (time.Duration, error) {
	t, err := time.ParseDuration(text)
	if err != nil && strings.Trim(text, "0123456789.") == "" {
		t, err = time.ParseDuration(text + "s")
	}
	if err != nil || t < 0 || t > longest {
		return 0, fmt.Errorf("%s is no duration: write seconds, or 30s, 5m, 500ms", quote(text))
	}
	return t, nil
}

func parseCount(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%s is no whole number from 0", quote(text))
	}
	return int(n), nil
}

func oneWord(text string, words []string) error {
	if !slices.Contains(words, text) {
		return fmt.Errorf("%s is not %s%s", quote(text), oneOf(words), didYouMean(text, words))
	}
	return nil
}
