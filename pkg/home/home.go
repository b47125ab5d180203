// Package home is where stores, passwords and configuration live: a directory
// today, shaped so that a cluster's key-value store can take its place. Writes are
// atomic, versioned and, for several names at once, all or nothing.
package home

import (
	"context"
	"errors"
)

// Home holds named blobs.
type Home interface {
	// Read gives the blob of a name; an error that is fs.ErrNotExist where there is none.
	Read(ctx context.Context, name string) (Blob, error)
	// Update runs f, and then makes all that f wrote visible at once or, where f or the
	// write fails, nothing. What f read cannot have been changed by another writer in
	// between: f may be run again, so it must not ask a person or consume a stream.
	Update(ctx context.Context, f func(Tx) error) error
	// Watch tells of changes by any writer until ctx ends, and closes the channel then.
	Watch(ctx context.Context) (<-chan Change, error)
	// Path is how a person finds name: a file path, or a URL.
	Path(name string) string
}

// Tx is what happens together in one Update.
type Tx interface {
	// Read gives a blob as it is for this Update, earlier writes of the same Tx included.
	Read(name string) (Blob, error)
	Write(name string, data []byte, mode Mode)
	Delete(name string)
}

// Blob is the content of a name and its revision.
type Blob struct {
	Data     []byte
	Revision string // opaque; equal for equal versions
}

// Mode says who may read a blob.
type Mode int

const (
	Private Mode = iota // 0600
	Public              // 0644
)

// Change names what another version exists of.
type Change struct{ Names []string }

// ErrConflict says that another writer was faster, again and again.
var ErrConflict = errors.New("changed by another writer at the same time")

// ErrLocation says that what was named can be no home.
var ErrLocation = errors.New("a home is a directory")
