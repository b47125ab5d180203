package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestEachTargetCanBeLaidOutAndStarted(t *testing.T) {
	ts, err := loadTargets()
	if err != nil {
		t.Fatal(err)
	}
	ids, err := newIdentities()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{dir: t.TempDir(), port: 21000, ids: ids}
	used := map[int]string{b.port: "the back end", b.port + 1: "the back end"}
	for _, target := range ts {
		f := b.files(target)
		if err := target.lay(f, ids.first); err != nil {
			t.Errorf("%s: %v", target.Name, err)
		}
		for _, args := range [][]string{target.Start, target.Check, target.Version, target.ReloadCommand} {
			if _, err := renderAll(args, f); err != nil {
				t.Errorf("%s: %v", target.Name, err)
			}
		}
		for _, port := range []int{f.TCP, f.HTTP, f.WSWS, f.WSTCP, f.Admin} {
			if other := used[port]; other != "" {
				t.Errorf("port %d of %s is that of %s", port, target.Name, other)
			}
			used[port] = target.Name
		}
	}
}

func TestAConfigurationHasOnlyTheServicesThatAreOffered(t *testing.T) {
	ts, err := pickTargets([]string{"gwtls"})
	if err != nil {
		t.Fatal(err)
	}
	ts[0].refused[viaHTTP] = "not yet"
	b := &bench{dir: t.TempDir(), ids: &identities{}}
	f := b.files(ts[0])
	if err := ts[0].lay(f, identity{}); err != nil {
		t.Fatal(err)
	}
	conf, err := os.ReadFile(f.Conf)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(conf), "http.proxy") || !strings.Contains(string(conf), "name: wstcp") {
		t.Errorf("with http refused the configuration is\n%s", conf)
	}
}

func TestWorkloadsArePickedByHowTheirNamesBegin(t *testing.T) {
	ids := func(ws []workload) (all []string) {
		for _, w := range ws {
			all = append(all, w.id)
		}
		return all
	}
	picked, unknown := pick([]string{"W6a", "W4", "W9"}, false)
	if want := []string{"W4", "W6a-64", "W6a-16k"}; !slices.Equal(ids(picked), want) || !slices.Equal(unknown, []string{"W9"}) {
		t.Errorf("picked %v, unknown %v; want %v and W9", ids(picked), unknown, want)
	}
	if all, _ := pick(nil, false); len(all) != len(workloads) {
		t.Errorf("without names %d of %d are picked", len(all), len(workloads))
	}
}

func TestEveryRoundHasEveryTargetOnce(t *testing.T) {
	ts := []*target{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	first := map[string]bool{}
	for round := range 6 {
		turned := order(ts, round)
		first[turned[0].Name] = true
		for _, target := range ts {
			if !slices.Contains(turned, target) {
				t.Errorf("round %d is without %s", round, target.Name)
			}
		}
	}
	if len(first) < 2 {
		t.Errorf("the same target always begins")
	}
}
