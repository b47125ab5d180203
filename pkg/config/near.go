package config

import "strings"

// didYouMean is the remark that names the word nearest to a wrong one, or "".
func didYouMean(wrong string, words []string) string {
	if word := Nearest(wrong, words); word != "" {
		return "; did you mean " + word + "?"
	}
	return ""
}

// Nearest is the word that a wrong one begins, or the one with the fewest edits from
// it; "" where none is near.
func Nearest(wrong string, words []string) string {
	best, least := "", min(max(2, len(wrong)/3), len(wrong)-1)+1
	if wrong == "" || len(wrong) > 64 {
		return ""
	}
	for _, word := range words {
		if strings.HasPrefix(word, wrong) {
			return word
		}
		if n := edits(strings.ToLower(wrong), strings.ToLower(word)); n < least {
			best, least = word, n
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

// oneOf writes words as a choice: a, b or c.
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
