package cmd

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/gwtls/gwtls/pkg/trust"
)

// place is a store of this machine that decides whom something trusts.
type place struct {
	client  string // as --for takes it
	what    string
	path    string
	system  bool // it is the whole machine's
	admin   bool // only the administrator changes it
	follows bool // the system's store, from which it is made
	open    func(ctx context.Context, anchors []trust.Anchor) (trustStore, error)
}

// trustStore is a place as it is at one time.
type trustStore interface {
	Standing(trust.Anchor) trust.Standing
	Install([]trust.Anchor) []trust.Step
	Remove([]trust.Anchor) []trust.Step
}

// find finds the stores that there are, of the wanted kinds or of all.
func (o *trustInstallOptions) find(wanted []string) ([]place, error) {
	is := func(client string) bool { return len(wanted) == 0 || slices.Contains(wanted, client) }
	var places []place
	system, known := o.systemPlace()
	if known && is(system.client) {
		places = append(places, system)
	}
	for _, p := range slices.Concat(o.chromePlaces(slices.Contains(wanted, "chrome")), o.profiles()) {
		if is(p.client) {
			places = append(places, p)
		}
	}
	if is("java") {
		javas, err := o.javaPlaces(system.client, known && is(system.client))
		if err != nil {
			return nil, err
		}
		places = append(places, javas...)
	}
	for _, name := range wanted {
		missing := !slices.ContainsFunc(places, func(p place) bool { return p.client == name })
		if missing && name != "nss" && !(slices.Contains(wanted, "nss") && (name == "chrome" || name == "firefox")) {
			return nil, fail(codeNotFound, o.again("--for", "all", "--dry-run"), "this machine has no store for %s", name)
		}
	}
	if len(places) == 0 {
		hint := "gwtls trust-export --list"
		if client := map[string]string{"darwin": "macos", "windows": "windows"}[runtime.GOOS]; client != "" {
			hint = o.command("trust-export", "--for", client)
		}
		return nil, fail(codeNotFound, hint, "no store was found on this machine")
	}
	return places, nil
}

// systemPlace is what the whole machine trusts.
func (o *trustInstallOptions) systemPlace() (place, bool) {
	text, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return place{}, false
	}
	s, ok := trust.SystemOf(text)
	if !ok {
		return place{}, false
	}
	return place{client: s.Client, what: "the whole machine", path: s.Folder, system: true, admin: true, open: func(context.Context, []trust.Anchor) (trustStore, error) {
		if _, err := lookProgram(s.Program()); err != nil {
			return nil, fmt.Errorf("%w: install the package ca-certificates", err)
		}
		files := map[string][]byte{}
		for _, pattern := range s.Reads() {
			paths, err := filepath.Glob(pattern)
			if err != nil {
				return nil, err
			}
			for _, path := range paths {
				if files[path], err = o.readBounded(path); err != nil {
					return nil, err
				}
			}
		}
		return s.Load(files), nil
	}}, true
}

// homes are where a user's programs have their files: packed ones as well.
func (o *trustInstallOptions) homes() []string {
	home := o.env.Getenv("HOME")
	if home == "" {
		return nil
	}
	return append(glob(home+"/.var/app/*", home+"/snap/*/current", home+"/snap/*/common"), home)
}

// chromePlaces are the databases of Chromium and its kin. Chromium's rule: the old
// place where it exists, though it were empty. One that is not there yet is made for a
// browser that is.
func (o *trustInstallOptions) chromePlaces(asked bool) (places []place) {
	for _, home := range o.homes() {
		db := filepath.Join(home, ".pki", "nssdb")
		if !isDir(db) {
			data := filepath.Join(home, ".local", "share")
			if own := o.env.Getenv("XDG_DATA_HOME"); home == o.env.Getenv("HOME") && own != "" {
				data = own
			}
			db = filepath.Join(data, "pki", "nssdb")
		}
		fresh := !isFile(filepath.Join(db, "cert9.db"))
		if fresh && (home != o.env.Getenv("HOME") || !asked && !hasChrome()) {
			continue
		}
		places = append(places, o.nssPlace("chrome", "Chromium, Chrome and their kin", db, fresh))
	}
	return places
}

func hasChrome() bool {
	return slices.ContainsFunc([]string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "opera", "brave-browser", "vivaldi",
	}, func(name string) bool { _, err := exec.LookPath(name); return err == nil })
}

// profiles are the databases of Firefox and Thunderbird.
func (o *trustInstallOptions) profiles() (places []place) {
	for _, home := range o.homes() {
		for _, p := range []struct{ client, what, folder string }{
			{"firefox", "Firefox", ".mozilla/firefox"},
			{"firefox", "Firefox", ".config/mozilla/firefox"},
			{"firefox", "LibreWolf", ".librewolf"},
			{"nss", "Thunderbird", ".thunderbird"},
		} {
			for _, db := range glob(filepath.Join(home, p.folder, "*", "cert9.db")) {
				profile := filepath.Dir(db)
				places = append(places, o.nssPlace(p.client, p.what+", profile "+filepath.Base(profile), profile, false))
			}
		}
	}
	return places
}

func (o *trustInstallOptions) nssPlace(client, what, path string, fresh bool) place {
	s := trust.NSSStore{Client: client, Path: path, New: fresh}
	return place{client: client, what: what, path: path, open: func(ctx context.Context, anchors []trust.Anchor) (trustStore, error) {
		if _, err := lookProgram("certutil"); err != nil {
			return nil, fmt.Errorf("%w: install libnss3-tools (Debian, Ubuntu), nss-tools (Fedora, RHEL, Alpine) or nss (Arch)", err)
		}
		s.New = !isFile(filepath.Join(path, "cert9.db"))
		if s.New {
			return s, nil
		}
		listed, err := o.query(ctx, s.List())
		if err != nil {
			return nil, err
		}
		return s.Load(listed, anchors, func(nickname string) ([]byte, error) { return o.query(ctx, s.Export(nickname)) })
	}}
}

// lookProgram finds a program; those of administrators are not in everybody's PATH.
func lookProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	for _, folder := range []string{"/usr/sbin", "/sbin"} {
		if path := filepath.Join(folder, name); isFile(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("the program %s is missing", name)
}

func glob(patterns ...string) (paths []string) {
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // the only error is of a pattern
		paths = append(paths, found...)
	}
	return paths
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeType == 0
}
