package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks is how many symbolic links Linux follows.
const maxLinks = 40

// Real is where a location leads, be it there or not yet: the same for all its spellings.
func Real(location string) (string, error) {
	end, _, err := follow(location)
	return end, err
}

// follow tells where a path leads in the end, be there a file or not yet, in
// absolute terms and free of symbolic links. The way is what the end hangs on: the
// links, and the first thing on the path that is not there.
func follow(path string) (end string, way []string, err error) {
	const root = string(filepath.Separator)
	if !filepath.IsAbs(path) {
		wd, err := os.Getwd()
		if err != nil {
			return "", nil, err
		}
		path = wd + root + path // Abs would take '..' behind a link for the folder of the link
	}
	at, rest := root, strings.Split(path, root)
	for len(rest) > 0 {
		next := filepath.Join(at, rest[0]) // at has no link in it, so '..' is what it seems
		rest = rest[1:]
		target, err := os.Readlink(next)
		switch {
		case err == nil && len(way) == maxLinks:
			return "", nil, &fs.PathError{Op: "follow", Path: path, Err: syscall.ELOOP}
		case err == nil:
			way = append(way, next)
			rest = append(strings.Split(target, root), rest...)
			if filepath.IsAbs(target) {
				at = root
			}
		case errors.Is(err, syscall.EINVAL): // no link
			at = next
		case errors.Is(err, fs.ErrNotExist):
			return filepath.Join(append([]string{next}, rest...)...), append(way, next), nil
		default:
			return "", nil, err
		}
	}
	return at, way, nil
}
