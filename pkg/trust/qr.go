package trust

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QRCode is a text as a drawing for cameras.
type QRCode struct {
	Size int    // of a side, in modules, the quiet zone included
	Path string // of its dark modules, for an SVG
}

// quietZone is what has to be light around a code (ISO/IEC 18004, 9.1).
const quietZone = 4

// QR draws a text, such as a URL. Upper case makes a smaller code.
func QR(text string) (QRCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QRCode{}, fmt.Errorf("QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if n := x - start; n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start+quietZone, y+quietZone, n, n)
			}
		}
	}
	return QRCode{code.Size + 2*quietZone, path.String()}, nil
}
