package boundary

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// imports returns one finding per importing service and imported package, at the first import.
func imports(m *arch.Model, entries map[string]string) []finding.Finding {
	type key struct{ service, of, pkg string }
	var order []key
	groups := make(map[key][]arch.Import)
	for _, imp := range m.Imports {
		if imp.Contract || imp.Service == imp.Of || entries[imp.Service] != "" && entries[imp.Service] == entries[imp.Of] {
			continue
		}
		k := key{imp.Service, imp.Of, imp.Package}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], imp)
	}
	var fs []finding.Finding
	for _, k := range order {
		group := groups[k]
		slices.SortStableFunc(group, func(a, b arch.Import) int { return a.Site.Compare(b.Site) })
		f := finding.Finding{
			Rule:       foreignInternals,
			Severity:   foreignInternals.Severity,
			Confidence: "high",
			Services:   []string{k.service, k.of},
			Pos:        group[0].Site,
			Subject:    k.pkg,
			Message:    fmt.Sprintf("%s imports %s, which is internal to %s and no contract", k.service, k.pkg, k.of),
		}
		seen := make(map[effects.Pos]bool)
		for _, imp := range group {
			f.Evidence = append(f.Evidence, finding.Places(k.service, imp.Importer+" imports it", []effects.Pos{imp.Site}, seen)...)
		}
		fs = append(fs, f)
	}
	return fs
}
