package cmd

import (
	"context"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gwtls/gwtls/pkg/home"
)

// watching follows the folders that the gateway's files are in.
type watching struct {
	*serveOptions
	changes chan []string // paths
	ctx     context.Context
	cancel  context.CancelFunc
	files   map[string]bool // of the loaded configuration, and of those that did not load
	folders map[string]bool
	ends    sync.WaitGroup
}

func newWatching(ctx context.Context, o *serveOptions) *watching {
	w := &watching{serveOptions: o, changes: make(chan []string), files: map[string]bool{}, folders: map[string]bool{}}
	w.ctx, w.cancel = context.WithCancel(ctx)
	return w
}

// follow watches files too, from now on, and says whether their folders are all
// being watched already: what has changed before has not been seen in the others.
func (w *watching) follow(files map[string]string) (already bool) {
	already = true
	for path := range files {
		w.files[path] = true
		folder := filepath.Dir(path)
		if w.folders[folder] {
			continue
		}
		already = false
		w.folders[folder] = true
		if err := w.start(folder); err != nil {
			w.log.Warn("changes are not seen: send SIGHUP to reload", "folder", folder, "reason", err)
		}
	}
	return already
}

// concerns says whether one of the paths is a file that is followed.
func (w *watching) concerns(paths []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool { return w.files[path] })
}

func (w *watching) start(folder string) error {
	h, err := w.openHome(folder)
	if err != nil {
		return err
	}
	changes, err := h.Watch(w.ctx)
	if err != nil {
		return err
	}
	w.ends.Go(func() { w.pass(folder, changes) })
	return nil
}

func (w *watching) pass(folder string, changes <-chan home.Change) {
	for change := range changes {
		var paths []string
		for _, name := range change.Names {
			paths = append(paths, filepath.Join(folder, name))
		}
		select {
		case w.changes <- paths:
		case <-w.ctx.Done():
		}
	}
}

// stop ends watching, and returns when it has ended.
func (w *watching) stop() {
	w.cancel()
	w.ends.Wait()
}
