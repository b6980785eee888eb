// Package plugin makes svclint a linter of golangci-lint v2, by its module plugin system
// (https://golangci-lint.run/docs/plugins/module-plugins/): a golangci-lint that is built with this package knows the
// linter svclint, and .golangci-plugin.yml at the top of this repository enables it. The smell passes come in; what they
// find on the whole repository comes out of golangci-lint package by package, beside the findings of other linters.
package plugin

import (
	"os"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
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

// BuildAnalyzers returns the smell passes and a cache key.
//
// golangci-lint caches the issues of a package under the package's content, its imports' and the names of the analyzers
// (pkg/goanalysis/runners_cache.go). It cannot know that the edit of one service changes what is wrong with another, so
// the last analyzer does nothing but have a name that changes when any finding does.
func (linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	digest, err := state()
	if err != nil {
		return nil, err
	}
	return append(suite.Analyzers(), &analysis.Analyzer{
		Name: "svclint_" + digest,
		Doc:  "reports nothing; its name keeps golangci-lint's cache from serving findings of another state of the repository",
		Run:  func(*analysis.Pass) (any, error) { return nil, nil },
	}), nil
}

// state is the digest of the findings in the repository that golangci-lint runs in. The analysis is not done twice: the
// passes ask for the same Model. When it fails they will say so; only a wrong .svclint.yml is told at once.
func state() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "unknown", nil //nolint:nilerr // the passes will say so
	}
	m, err := pipeline.ForDir(dir)
	switch {
	case config.IsError(err):
		return "", err
	case err != nil:
		return "unknown", nil //nolint:nilerr // the passes will say so
	}
	if err := suite.CheckSettings(m.Settings); err != nil {
		return "", err
	}
	return suite.Digest(suite.Check(m)), nil
}

// GetLoadMode asks for types: a pass's positions come from the type-checked package.
func (linter) GetLoadMode() string { return register.LoadModeTypesInfo }
