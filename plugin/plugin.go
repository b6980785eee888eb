// Package plugin makes svclint a linter of golangci-lint v2, by its module plugin system
// (https://golangci-lint.run/docs/plugins/module-plugins/): a golangci-lint that is built with this package knows the
// linter svclint, and .golangci-plugin.yml at the top of this repository enables it. The smell passes come in; what they
// find on the whole repository comes out of golangci-lint package by package, beside the findings of other linters.
package plugin

import (
	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/analyzers/boundary"
	"github.com/svclint/svclint/analyzers/crossdb"
	"github.com/svclint/svclint/analyzers/idempotency"
	"github.com/svclint/svclint/analyzers/syncchain"
	"github.com/svclint/svclint/analyzers/tracespan"
)

// Name is the linter's name in a golangci-lint configuration.
const Name = "svclint"

// golangci-lint builds a module plugin in by a blank import and nothing else, so this is the one place that has to
// register by init.
func init() { register.Plugin(Name, New) }

// Settings is what linters.settings.custom.svclint.settings may hold: nothing yet. A key that svclint does not know is
// an error and not a silent no-op.
type Settings struct{}

// New makes the plugin from its settings, as golangci-lint decoded them from YAML.
func New(settings any) (register.LinterPlugin, error) {
	if settings != nil {
		if _, err := register.DecodeSettings[Settings](settings); err != nil {
			return nil, err
		}
	}
	return linter{}, nil
}

type linter struct{}

// BuildAnalyzers returns the five smell passes.
func (linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	return []*analysis.Analyzer{
		crossdb.Analyzer,
		syncchain.Analyzer,
		tracespan.Analyzer,
		idempotency.Analyzer,
		boundary.Analyzer,
	}, nil
}

// GetLoadMode asks for types: a pass's positions come from the type-checked package.
func (linter) GetLoadMode() string { return register.LoadModeTypesInfo }
