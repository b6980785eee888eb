// Package suite lists the five smell passes and their rules, so that whoever runs them runs the same: the CLI, the vet tool and the
// golangci-lint plugin.
package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/analyzers/boundary"
	"github.com/svclint/svclint/analyzers/crossdb"
	"github.com/svclint/svclint/analyzers/idempotency"
	"github.com/svclint/svclint/analyzers/syncchain"
	"github.com/svclint/svclint/analyzers/tracespan"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/suppress"
)

// pass is one smell pass in its two forms: over the Model of a repository, and as an analyzer that a go/analysis driver
// runs package by package.
type pass struct {
	analyzer *analysis.Analyzer
	check    func(*arch.Model) []finding.Finding
	rules    func() []*finding.Rule
}

func passes() []pass {
	return []pass{
		{crossdb.Analyzer, crossdb.Check, crossdb.Rules},
		{syncchain.Analyzer, syncchain.Check, syncchain.Rules},
		{tracespan.Analyzer, tracespan.Check, tracespan.Rules},
		{idempotency.Analyzer, idempotency.Check, idempotency.Rules},
		{boundary.Analyzer, boundary.Check, boundary.Rules},
	}
}

// Analyzers returns the passes for a go/analysis driver.
func Analyzers() []*analysis.Analyzer {
	var as []*analysis.Analyzer
	for _, p := range passes() {
		as = append(as, p.analyzer)
	}
	return as
}

// Rules returns every rule there is, by pass in the order of the lessons and then by name: those of the passes, and those
// about suppressions.
func Rules() []*finding.Rule {
	var rules []*finding.Rule
	for _, p := range passes() {
		rules = append(rules, sorted(p.rules())...)
	}
	return append(rules, sorted(suppress.Rules())...)
}

func sorted(rules []*finding.Rule) []*finding.Rule {
	return slices.SortedFunc(slices.Values(rules), func(a, b *finding.Rule) int { return strings.Compare(a.ID, b.ID) })
}

// Check returns the findings of all passes on m with the severities of the repository's configuration, those of rules that
// are off left out, and no two with one fingerprint.
func Check(m *arch.Model) []finding.Finding {
	var fs []finding.Finding
	for _, p := range passes() {
		fs = append(fs, p.check(m)...)
	}
	fs = finding.Settle(fs, m.Settings)
	finding.Distinguish(fs)
	return fs
}

// CheckSettings holds the rules that a configuration names against those that there are. The error is the user's to mend.
func CheckSettings(cfg *config.Config) error {
	var ids []string
	for _, r := range Rules() {
		ids = append(ids, r.ID)
	}
	return cfg.CheckRules(ids)
}

// Suppress takes out of fs, findings on m, what comments in the code and the configuration suppress.
func Suppress(m *arch.Model, fs []finding.Finding) suppress.Result {
	r := suppress.Apply(fs, suppress.Input{Directives: m.Directives, Entries: suppress.Entries(m.Settings), Rules: Rules(), Today: time.Now()})
	r.Problems = finding.Settle(r.Problems, m.Settings)
	return r
}

// Digest identifies a set of findings and their places. Drivers that cache what a pass said of a package look at the
// package and at what it imports; what svclint says rests on the whole repository. So the digest goes into their cache
// keys: as long as no finding changes anywhere, what they have cached is right, and not an edit longer.
func Digest(fs []finding.Finding) string {
	h := sha256.New()
	for i := range fs {
		f := &fs[i]
		fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s\n", f.Rule.ID, f.Severity, f.Pos, f.Message)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
