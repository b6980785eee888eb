package accuracy

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// Repositories is a Markdown table of F1 in percent: a row per repository, a column per kind. Kinds that a repository has
// nothing of are "-". Below 100 nothing is rounded up to it.
func Repositories(scores []Score, kinds []string) string {
	rows := [][]string{append([]string{"repository"}, kinds...)}
	for i := range scores {
		row := []string{scores[i].Repo}
		for _, name := range kinds {
			cell := "-"
			if k := scores[i].Kind(name); k != nil {
				cell = percent(k.F1())
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return markdown(rows)
}

// Pooled is a Markdown table with a row per kind: what all repositories together have of it, and precision, recall and
// F1 in percent.
func Pooled(scores []Score, kinds []string) string {
	rows := [][]string{{"kind", "labels", "found", "right", "precision", "recall", "F1"}}
	pool := Pool(scores)
	for _, name := range kinds {
		k := pool.Kind(name)
		if k == nil {
			continue
		}
		rows = append(rows, []string{k.Name, fmt.Sprint(k.Labels), fmt.Sprint(k.Found), fmt.Sprint(k.Hits),
			percent(k.Precision()), percent(k.Recall()), percent(k.F1())})
	}
	return markdown(rows)
}

// percent rounds, but gives 100 only to what is whole and 0 only to nothing.
func percent(share float64) string {
	p := math.Round(100 * share)
	if share > 0 && share < 1 {
		p = min(max(p, 1), 99)
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
