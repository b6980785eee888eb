// Package spelling finds the word that somebody meant: errors about names that a user wrote offer it.
package spelling

import "strings"

// Nearest gives the word that written was meant to be, in any case of letters, or "" where none is near: at most a third of its
// letters differ. Of words that are equally near it is the first.
func Nearest(written string, words []string) string {
	best, least := "", max(1, len(written)/3)+1
	for _, w := range words {
		if d := edits(strings.ToLower(written), strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// edits is the Levenshtein distance, with two letters in each other's place as one edit ("ownres").
func edits(a, b string) int {
	before := make([]int, len(b)+1) // two rows up
	above := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := above[j]
			if a[i] != b[j] {
				cost = 1 + min(above[j], above[j+1], row[j])
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cost = min(cost, before[j-1]+1)
			}
			row[j+1] = cost
		}
		before, above = above, row
	}
	return above[len(b)]
}
