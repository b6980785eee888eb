package plugin

import (
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"
)

func TestRegistered(t *testing.T) {
	t.Chdir(t.TempDir()) // nothing to analyse
	newPlugin, err := register.GetPlugin(Name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlugin(nil)
	if err != nil {
		t.Fatal(err)
	}
	as, err := p.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	if len(as) != 6 {
		t.Errorf("%d analyzers, want one per lesson and the cache key", len(as))
	}
	if err := analysis.Validate(as); err != nil {
		t.Error(err)
	}
}

func TestUnknownSetting(t *testing.T) {
	if _, err := New(map[string]any{"hop-budget": 3}); err == nil {
		t.Error("a setting that svclint does not know was accepted")
	}
	if _, err := New(map[string]any{}); err != nil {
		t.Error(err)
	}
}
