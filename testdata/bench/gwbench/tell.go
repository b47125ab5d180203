package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/gwtls/gwtls/testdata/bench/chart"
)

// text has all figures of all targets.
func (s *summary) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s; windows of %v\n%s\n", s.machine, s.window, s.versions())
	for _, l := range s.lines {
		m := l.workload.measure
		fmt.Fprintf(&b, "\n%s  %s: %s, ratios to %s", l.workload.id, l.workload.what, m.unit, l.best)
		if g := l.goal(); g != "" {
			fmt.Fprintf(&b, "; goal %s %s", g, l.verdict())
		}
		fmt.Fprintln(&b)
		for _, sc := range l.scores {
			if math.IsNaN(sc.value) {
				fmt.Fprintf(&b, "  %-11s no figure: %s\n", sc.target.Name, sc.middle.Err)
				continue
			}
			row := fmt.Sprintf("  %-11s %9.*f [%.*f-%.*f] %-6s %s", sc.target.Name, m.digits, sc.value, m.digits, sc.low, m.digits, sc.high, ratio(sc.ratio), m.rest(sc.middle))
			fmt.Fprintln(&b, strings.TrimRight(row, " "))
		}
		for name, why := range l.absent {
			fmt.Fprintf(&b, "  %-11s absent: %s\n", name, why)
		}
	}
	return b.String()
}

// json has every round.
func (s *summary) json() any {
	type workloadJSON struct {
		ID     string               `json:"workload"`
		What   string               `json:"what"`
		Unit   string               `json:"unit"`
		Best   string               `json:"ratios_to"`
		Ratio  map[string]float64   `json:"ratio"`
		Goal   string               `json:"goal,omitempty"`
		Result string               `json:"result,omitempty"`
		Rounds map[string][]figures `json:"rounds"`
		Absent map[string]string    `json:"absent,omitempty"`
	}
	versions := map[string]string{}
	for _, t := range s.targets {
		versions[t.Name] = t.version
	}
	var ws []workloadJSON
	for _, l := range s.lines {
		w := workloadJSON{
			ID: l.workload.id, What: l.workload.what, Unit: l.workload.measure.unit, Best: l.best,
			Ratio: map[string]float64{}, Goal: l.goal(), Result: l.verdict(), Rounds: l.rounds, Absent: l.absent,
		}
		for _, sc := range l.scores {
			if !math.IsNaN(sc.ratio) {
				w.Ratio[sc.target.Name] = sc.ratio
			}
		}
		ws = append(ws, w)
	}
	return map[string]any{"machine": s.machine, "versions": versions, "window_s": s.window.Seconds(), "idle": s.idle, "workloads": ws}
}

// markdown is the table of docs/performance.md.
func (s *summary) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Windows of %v, %d idle connections. %s.\n\n", s.machine, s.window, s.idle, s.versions())
	b.WriteString("| workload | unit | best rival | gwtls | ratio | goal | other rivals (ratio) | naive Go |\n|---|---|---|---|---|---|---|---|\n")
	for _, l := range s.lines {
		best, plain, others := "", "", []string{}
		for _, sc := range l.scores {
			text := l.number(sc)
			switch {
			case sc.target.Name == l.best && sc.target.Kind == rival:
				best = sc.target.Name + " " + text
			case sc.target.Kind == rival && !math.IsNaN(sc.value):
				others = append(others, sc.target.Name+" "+l.ratioOrNumber(sc))
			case sc.target.Name == naive:
				plain = l.ratioOrNumber(sc)
			}
		}
		ours, times := "absent", ""
		if sc, ok := l.own(); ok {
			ours, times = "**"+l.number(sc)+"**", ratio(sc.ratio)
		} else if len(l.rounds["gwtls"]) > 0 {
			ours = "no figure"
		}
		goal := strings.TrimSpace(l.goal() + " " + l.verdict())
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s | %s | %s | %s | %s |\n", l.workload.id, l.workload.what, l.workload.measure.unit,
			best, ours, times, goal, strings.Join(others, ", "), plain)
	}
	return b.String()
}

func (l line) number(s score) string {
	return fmt.Sprintf("%.*f", l.workload.measure.digits, s.value)
}

// ratioOrNumber is for lines whose best is zero.
func (l line) ratioOrNumber(s score) string {
	if math.IsNaN(s.ratio) {
		return l.number(s)
	}
	return ratio(s.ratio)
}

func ratio(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("×%.2f", v)
}

// chart shows the ratios of all lines that have one.
func (s *summary) chart() *chart.Dots {
	d := &chart.Dots{Title: "Gateways: processor time an operation (W7: memory, W8: time to start)", Axis: "ratio to the best rival of the line; left is better", One: true}
	var shown []line
	for _, l := range s.lines {
		if l.workload.measure.primary != nil && l.workload.id != "W8-reload" {
			shown = append(shown, l)
			d.Rows = append(d.Rows, l.workload.id)
			goal := math.NaN()
			if g := l.workload.goal.ratio; g > 0 {
				goal = g
			}
			d.Goals = append(d.Goals, goal)
		}
	}
	for _, t := range s.targets {
		series := chart.Series{Name: t.Name, Own: t.Kind == own}
		for _, l := range shown {
			v := math.NaN()
			for _, sc := range l.scores {
				if sc.target == t {
					v = sc.ratio
				}
			}
			series.Values = append(series.Values, v)
		}
		d.Series = append(d.Series, series)
	}
	return d
}
