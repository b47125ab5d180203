// Package stat sums up figures taken in rounds. A figure that could not be taken is
// NaN and counts for nothing.
package stat

import (
	"math"
	"slices"
)

// Median is the one in the middle, or the mean of the two; NaN of none.
func Median(v []float64) float64 {
	s := valid(v)
	if len(s) == 0 {
		return math.NaN()
	}
	half := len(s) / 2
	if len(s)%2 == 1 {
		return s[half]
	}
	return (s[half-1] + s[half]) / 2
}

// Range is the smallest and the largest; NaN of none.
func Range(v []float64) (low, high float64) {
	s := valid(v)
	if len(s) == 0 {
		return math.NaN(), math.NaN()
	}
	return s[0], s[len(s)-1]
}

// Quantile is the value that a share q of all lies below; NaN of none.
func Quantile(v []float64, q float64) float64 {
	s := valid(v)
	if len(s) == 0 {
		return math.NaN()
	}
	return s[min(int(q*float64(len(s))), len(s)-1)]
}

// Ratio is the median of the ratios taken round by round. On a machine whose speed
// drifts it holds where the ratio of two medians does not.
func Ratio(v, base []float64) float64 {
	var r []float64
	for i := range min(len(v), len(base)) {
		if base[i] > 0 {
			r = append(r, v[i]/base[i])
		}
	}
	return Median(r)
}

// valid is v in order, without the figures that could not be taken.
func valid(v []float64) []float64 {
	s := slices.DeleteFunc(slices.Clone(v), math.IsNaN)
	slices.Sort(s)
	return s
}
