// Package secret is where a password comes from, and what keeps it unseen.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Value is a password. Every way of printing it prints a placeholder; only
// [Value.Reveal] gives the bytes away, so that each use can be found by name.
// The zero Value is 'no password known', which is not the empty password.
type Value struct {
	// A pointer, since fmt does not call Format for a Value in an unexported field;
	// and to a string, as what a pointer to bytes leads to fmt prints for %s there.
	password *string
}

// New makes a Value of a password; it keeps a copy.
func New(password []byte) Value {
	s := string(password)
	return Value{&s}
}

// Known says whether there is a password at all, were it an empty one.
func (v Value) Known() bool { return v.password != nil }

// Reveal gives the password, nil where none is known.
func (v Value) Reveal() []byte {
	if v.password == nil {
		return nil
	}
	return []byte(*v.password)
}

// Format is used by fmt for every verb; a String method would not cover %d.
func (Value) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue redacts for log/slog.
func (Value) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts for encoding/json and its like.
func (Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }
