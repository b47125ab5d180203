package trust

import "strings"

// Nearest is the client whose name a misspelt word most likely means, "" where none
// is near.
func Nearest(word string) string {
	best, least := "", min(max(2, len(word)/3), len(word)-1)+1
	if len(word) > 32 {
		return ""
	}
	for _, c := range clients {
		for _, name := range append([]string{c.Name}, c.Also...) {
			if strings.HasPrefix(name, word) && word != "" {
				return name
			}
			if n := edits(word, name); n < least {
				best, least = name, n
			}
		}
	}
	return best
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(substituted, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
