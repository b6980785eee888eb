// Package suite lists the five smell passes, so that whoever runs them runs the same: the CLI, the vet tool and the
// golangci-lint plugin.
package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
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
)

// pass is one smell pass in its two forms: over the Model of a repository, and as an analyzer that a go/analysis driver
// runs package by package.
type pass struct {
	analyzer *analysis.Analyzer
	check    func(*arch.Model) []finding.Finding
}

func passes() []pass {
	return []pass{
		{crossdb.Analyzer, crossdb.Check},
		{syncchain.Analyzer, syncchain.Check},
		{tracespan.Analyzer, tracespan.Check},
		{idempotency.Analyzer, idempotency.Check},
		{boundary.Analyzer, boundary.Check},
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

// Check returns the findings of all passes on m, as the repository's configuration wants them, and what is wrong with what
// it ignores.
func Check(m *arch.Model) []finding.Finding {
	var fs []finding.Finding
	for _, p := range passes() {
		fs = append(fs, p.check(m)...)
	}
	today := time.Now()
	fs, used := finding.Apply(fs, m.Settings, today)
	return append(fs, finding.Unused(m.Settings, used, today)...)
}

// Rules returns the rules of all passes, by pass.
func Rules() []*finding.Rule {
	return slices.Concat(crossdb.Rules(), syncchain.Rules(), tracespan.Rules(), idempotency.Rules(), boundary.Rules(),
		[]*finding.Rule{finding.UnusedSuppression})
}

// CheckSettings holds the rules that a configuration names against those that there are. The error is the user's to mend.
func CheckSettings(cfg *config.Config) error {
	var ids []string
	for _, r := range Rules() {
		ids = append(ids, r.ID)
	}
	return cfg.CheckRules(ids)
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
