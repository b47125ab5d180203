package home_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/home"
)

// watched gives what waits for the next change and compares the names in it.
func watched(t *testing.T, h home.Home) func(names ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	changes, err := h.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if c, ok := <-changes; ok {
			t.Errorf("told of %v, where nothing had changed", c.Names)
		}
	})
	return func(names ...string) {
		t.Helper()
		select {
		case c := <-changes:
			if !slices.Equal(c.Names, names) {
				t.Errorf("told of %v, want %v", c.Names, names)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("not told of %v", names)
		}
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestWatchTellsOfEveryWriter(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir)
	write(t, h, "gateway.yaml", "", home.Public)
	next := watched(t, h)

	if err := h.Update(t.Context(), func(home.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := scenarios["new pair"].change(h); err != nil { // nor is anything told of the lock
		t.Fatal(err)
	}
	next("keystore.p12", "keystore.pw")

	put(t, h.Path("gateway.yaml"), "in place")
	next("gateway.yaml")

	other := filepath.Join(t.TempDir(), "other")
	put(t, other, "by rename")
	move(t, other, h.Path("keystore.p12"))
	next("keystore.p12")

	if err := os.Remove(h.Path("keystore.pw")); err != nil {
		t.Fatal(err)
	}
	next("keystore.pw")
}

// Kubernetes mounts a secret as links through ..data, and turns only that one.
func TestWatchTellsOfTurnedLinks(t *testing.T) {
	dir := t.TempDir()
	for version, content := range map[string]string{"..1": "one", "..2": "other", "..3": "a third"} {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, version, "keystore.p12"), content)
	}
	link(t, "..1", filepath.Join(dir, "..data"))
	link(t, "..data/keystore.p12", filepath.Join(dir, "keystore.p12"))
	h := open(t, dir)
	next := watched(t, h)
	for _, version := range []string{"..2", "..3", "..1"} {
		link(t, version, filepath.Join(dir, "..data_tmp"))
		move(t, filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data"))
		next("keystore.p12")
	}
	put(t, filepath.Join(dir, "..1", "keystore.p12"), "written to where it leads")
	next("keystore.p12")
}

// As with /etc/letsencrypt/live, or releases with a link to the current one.
func TestWatchFollowsLinksOutOfTheHome(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	for _, version := range []string{"v1", "v2"} {
		if err := os.MkdirAll(filepath.Join(elsewhere, version, "tls"), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(elsewhere, version, "tls", "gw.pem"), version)
	}
	link(t, "v1", filepath.Join(elsewhere, "current"))
	link(t, filepath.Join(elsewhere, "current", "tls", "gw.pem"), filepath.Join(dir, "gw.pem"))
	next := watched(t, open(t, dir))

	link(t, "v2", filepath.Join(elsewhere, "next"))
	move(t, filepath.Join(elsewhere, "next"), filepath.Join(elsewhere, "current"))
	next("gw.pem")
	put(t, filepath.Join(elsewhere, "v2", "tls", "gw.pem"), "written to where it leads")
	next("gw.pem")
}

func TestWatchOfAHomeThatComesAndGoes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config", "gwtls")
	h := open(t, dir)
	next := watched(t, h)
	write(t, h, "gateway.yaml", "one", home.Public)
	next("gateway.yaml")
	move(t, dir, dir+".old")
	next("gateway.yaml")
	move(t, dir+".old", dir)
	next("gateway.yaml")
	put(t, h.Path("gateway.yaml"), "other")
	next("gateway.yaml")
}

// What the kernel does not tell, as of another machine's write to a network file
// system, or here of one through a hard link, is found by looking.
func TestWatchLooksWithoutBeingTold(t *testing.T) {
	defer home.PollEvery(20 * time.Millisecond)()
	dir, elsewhere := t.TempDir(), t.TempDir()
	put(t, filepath.Join(elsewhere, "gw.pem"), "one")
	if err := os.Link(filepath.Join(elsewhere, "gw.pem"), filepath.Join(dir, "gw.pem")); err != nil {
		t.Fatal(err)
	}
	next := watched(t, open(t, dir))
	put(t, filepath.Join(elsewhere, "gw.pem"), "other")
	next("gw.pem")
}
