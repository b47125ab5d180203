package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a file, and where.
type Fault struct {
	File         string
	Line, Column int // from 1; 0 for what was not in a file
	What         string
}

func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.What
	}
	return f.Where() + ": " + f.What
}

// Where is the place of the fault as editors take it, FILE:LINE:COLUMN.
func (f *Fault) Where() string {
	return fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
}

// Fault makes a fault of what is wrong at a path, or at the nearest one around it
// that the file names.
func (c *Config) Fault(path, format string, args ...any) *Fault {
	m, named := c.named[path]
	for !named && path != "" {
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
		m, named = c.named[path]
	}
	return &Fault{c.file, m.line, m.column, fmt.Sprintf(format, args...)}
}

// Faults gives the faults that an error of this package holds, in the order of
// the file.
func Faults(err error) []*Fault {
	if f, ok := errors.AsType[*Fault](err); ok && f == err {
		return []*Fault{f}
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var all []*Fault
	for _, e := range joined.Unwrap() {
		all = append(all, Faults(e)...)
	}
	return all
}

// join makes one error of faults in the order of the file. What is said of a
// default is said of each service that has it; once is enough.
func join(faults []*Fault) error {
	slices.SortStableFunc(faults, func(a, b *Fault) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	faults = slices.CompactFunc(faults, func(a, b *Fault) bool { return *a == *b })
	errs := make([]error, len(faults))
	for i, f := range faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}
