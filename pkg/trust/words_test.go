package trust_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// What has been read out once has to be read out for ever: the list is part of what
// people compare.
func TestTheSameCertificateHasTheSameWordsForEver(t *testing.T) {
	for der, want := range map[string]string{
		"":    "titan marry bacon couple scout aperture hundred limp sibling slab unless enamel",
		"abc": "rodeo sawmill quill brick bouquet visa algebra chapter tattoo undo meeting emotion",
	} {
		if got := strings.Join(trust.Words([]byte(der)), " "); got != want {
			t.Errorf("%q is %q, want %q", der, got, want)
		}
	}
}

func TestWordsAreToldApartByTheirFirstLetters(t *testing.T) {
	text, err := os.ReadFile("words.txt")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(text))
	if len(words) != 2048 || !slices.IsSorted(words) {
		t.Errorf("%d words, sorted %v; want 2048 in order", len(words), slices.IsSorted(words))
	}
	seen := map[string]string{}
	for _, w := range words {
		first := w[:min(4, len(w))]
		if other := seen[first]; other != "" {
			t.Errorf("%s and %s begin alike", other, w)
		}
		seen[first] = w
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" || len(w) < 3 || len(w) > 8 {
			t.Errorf("%q is no word to read out", w)
		}
	}
}

func TestCertificatesThatDifferHaveOtherWords(t *testing.T) {
	b := shapes(t)["several"]
	if slices.Equal(b.Anchors[0].Words(), b.Anchors[1].Words()) {
		t.Error("two certificates have the same words")
	}
	if got := b.Anchors[0].Words(); len(got) != 12 {
		t.Errorf("%d words, want 12: %q", len(got), got)
	}
}
