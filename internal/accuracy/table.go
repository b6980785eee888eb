package accuracy

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// Repositories is a Markdown table of F1 in percent: a row per repository, a column per kind that any of them has.
// Kinds that a repository has nothing of are "-". Below 100 nothing is rounded up to it.
func Repositories(scores []Score) string {
	pool := Pool(scores)
	head := []string{"repository"}
	for _, k := range pool.Kinds {
		head = append(head, k.Name)
	}
	rows := [][]string{head}
	for i := range scores {
		row := []string{scores[i].Repo}
		for _, k := range pool.Kinds {
			cell := "-"
			if own := scores[i].Kind(k.Name); own != nil {
				cell = percent(own.F1())
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return markdown(rows)
}

// Pooled is a Markdown table with a row per kind: what all repositories together have of it, and precision, recall and
// F1 in percent.
func Pooled(scores []Score) string {
	rows := [][]string{{"kind", "labels", "found", "right", "precision", "recall", "F1"}}
	for _, k := range Pool(scores).Kinds {
		rows = append(rows, []string{k.Name, fmt.Sprint(k.Labels), fmt.Sprint(k.Found), fmt.Sprint(k.Hits),
			percent(k.Precision()), percent(k.Recall()), percent(k.F1())})
	}
	return markdown(rows)
}

// percent rounds, but gives 100 only to what is whole and 0 only to nothing.
func percent(share float64) string {
	p := math.Round(100 * share)
	switch {
	case share < 1:
		p = min(p, 99)
	}
	if share > 0 {
		p = max(p, 1)
	}
	return fmt.Sprint(p)
}

// markdown lays rows out, the first as the header; all columns but the first hold numbers.
func markdown(rows [][]string) string {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell), 3)
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, cell := range row {
			space := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				fmt.Fprintf(&b, "| %s%s |", cell, space)
			} else {
				fmt.Fprintf(&b, " %s%s |", space, cell)
			}
		}
		b.WriteByte('\n')
		if n == 0 {
			for i, w := range width {
				switch i {
				case 0:
					fmt.Fprintf(&b, "| %s |", strings.Repeat("-", w))
				default:
					fmt.Fprintf(&b, " %s: |", strings.Repeat("-", w-1))
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
