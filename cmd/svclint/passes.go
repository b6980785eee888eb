package main

import (
	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/analyzers/boundary"
	"github.com/svclint/svclint/analyzers/crossdb"
	"github.com/svclint/svclint/analyzers/idempotency"
	"github.com/svclint/svclint/analyzers/syncchain"
	"github.com/svclint/svclint/analyzers/tracespan"
	"github.com/svclint/svclint/internal/arch"
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

// checkAll is every pass's findings on m.
func checkAll(m *arch.Model) []finding.Finding {
	var fs []finding.Finding
	for _, p := range passes() {
		fs = append(fs, p.check(m)...)
	}
	return fs
}
