package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/testdata/bench/report"
)

var testTargets = []*target{
	{Name: "gwtls", Kind: own, path: "x"}, {Name: "quick", Kind: rival, path: "x"},
	{Name: "slow", Kind: rival, path: "x"}, {Name: naive, Kind: yardstick, path: "x"},
}

func handshakes(rounds map[string][]figures) *result {
	return &result{workload: workloads[0], rounds: rounds, absent: map[string]string{}}
}

func cpu(v ...float64) (rounds []figures) {
	for _, c := range v {
		f := figures{CPU: c}
		if c == 0 {
			f.failed("it ended at once")
		}
		rounds = append(rounds, f)
	}
	return rounds
}

func TestRatiosAreToTheBestRivalOfTheLine(t *testing.T) {
	l := newLine(testTargets, handshakes(map[string][]figures{
		"gwtls": cpu(70, 140), "quick": cpu(100, 200), "slow": cpu(300, 600), naive: cpu(50, 100),
	}))
	if l.best != "quick" {
		t.Errorf("best = %s, want quick: a yardstick is no rival", l.best)
	}
	if s, ok := l.own(); !ok || s.ratio != 0.7 {
		t.Errorf("gwtls = ×%v, want ×0.7", s.ratio)
	}
	if got := l.verdict(); got != "met" {
		t.Errorf("×0.70 against a goal of ×0.80 is %q", got)
	}
	if l.scores[0].target.Name != naive || l.scores[3].target.Name != "slow" {
		t.Errorf("not in order of their figures: %v", l.scores)
	}
}

func TestWithoutARivalThereIsNoVerdict(t *testing.T) {
	l := newLine(testTargets, handshakes(map[string][]figures{"gwtls": cpu(70), naive: cpu(100)}))
	if s, _ := l.own(); l.best != naive || s.ratio != 0.7 || l.verdict() != "" {
		t.Errorf("best %s, ×%v, %q; want the yardstick, ×0.7 and no verdict", l.best, s.ratio, l.verdict())
	}
}

func TestARoundWithoutAFigureCountsForNothing(t *testing.T) {
	l := newLine(testTargets, handshakes(map[string][]figures{"gwtls": cpu(0, 90), "quick": cpu(100, 100), "slow": cpu(0, 0)}))
	if s, ok := l.own(); !ok || s.value != 90 || s.ratio != 0.9 {
		t.Errorf("gwtls = %v ×%v, want 90 ×0.9", s.value, s.ratio)
	}
	last := l.scores[len(l.scores)-1]
	if last.target.Name != "slow" || !math.IsNaN(last.value) {
		t.Errorf("last is %s with %v, want slow without a figure", last.target.Name, last.value)
	}
}

func TestWhatIsAbsentIsToldAndIsNoFailure(t *testing.T) {
	r := handshakes(map[string][]figures{"quick": cpu(100)})
	r.absent["gwtls"] = "error: type http.proxy is not there"
	s := &summary{machine: report.ThisMachine(), targets: testTargets, lines: []line{newLine(testTargets, r)}}
	if text := s.text(); !strings.Contains(text, "gwtls       absent: error: type http.proxy is not there") {
		t.Errorf("the text does not say what is absent:\n%s", text)
	}
	if table := s.markdown(); !strings.Contains(table, "| absent |") {
		t.Errorf("the table does not say what is absent:\n%s", table)
	}
	if _, err := json.Marshal(s.json()); err != nil {
		t.Errorf("no JSON: %v", err)
	}
}
