package stat

import (
	"math"
	"testing"
)

var nan = math.NaN()

func equal(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestMedianLeavesOutWhatCouldNotBeTaken(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		want float64
	}{
		{nil, nan},
		{[]float64{nan, nan}, nan},
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 2, 9}, 3},
		{[]float64{nan, 5, nan, 7}, 6},
	} {
		if got := Median(c.v); !equal(got, c.want) {
			t.Errorf("Median(%v) = %v, want %v", c.v, got, c.want)
		}
	}
}

func TestMedianLeavesItsArgumentInOrder(t *testing.T) {
	v := []float64{3, 1, 2}
	Median(v)
	if v[0] != 3 || v[1] != 1 || v[2] != 2 {
		t.Errorf("after Median: %v", v)
	}
}

func TestRatioIsTakenWithinEachRound(t *testing.T) {
	// The machine slows down threefold; the ratio stays one half.
	v := []float64{10, 20, 30}
	base := []float64{20, 40, 60}
	if got := Ratio(v, base); got != 0.5 {
		t.Errorf("Ratio = %v, want 0.5", got)
	}
	for _, c := range []struct {
		v, base []float64
		want    float64
	}{
		{[]float64{1, nan, 3}, []float64{2, 2, 2}, 1},
		{[]float64{1, 2}, []float64{0, 4}, 0.5}, // nothing is so many times nothing
		{[]float64{1, 2, 3}, []float64{1}, 1},
		{[]float64{1}, []float64{nan}, nan},
	} {
		if got := Ratio(c.v, c.base); !equal(got, c.want) {
			t.Errorf("Ratio(%v, %v) = %v, want %v", c.v, c.base, got, c.want)
		}
	}
}

func TestQuantileAndRange(t *testing.T) {
	var v []float64
	for i := 100; i > 0; i-- {
		v = append(v, float64(i))
	}
	if p50, p99, top := Quantile(v, 0.5), Quantile(v, 0.99), Quantile(v, 1); p50 != 51 || p99 != 100 || top != 100 {
		t.Errorf("Quantile 0.5, 0.99, 1 = %v, %v, %v; want 51, 100, 100", p50, p99, top)
	}
	if low, high := Range(append(v, nan)); low != 1 || high != 100 {
		t.Errorf("Range = %v, %v; want 1, 100", low, high)
	}
	if low, high := Range(nil); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Errorf("Range of none = %v, %v", low, high)
	}
}
