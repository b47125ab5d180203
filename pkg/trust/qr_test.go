package trust_test

import (
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr"

	"github.com/gwtls/gwtls/pkg/trust"
)

// The drawing is held to the code, module by module.
func TestQRDrawsEachModuleWithAQuietZoneAround(t *testing.T) {
	const text = "http://gw.example.com:8080/trust"
	drawn, err := trust.QR(text)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	if drawn.Size != code.Size+8 {
		t.Errorf("a side has %d modules, want %d and four of light on each side", drawn.Size, code.Size)
	}
	dark := map[[2]int]bool{}
	for run := range strings.SplitSeq(strings.TrimSuffix(drawn.Path, "z"), "z") {
		var x, y, n, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &n, &back); err != nil || n != back {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range n {
			dark[[2]int{x + i, y}] = true
		}
	}
	for y := range drawn.Size {
		for x := range drawn.Size {
			if dark[[2]int{x, y}] != code.Black(x-4, y-4) {
				t.Errorf("module %d, %d is wrong", x, y)
			}
		}
	}
}

func TestQRFitsAURLWithAFingerprint(t *testing.T) {
	c, err := trust.QR("HTTP://GW.EXAMPLE.COM:8080/TRUST/" + strings.Repeat("0123456789ABCDEF", 4))
	if err != nil || c.Size > 41+8 {
		t.Errorf("%d modules, %v", c.Size, err)
	}
	if _, err := trust.QR(strings.Repeat("x", 5000)); err == nil {
		t.Error("no error for what no code holds")
	}
}
