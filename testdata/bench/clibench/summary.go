package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/testdata/bench/chart"
	"github.com/gwtls/gwtls/testdata/bench/report"
	"github.com/gwtls/gwtls/testdata/bench/stat"
)

// summary is a comparison, ready to be told.
type summary struct {
	machine  report.Machine
	versions map[string]string
	rounds   int
	results  []*result
}

func (s *summary) write(place report.Place) error {
	return place.Write(report.Figures{Text: s.text(), JSON: s.json(), Markdown: s.markdown(), Chart: s.chart()})
}

// cpu is a program's median over the rounds in ms; NaN where it has none.
func (r *result) cpu(program string) float64 { return stat.Median(r.rounds[program]) }

// to is gwtls's ratio to another program, round by round.
func (r *result) to(program string) float64 { return stat.Ratio(r.rounds[gwtls], r.rounds[program]) }

// goals tells which are met, "" where there is none to compare.
func (r *result) goals() (toOpenSSL, toKeytool string) {
	verdict := func(met bool) string {
		if met {
			return "met"
		}
		return "not met"
	}
	if v := r.to(openssl); r.operation.goal > 0 && !math.IsNaN(v) {
		toOpenSSL = fmt.Sprintf("×%.2f %s", r.operation.goal, verdict(v <= r.operation.goal))
	}
	if v := r.to(keytool); !math.IsNaN(v) {
		toKeytool = verdict(1/v >= timesLess)
	}
	return toOpenSSL, toKeytool
}

func (r *result) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s %s\n", r.operation.id, r.operation.what)
	for _, p := range programs {
		if why := r.absent[p]; why != "" {
			fmt.Fprintf(&b, "  %-8s absent: %s\n", p, why)
			continue
		}
		if math.IsNaN(r.cpu(p)) {
			continue
		}
		low, high := stat.Range(r.rounds[p])
		fmt.Fprintf(&b, "  %-8s %8.1f ms CPU [%.1f-%.1f]  %8.1f ms in all", p, r.cpu(p), low, high, r.wall[p])
		toOpenSSL, toKeytool := r.goals()
		switch v := r.to(p); {
		case math.IsNaN(v):
		case p == openssl && toOpenSSL == "":
			fmt.Fprintf(&b, "; gwtls ×%.2f", v)
		case p == openssl:
			fmt.Fprintf(&b, "; gwtls ×%.2f, goal %s", v, toOpenSSL)
		case p == keytool:
			fmt.Fprintf(&b, "; gwtls %.0f times less, goal %d %s", 1/v, timesLess, toKeytool)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *summary) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.where())
	for _, r := range s.results {
		b.WriteString("\n" + r.text())
	}
	return b.String()
}

func (s *summary) where() string {
	return fmt.Sprintf("%s; openssl %s, keytool %s; %d rounds", s.machine, s.versions[openssl], s.versions[keytool], s.rounds)
}

func (s *summary) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. CPU of the whole process, in ms.\n\n", s.where())
	fmt.Fprintf(&b, "| operation | gwtls | openssl | ratio | goal | keytool | times less | goal %d |\n|---|---|---|---|---|---|---|---|\n", timesLess)
	for _, r := range s.results {
		toOpenSSL, toKeytool := r.goals()
		ours := "**" + number(r.cpu(gwtls), "%.1f") + "**"
		if math.IsNaN(r.cpu(gwtls)) {
			ours = "absent"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", r.operation.what, ours,
			number(r.cpu(openssl), "%.1f"), number(r.to(openssl), "×%.2f"), toOpenSSL,
			number(r.cpu(keytool), "%.0f"), number(1/r.to(keytool), "%.0f"), toKeytool)
	}
	return b.String()
}

func number(v float64, format string) string {
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf(format, v)
}

// json has every round.
func (s *summary) json() any {
	type operationJSON struct {
		ID      string               `json:"operation"`
		What    string               `json:"what"`
		CPU     map[string][]float64 `json:"cpu_ms"`
		Wall    map[string]float64   `json:"wall_ms"`
		Ratio   map[string]float64   `json:"gwtls_ratio_to"`
		Goal    float64              `json:"goal_to_openssl,omitempty"`
		Keytool float64              `json:"goal_to_keytool"`
		Absent  map[string]string    `json:"absent,omitempty"`
	}
	var ops []operationJSON
	for _, r := range s.results {
		o := operationJSON{
			ID: r.operation.id, What: r.operation.what, CPU: map[string][]float64{}, Wall: r.wall,
			Ratio: map[string]float64{}, Goal: r.operation.goal, Keytool: 1. / timesLess, Absent: r.absent,
		}
		for _, p := range programs {
			if !math.IsNaN(r.cpu(p)) { // JSON has no NaN
				o.CPU[p] = slices.DeleteFunc(slices.Clone(r.rounds[p]), math.IsNaN)
			}
			if v := r.to(p); p != gwtls && !math.IsNaN(v) {
				o.Ratio[p] = v
			}
		}
		ops = append(ops, o)
	}
	return map[string]any{"machine": s.machine, "versions": s.versions, "rounds": s.rounds, "operations": ops}
}

func (s *summary) chart() *chart.Dots {
	d := &chart.Dots{Title: "Command lines: processor time of the whole process", Axis: "ms; left is better"}
	for _, r := range s.results {
		d.Rows = append(d.Rows, r.operation.id)
	}
	for _, p := range programs {
		series := chart.Series{Name: p, Own: p == gwtls}
		for _, r := range s.results {
			series.Values = append(series.Values, r.cpu(p))
		}
		d.Series = append(d.Series, series)
	}
	return d
}
