package cmd

import (
	"context"
	"path/filepath"
	"sync"

	"github.com/gwtls/gwtls/pkg/home"
)

// watching follows the folders that the gateway's files are in.
type watching struct {
	*serveOptions
	changes chan []string // paths
	ctx     context.Context
	cancel  context.CancelFunc
	folders map[string]bool
	ends    sync.WaitGroup
}

func newWatching(ctx context.Context, o *serveOptions) *watching {
	w := &watching{serveOptions: o, changes: make(chan []string), folders: map[string]bool{}}
	w.ctx, w.cancel = context.WithCancel(ctx)
	return w
}

// follow watches the folders of files too, from now on.
func (w *watching) follow(files map[string]bool) {
	for path := range files {
		folder := filepath.Dir(path)
		if w.folders[folder] {
			continue
		}
		w.folders[folder] = true
		if err := w.start(folder); err != nil {
			w.log.Warn("changes are not seen: send SIGHUP to reload", "folder", folder, "reason", err)
		}
	}
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
