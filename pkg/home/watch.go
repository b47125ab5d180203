package home

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// pause is how long a change may go on before it is told of: longer than most
// writers need for a store and its password, and too short for a person to wait on.
const pause = 50 * time.Millisecond

// poll is how often is looked without having been told: for a network file system,
// where the kernel knows nothing of other machines' writes.
var poll = 15 * time.Second

// Watch tells what the files look like from without; a change without effect, of
// the lock or a temporary for instance, is not told.
func (d dir) Watch(ctx context.Context) (<-chan Change, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watcher{dir: d, notify: notify, changes: make(chan Change)}
	if err := w.follow(); err != nil {
		notify.Close()
		return nil, err
	}
	w.seen = d.look()
	go w.run(ctx)
	return w.changes, nil
}

type watcher struct {
	dir     dir
	notify  *fsnotify.Watcher
	changes chan Change
	folder  string          // the home, free of links
	way     map[string]bool // what else the files in it hang on
	seen    map[string]fs.FileInfo
}

func (w *watcher) run(ctx context.Context) {
	defer close(w.changes)
	defer w.notify.Close()
	var settled <-chan time.Time
	slow := time.NewTicker(poll)
	defer slow.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.notify.Events:
			if settled == nil && w.concerns(e.Name) {
				settled = time.After(pause)
			}
			continue
		case <-w.notify.Errors: // events were lost
		case <-slow.C:
		case <-settled:
			settled = nil
		}
		if names := w.changed(ctx); len(names) > 0 {
			select {
			case w.changes <- Change{names}:
			case <-ctx.Done():
				return
			}
		}
	}
}

// concerns leaves out our own files, and what else happens beside what is watched.
func (w *watcher) concerns(path string) bool {
	if filepath.Dir(path) == w.folder {
		return !strings.HasPrefix(filepath.Base(path), own)
	}
	return w.way[path]
}

// changed looks again, after it has made sure that what happens from then on is told.
func (w *watcher) changed(ctx context.Context) []string {
	_ = w.dir.settle(ctx) // whoever reads next is told what is wrong with it
	_ = w.follow()        // what cannot be watched now is polled
	before := w.seen
	w.seen = w.dir.look()
	names := map[string]bool{}
	for name, now := range w.seen {
		names[name] = !same(before[name], now)
	}
	for name := range before {
		names[name] = names[name] || w.seen[name] == nil
	}
	maps.DeleteFunc(names, func(_ string, changed bool) bool { return !changed })
	return slices.Sorted(maps.Keys(names))
}

func same(a, b fs.FileInfo) bool {
	return a != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// look tells what stands behind each name, links followed.
func (d dir) look() map[string]fs.FileInfo {
	found := map[string]fs.FileInfo{}
	entries, _ := os.ReadDir(d.path)
	for _, e := range entries {
		if info, err := os.Stat(d.Path(e.Name())); err == nil && info.Mode().IsRegular() && checkName(e.Name()) == nil {
			found[e.Name()] = info
		}
	}
	return found
}

// follow sets the watches anew: one is of the folder that had the name when it was
// set. Only that of the home must be; what cannot be watched beside it is polled.
func (w *watcher) follow() error {
	w.folder, w.way = w.dir.way()
	for _, folder := range w.notify.WatchList() {
		_ = w.notify.Remove(folder)
	}
	for path := range w.way {
		_ = w.notify.Add(filepath.Dir(path))
	}
	if err := w.notify.Add(w.folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// way is the folder that the home is in truth, and all that its files hang on: the
// links on the way to it and to them, what they lead to, and what is yet to be made.
func (d dir) way() (folder string, way map[string]bool) {
	way = map[string]bool{}
	add := func(path string) string {
		end, links, err := follow(path)
		if err != nil {
			return path
		}
		way[end] = true
		for _, link := range links {
			way[link] = true
		}
		return end
	}
	folder = add(d.path)
	entries, _ := os.ReadDir(d.path)
	for _, e := range entries {
		if e.Type() == fs.ModeSymlink {
			add(d.Path(e.Name()))
		}
	}
	return folder, way
}
