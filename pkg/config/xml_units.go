package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// conversion makes a value of gateway.yaml of a text of gateway-config.xml.
type conversion func(text string) (string, error)

// sizeOf takes bytes, with k, kB, M and MB being powers of 1024.
func sizeOf(text string) (string, error) {
	var s Size
	err := s.parse(text)
	if err == nil && s == 0 {
		err = errors.New("0 is not for this")
	}
	return text, err
}

var rateUnits = map[string]int64{"": 1, "B/s": 1, "kB/s": 1000, "KiB/s": 1 << 10, "MB/s": 1000 * 1000, "MiB/s": 1 << 20}

// rateOf takes bytes a second, where kB/s and MB/s are powers of 1000.
func rateOf(text string) (string, error) {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	n, err := strconv.ParseInt(text[:digits], 10, 32)
	unit, known := rateUnits[text[digits:]]
	if err != nil || !known {
		return "", fmt.Errorf("%s is no rate", quote(text))
	}
	return strconv.FormatInt(n*unit, 10), nil
}

var interval = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)$`)

// intervalUnits are those of times, as Go writes them; and those that Go has no word
// for, in seconds.
var (
	intervalUnits = map[string]string{
		"": "s", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
		"ms": "ms", "milli": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms",
		"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
		"h": "h", "hour": "h", "hours": "h",
	}
	longUnits = map[string]float64{
		"d": 86400, "day": 86400, "days": 86400,
		"w": 7 * 86400, "week": 7 * 86400, "weeks": 7 * 86400,
		"y": 365 * 86400, "year": 365 * 86400, "years": 365 * 86400,
	}
)

// timeOf takes a number of any unit down to milliseconds; a bare one is seconds.
func timeOf(text string) (string, error) {
	m := interval.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("%s is no time", quote(text))
	}
	unit := strings.ToLower(m[2])
	out := m[1] + intervalUnits[unit]
	if seconds, long := longUnits[unit]; long {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return "", err
		}
		out = strconv.FormatFloat(n*seconds, 'f', -1, 64) + "s"
	} else if intervalUnits[unit] == "" {
		return "", fmt.Errorf("%s is no time", quote(text))
	}
	_, err := parseDuration(out)
	return out, err
}

// waitOf takes a time that has to be more than 0.
func waitOf(text string) (string, error) {
	out, err := timeOf(text)
	if d, _ := parseDuration(out); err == nil && d == 0 {
		err = errors.New("0 is not for this")
	}
	return out, err
}

func countOf(text string) (string, error) {
	_, err := parseCount(text)
	return text, err
}

// switchOf takes enabled or disabled.
func switchOf(text string) (string, error) {
	switch strings.ToLower(text) {
	case "enabled":
		return "true", nil
	case "disabled":
		return "false", nil
	}
	return "", fmt.Errorf("%s is neither enabled nor disabled", quote(text))
}

// wordOf takes one of some words.
func wordOf(words ...string) conversion {
	return func(text string) (string, error) {
		text = strings.ToLower(text)
		return text, oneWord(text, words)
	}
}

// cacheControl makes a Cache-Control header of directives whose times have units. What
// counts from a file's last change (m+) has no equal, and is dropped.
func cacheControl(text string) (header string, dropped []string) {
	var kept []string
	for directive := range strings.SplitSeq(text, ",") {
		directive = strings.TrimSpace(directive)
		name, value, valued := strings.Cut(directive, "=")
		value = strings.TrimSpace(value)
		switch {
		case directive == "":
		case !valued:
			kept = append(kept, directive)
		default:
			out, err := timeOf(value)
			d, _ := parseDuration(out)
			if err != nil {
				dropped = append(dropped, directive)
				continue
			}
			kept = append(kept, strings.TrimSpace(name)+"="+strconv.FormatInt(int64(d/time.Second), 10))
		}
	}
	return strings.Join(kept, ", "), dropped
}
