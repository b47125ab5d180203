package main

import (
	"fmt"
	"math"

	"github.com/gwtls/gwtls/testdata/bench/stat"
)

// figures of one gateway at one workload in one round.
type figures struct {
	Rate     float64 `json:"per_second,omitempty"`
	CPU      float64 `json:"cpu,omitempty"` // the gateway's, in µs an operation; in bulk in seconds a GB
	Cores    float64 `json:"gateway_cores,omitempty"`
	P50      float64 `json:"p50_us,omitempty"`
	P99      float64 `json:"p99_us,omitempty"`
	Resumed  float64 `json:"resumed_share,omitempty"`
	Errors   int64   `json:"errors,omitempty"`
	KiB      float64 `json:"kib_per_connection,omitempty"`
	MiB      float64 `json:"whole_mib,omitempty"`
	StartMS  float64 `json:"start_ms,omitempty"`
	Tried    int64   `json:"connections_tried,omitempty"`
	Failed   int64   `json:"connections_failed,omitempty"`
	Broken   int64   `json:"established_broken,omitempty"`
	SwitchMS float64 `json:"certificate_switch_ms,omitempty"`
	Err      string  `json:"error,omitempty"`
	NoFigure bool    `json:"no_figure,omitempty"` // it did not come to one; Err says why
}

func (f *figures) failed(why string) {
	f.NoFigure = true
	if f.Err == "" {
		f.Err = why
	}
}

// middle is the medians of all fields over the rounds that came to a figure; what is
// counted is added up.
func middle(rounds []figures) figures {
	field := func(get func(figures) float64) float64 {
		return orZero(stat.Median(column(rounds, get)))
	}
	m := figures{
		Rate:     field(func(f figures) float64 { return f.Rate }),
		CPU:      field(func(f figures) float64 { return f.CPU }),
		Cores:    field(func(f figures) float64 { return f.Cores }),
		P50:      field(func(f figures) float64 { return f.P50 }),
		P99:      field(func(f figures) float64 { return f.P99 }),
		Resumed:  field(func(f figures) float64 { return f.Resumed }),
		KiB:      field(func(f figures) float64 { return f.KiB }),
		MiB:      field(func(f figures) float64 { return f.MiB }),
		StartMS:  field(func(f figures) float64 { return f.StartMS }),
		SwitchMS: field(func(f figures) float64 { return f.SwitchMS }),
		NoFigure: true,
	}
	for _, f := range rounds {
		m.Errors += f.Errors
		m.Tried += f.Tried
		m.Failed += f.Failed
		m.Broken += f.Broken
		m.NoFigure = m.NoFigure && f.NoFigure
		if f.Err != "" {
			m.Err = f.Err
		}
	}
	return m
}

// column is one field by round, NaN where a round came to no figure.
func column(rounds []figures, get func(figures) float64) []float64 {
	v := make([]float64, len(rounds))
	for i, f := range rounds {
		v[i] = get(f)
		if f.NoFigure {
			v[i] = math.NaN()
		}
	}
	return v
}

// measure says how a workload's figures are read: which of them is compared, and in
// what words the rest is told.
type measure struct {
	unit    string
	digits  int
	primary func(figures) float64
	rest    func(figures) string
}

// perOperation counts the gateway's processor time for each of something.
func perOperation(what string) measure {
	return measure{
		unit: "µs/" + what, digits: 1,
		primary: func(f figures) float64 { return f.CPU },
		rest: func(f figures) string {
			s := fmt.Sprintf("%6.0f/s  %.2f cores  p50 %.0f p99 %.0f µs", f.Rate, f.Cores, f.P50, f.P99)
			if f.Resumed > 0 {
				s += fmt.Sprintf("  resumed %.0f %%", 100*f.Resumed)
			}
			if f.Errors > 0 {
				s += fmt.Sprintf("  %d errors", f.Errors)
			}
			return s
		},
	}
}

var (
	perGB = measure{
		unit: "CPU s/GB", digits: 3,
		primary: func(f figures) float64 { return f.CPU },
		rest:    func(f figures) string { return fmt.Sprintf("%.2f GB/s  %.2f cores", f.Rate, f.Cores) },
	}
	perConnection = measure{
		unit: "KiB/connection", digits: 1,
		primary: func(f figures) float64 { return f.KiB },
		rest: func(f figures) string {
			return fmt.Sprintf("whole gateway %.0f MiB  %d of %d failed, %d broken", f.MiB, f.Failed, f.Tried, f.Broken)
		},
	}
	failures = measure{
		unit:    "failed or broken",
		primary: func(f figures) float64 { return float64(f.Failed + f.Broken) },
		rest: func(f figures) string {
			s := fmt.Sprintf("%d of %d new connections failed, %d standing broken", f.Failed, f.Tried, f.Broken)
			if f.SwitchMS > 0 {
				s += fmt.Sprintf(", new certificate after %.0f ms", f.SwitchMS)
			}
			return s
		},
	}
	milliseconds = measure{
		unit:    "ms",
		primary: func(f figures) float64 { return f.StartMS },
		rest:    func(figures) string { return "" },
	}
)
