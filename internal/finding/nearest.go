package finding

import "strings"

// NearestRule is the rule whose id, or whose name without its pass, is most like what was written; nil when none is.
func NearestRule(written string, rules []*Rule) *Rule {
	written = strings.ToLower(written)
	var best *Rule
	least := max(2, len(written)/3) + 1 // as many edits make it another word
	for _, r := range rules {
		_, name, _ := strings.Cut(r.ID, "/")
		for _, id := range []string{r.ID, name} {
			if d := distance(written, id); d < least {
				best, least = r, d
			}
		}
	}
	return best
}

// distance is the number of letters to insert, remove or replace to make one word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
