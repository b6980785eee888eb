package boundary

import (
	_ "embed"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
)

//go:embed doc.go
var doc string

// Analyzer reports the findings of Check that lie in one package.
var Analyzer = &analysis.Analyzer{
	Name: "boundary",
	Doc:  finding.PassDoc(doc, "boundary"),
	URL:  "https://pkg.go.dev/github.com/svclint/svclint/analyzers/boundary",
	Run:  pipeline.Run(Check),
}

// Check returns what is wrong with the boundaries of the services.
func Check(m *arch.Model) []finding.Finding {
	entries := make(map[string]string, len(m.Services))
	for _, s := range m.Services {
		entries[s.Name] = s.Entry
	}
	var fs []finding.Finding
	fs = append(fs, cycles(m, entries)...)
	fs = append(fs, imports(m, entries)...)
	fs = append(fs, chattyPairs(m)...)
	fs = append(fs, askedTwice(m)...)
	fs = append(fs, distributedTransactions(m)...)
	fs = append(fs, hardCoded(m)...)
	fs = append(fs, sharedDomain(m)...)
	fs = append(fs, godServices(m)...)
	fs = append(fs, lockSteps(m)...)
	fs = append(fs, nanoServices(m, entries)...)
	finding.Sort(fs)
	return fs
}

// remarks are those of a kind that have a place.
func remarks(m *arch.Model, kind string) []arch.Boundary {
	var out []arch.Boundary
	for _, b := range m.Boundary {
		if b.Kind == kind && len(b.Sites) > 0 && len(b.Services) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// grouped are the Model's remarks of a kind, those that are said as one together, in the Model's order.
func grouped(m *arch.Model, kind string, asOne func(first, b arch.Boundary) bool) [][]arch.Boundary {
	var groups [][]arch.Boundary
	for _, b := range remarks(m, kind) {
		i := slices.IndexFunc(groups, func(g []arch.Boundary) bool { return asOne(g[0], b) })
		if i < 0 {
			groups = append(groups, []arch.Boundary{b})
		} else {
			groups[i] = append(groups[i], b)
		}
	}
	return groups
}
