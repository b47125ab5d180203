package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
	if err != nil {
		var seconds float64
		seconds, err = strconv.ParseFloat(text, 64)
		if math.IsNaN(seconds) || math.Abs(seconds) > longest.Seconds() {
			err = errors.New("out of range")
		}
		t = time.Duration(seconds * float64(time.Second))
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
