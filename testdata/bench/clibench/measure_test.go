package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/report"
)

// shells stands for the programs: each runs what it is given with sh.
func shells(t *testing.T) *bench {
	b := &bench{dir: t.TempDir(), timeout: time.Minute, end: time.Now().Add(time.Minute), paths: map[string]string{}}
	for _, p := range programs {
		b.paths[p] = "/bin/sh"
	}
	return b
}

func TestProgramsAreMeasuredInEachRound(t *testing.T) {
	op := operation{id: "busy", commands: map[string][][]string{
		gwtls:   one(gwtls, "-c", "true"),
		openssl: one(openssl, "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"),
	}}
	r := shells(t).measure(op, 2)
	if n := len(r.rounds[gwtls]); n != 2 {
		t.Errorf("%d rounds of gwtls, want 2", n)
	}
	if v := r.to(openssl); !(v > 0 && v < 0.5) {
		t.Errorf("nothing is ×%v of a long loop", v)
	}
}

func TestWhatAProgramDoesNotDoIsAbsent(t *testing.T) {
	op := operation{id: "verb", lines: 2, commands: map[string][][]string{
		gwtls:   one(gwtls, "-c", "echo 'error: no such command' >&2; exit 2"),
		openssl: one(openssl, "-c", "echo one line"),
		keytool: one(keytool, "-c", "echo one; echo two"),
	}}
	r := shells(t).measure(op, 1)
	for program, want := range map[string]string{gwtls: "no such command", openssl: "1 lines came out"} {
		if !strings.Contains(r.absent[program], want) {
			t.Errorf("%s is absent for %q, want %q", program, r.absent[program], want)
		}
	}
	if r.absent[keytool] != "" || len(r.rounds[keytool]) != 1 {
		t.Errorf("keytool was not measured: %q", r.absent[keytool])
	}
	s := &summary{machine: report.ThisMachine(), results: []*result{r}}
	if !strings.Contains(s.markdown(), "| absent |") || !strings.Contains(s.text(), "gwtls    absent: ") {
		t.Errorf("it is not told:\n%s%s", s.text(), s.markdown())
	}
	if _, err := json.Marshal(s.json()); err != nil {
		t.Errorf("no JSON: %v", err)
	}
}

func TestCommandsSeeNothingOfOurEnvironment(t *testing.T) {
	t.Setenv("OPENSSL_CONF", "/nowhere")
	t.Setenv("JAVA_TOOL_OPTIONS", "-verbose")
	_, out, err := shells(t).command([]string{openssl, "-c", "env"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "OPENSSL_CONF") || strings.Contains(string(out), "JAVA_TOOL_OPTIONS") {
		t.Errorf("commands see\n%s", out)
	}
}

func TestGoalsAreOfRatios(t *testing.T) {
	r := &result{operation: operation{goal: 0.5}, rounds: map[string][]float64{gwtls: {10, 20}, openssl: {20, 40}, keytool: {299, 580}}}
	if toOpenSSL, toKeytool := r.goals(); toOpenSSL != "×0.50 met" || toKeytool != "not met" {
		t.Errorf("goals = %q, %q; want ×0.50 met, and not met at 29.5 times", toOpenSSL, toKeytool)
	}
}

func TestShortCommandsAreRepeated(t *testing.T) {
	for cpu, want := range map[time.Duration]int{0: 10, 5 * time.Millisecond: 10, 50 * time.Millisecond: 4, time.Second: 1, time.Minute: 1} {
		if got := repeatsFor(cpu); got != want {
			t.Errorf("repeatsFor(%v) = %d, want %d", cpu, got, want)
		}
	}
}

func TestStoresAreAsTheOperationsWantThem(t *testing.T) {
	dir := t.TempDir()
	if err := makeStores(dir, []int{1, 20}); err != nil {
		t.Fatal(err)
	}
	b := &bench{dir: dir, timeout: time.Minute, paths: find()}
	for _, name := range []string{"keys-20.p12", "anchors.p12"} {
		out, err := listWith(b, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if n := strings.Count(out, "BEGIN CERTIFICATE"); n < 20 {
			t.Errorf("openssl lists %d certificates in %s, want 20 and more", n, name)
		}
	}
}

func listWith(b *bench, store string) (string, error) {
	_, out, err := b.command([]string{openssl, "pkcs12", "-in", store, "-nokeys", "-passin", pass})
	return string(out), err
}
