package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gwtls/gwtls/testdata/bench/report"
	"github.com/gwtls/gwtls/testdata/bench/stat"
)

// summary is a comparison, ready to be told.
type summary struct {
	machine report.Machine
	targets []*target
	lines   []line
	window  time.Duration
	idle    int
}

// line is one workload, its targets from the best on.
type line struct {
	*result
	best   string // of the rivals; without any of them the naive yardstick
	alone  bool   // without any of them
	scores []score
}

// score is one target's place on a line.
type score struct {
	target           *target
	middle           figures
	value, low, high float64 // in the workload's unit; NaN without a figure
	ratio            float64 // to the best rival, round by round
}

func newSummary(ts []*target, results []*result, b *bench) *summary {
	s := &summary{machine: b.machine, window: b.window, idle: b.idle, targets: slices.DeleteFunc(slices.Clone(ts), func(t *target) bool { return t.path == "" })}
	for _, r := range results {
		s.lines = append(s.lines, newLine(s.targets, r))
	}
	return s
}

func newLine(ts []*target, r *result) line {
	l := line{result: r}
	values := map[string][]float64{}
	for _, t := range ts {
		rounds, ok := r.rounds[t.Name]
		if !ok {
			continue
		}
		v := column(rounds, r.workload.measure.primary)
		values[t.Name] = v
		sc := score{target: t, middle: middle(rounds), value: stat.Median(v)}
		sc.low, sc.high = stat.Range(v)
		l.scores = append(l.scores, sc)
	}
	slices.SortStableFunc(l.scores, func(a, b score) int { return compareNaNLast(a.value, b.value) })
	l.best = bestOf(l.scores)
	l.alone = l.best == naive
	for i := range l.scores {
		l.scores[i].ratio = stat.Ratio(values[l.scores[i].target.Name], values[l.best])
	}
	return l
}

func compareNaNLast(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a) || a > b:
		return 1
	case math.IsNaN(b) || a < b:
		return -1
	}
	return 0
}

// bestOf is the first rival that has a figure, else the naive yardstick.
func bestOf(scores []score) string {
	for _, s := range scores {
		if s.target.Kind == rival && !math.IsNaN(s.value) {
			return s.target.Name
		}
	}
	return naive
}

// own is gwtls's place; ok is false where it has none.
func (l line) own() (s score, ok bool) {
	for _, s := range l.scores {
		if s.target.Kind == own {
			return s, !math.IsNaN(s.value)
		}
	}
	return s, false
}

// verdict compares gwtls with the goal.
func (l line) verdict() string {
	s, ok := l.own()
	g := l.workload.goal
	if !ok || g == (goal{}) || l.alone && g.ratio > 0 {
		return ""
	}
	reached := s.ratio <= g.ratio
	if g.ratio == 0 {
		reached = s.value <= g.value
	}
	if reached {
		return "met"
	}
	return "not met"
}

func (l line) goal() string {
	switch g := l.workload.goal; {
	case g == goal{}:
		return ""
	case g.zero:
		return "0"
	case g.ratio > 0:
		return fmt.Sprintf("×%.2f", g.ratio)
	default:
		return fmt.Sprintf("%g %s", g.value, l.workload.measure.unit)
	}
}

// versions names the programs.
func (s *summary) versions() string {
	var all []string
	for _, t := range s.targets {
		if t.version != "" {
			all = append(all, t.Name+" "+t.version)
		}
	}
	return strings.Join(all, ", ")
}

func (s *summary) write(place report.Place) error {
	return place.Write(report.Figures{Text: s.text(), JSON: s.json(), Markdown: s.markdown(), Chart: s.chart()})
}
