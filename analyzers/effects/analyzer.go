package effects

import (
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
)

// Analyzer makes the Summary of one package available to other go/analysis passes. It reports nothing.
var Analyzer = &analysis.Analyzer{
	Name:       "effects",
	Doc:        "effects summarizes what each function of a package calls, stores, returns and decides",
	Requires:   []*analysis.Analyzer{buildssa.Analyzer},
	ResultType: reflect.TypeFor[*Summary](),
	Run: func(pass *analysis.Pass) (any, error) {
		return Summarize(Input{
			Path:  pass.Pkg.Path(),
			Fset:  pass.Fset,
			Files: pass.Files,
			SSA:   pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).Pkg,
			Rel:   func(file string) string { return file },
		}), nil
	},
}
