package chart

import (
	"encoding/xml"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestChartIsSVGThatNamesRowsAndPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.svg")
	d := Dots{
		Title: "Processor time", Axis: "ratio", One: true,
		Rows:   []string{"handshake", "bulk & more", "nobody ran it"},
		Goals:  []float64{0.8, math.NaN(), 0.7},
		Series: []Series{{Name: "ours", Own: true, Values: []float64{0.5, 0.9, math.NaN()}}, {Name: "theirs", Values: []float64{1, 0, math.NaN()}}},
	}
	if err := d.WriteSVG(path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for dec := xml.NewDecoder(strings.NewReader(string(b))); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("not XML: %v", err)
		}
	}
	for _, want := range []string{"handshake", "bulk &amp; more", "nobody ran it", "ours", "theirs", "goal"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the chart does not show %q", want)
		}
	}
}

func TestEmptyChartIsDrawn(t *testing.T) {
	d := Dots{Rows: []string{"one"}, Series: []Series{{Name: "ours", Values: []float64{math.NaN()}}}}
	if err := d.WriteSVG(filepath.Join(t.TempDir(), "c.svg")); err != nil {
		t.Error(err)
	}
}

func TestTicksAreOneTwoAndFiveOfEachDecade(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []string
	}{
		{0.004, 0.03, []string{"0.005", "0.01", "0.02"}},
		{0.09, 25, []string{"0.1", "0.2", "0.5", "1", "2", "5", "10", "20"}},
		{900, 60000, []string{"1000", "2000", "5000", "10000", "20000", "50000"}},
	} {
		var got []string
		for _, tick := range logTicks(c.low, c.high) {
			got = append(got, tick.Label)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("ticks from %v to %v are %v, want %v", c.low, c.high, got, c.want)
		}
	}
}
