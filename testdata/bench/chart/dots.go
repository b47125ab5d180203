// Package chart draws the plots of docs/performance.md.
package chart

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Dots is a chart of one row a measurement and one dot a program, on a logarithmic
// axis: what takes half as much lies equally far left on every row.
type Dots struct {
	Title, Axis string
	Rows        []string // from the top
	Series      []Series
	Goals       []float64 // by row, drawn as bars; NaN for none
	One         bool      // a line at 1
}

// Series is one program's values, by row; NaN where it has none.
type Series struct {
	Name   string
	Own    bool // ours: larger and drawn last
	Values []float64
}

// palette is told apart by people who see few colours (Okabe and Ito), and by shape.
var palette = []color.RGBA{
	{0xe6, 0x9f, 0x00, 0xff}, {0x56, 0xb4, 0xe9, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0x00, 0x72, 0xb2, 0xff}, {0x99, 0x99, 0x99, 0xff}, {0x66, 0x4c, 0x28, 0xff}, {0xb0, 0xa0, 0x20, 0xff},
}

var (
	own    = color.RGBA{0xd5, 0x1c, 0x1c, 0xff}
	shapes = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}}
)

const (
	width       = vg.Length(720) // points
	legendWidth = vg.Length(100)
)

// goalGlyph is an upright bar.
type goalGlyph struct{}

func (goalGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, p vg.Point) {
	c.StrokeLine2(draw.LineStyle{Color: style.Color, Width: vg.Points(2)}, p.X, p.Y-style.Radius, p.X, p.Y+style.Radius)
}

// WriteSVG draws the chart into a file.
func (d *Dots) WriteSVG(path string) error {
	p := plot.New()
	p.Title.Text = d.Title
	p.Title.Padding = vg.Points(6)
	p.X.Label.Text = d.Axis
	p.X.Scale = plot.LogScale{}
	p.X.Tick.Marker = plot.TickerFunc(logTicks)
	legend := plot.NewLegend()
	legend.Top, legend.Left, legend.Padding = true, true, vg.Points(3)

	rows := slices.Clone(d.Rows)
	slices.Reverse(rows) // the axis counts from below
	p.NominalY(rows...)
	p.Y.Tick.Label.XAlign, p.Y.Tick.Label.YAlign = text.XRight, text.YCenter
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))-0.4
	p.X.Min, p.X.Max = d.bounds()
	p.Add(d.lines(p.X.Min, p.X.Max)...)

	series := slices.Clone(d.Series)
	slices.SortStableFunc(series, func(a, b Series) int { return boolInt(a.Own) - boolInt(b.Own) })
	for i, s := range series {
		style := draw.GlyphStyle{Color: palette[i%len(palette)], Shape: shapes[i%len(shapes)], Radius: vg.Points(3.5)}
		if s.Own {
			style = draw.GlyphStyle{Color: own, Shape: draw.CircleGlyph{}, Radius: vg.Points(5)}
		}
		if err := d.addDots(p, &legend, s.Name, s.Values, style); err != nil {
			return err
		}
	}
	if err := d.addDots(p, &legend, "goal", d.Goals, draw.GlyphStyle{Color: own, Shape: goalGlyph{}, Radius: vg.Points(8)}); err != nil {
		return err
	}

	svg := vgsvg.New(width, vg.Points(float64(90+22*len(rows))))
	c := draw.New(svg)
	c.SetColor(color.White) // a page may be dark
	c.Fill(c.Rectangle.Path())
	const margin = 8 // for browsers whose letters are wider
	p.Draw(draw.Crop(c, vg.Points(margin), -legendWidth, 0, -vg.Points(margin)))
	legend.Draw(draw.Crop(c, width-legendWidth+vg.Points(margin), 0, 0, -vg.Points(4*margin)))
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := svg.WriteTo(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// addDots puts one glyph on each row that has a value, and names it in the legend.
func (d *Dots) addDots(p *plot.Plot, legend *plot.Legend, name string, values []float64, style draw.GlyphStyle) error {
	var points plotter.XYs
	for i, v := range values {
		if v > 0 { // not NaN, and on a logarithmic axis
			points = append(points, plotter.XY{X: v, Y: float64(len(d.Rows) - 1 - i)})
		}
	}
	if len(points) == 0 {
		return nil
	}
	s, err := plotter.NewScatter(points)
	if err != nil {
		return fmt.Errorf("plot %s: %w", name, err)
	}
	s.GlyphStyle = style
	p.Add(s)
	legend.Add(name, s)
	return nil
}

// lines are the rows', the decades', and the one at 1.
func (d *Dots) lines(low, high float64) []plot.Plotter {
	pale := draw.LineStyle{Color: color.Gray{0xe0}, Width: vg.Points(0.5)}
	var all []plot.Plotter
	add := func(style draw.LineStyle, a, b plotter.XY) {
		l := &plotter.Line{XYs: plotter.XYs{a, b}, LineStyle: style}
		all = append(all, l)
	}
	for i := range d.Rows {
		add(pale, plotter.XY{X: low, Y: float64(i)}, plotter.XY{X: high, Y: float64(i)})
	}
	if d.One {
		dark := draw.LineStyle{Color: color.Gray{0x60}, Width: vg.Points(1)}
		add(dark, plotter.XY{X: 1, Y: -0.6}, plotter.XY{X: 1, Y: float64(len(d.Rows)) - 0.4})
	}
	return all
}

// bounds of the axis: all values, with some room.
func (d *Dots) bounds() (low, high float64) {
	low, high = math.Inf(1), 0
	for _, s := range append([]Series{{Values: d.Goals}}, d.Series...) {
		for _, v := range s.Values {
			if v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if high == 0 {
		return 0.1, 10
	}
	return low / 1.3, high * 1.3
}

// logTicks are 1, 2 and 5 of each decade, all of them labelled.
func logTicks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for decade := math.Pow(10, math.Floor(math.Log10(low))); decade <= high; decade *= 10 {
		for _, k := range []float64{1, 2, 5} {
			if v := k * decade; v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', max(0, -int(math.Floor(math.Log10(v)))), 64)})
			}
		}
	}
	return ticks
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
