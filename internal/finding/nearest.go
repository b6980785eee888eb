package finding

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/spelling"
)

// NearestRule is the rule whose id, or whose name without its pass, is most like what was written; nil when none is.
func NearestRule(written string, rules []*Rule) *Rule {
	words := make([]string, 0, 2*len(rules)) // a rule's two, one after the other
	for _, r := range rules {
		_, name, _ := strings.Cut(r.ID, "/")
		words = append(words, r.ID, name)
	}
	near := spelling.Nearest(written, words)
	if near == "" {
		return nil
	}
	return rules[slices.Index(words, near)/2]
}
