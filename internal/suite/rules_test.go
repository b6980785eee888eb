package suite_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/svclint/svclint/internal/suite"
	"github.com/svclint/svclint/report"
)

var update = flag.Bool("update", false, "rewrite docs/rules.md")

// Each rule is documented as a whole, and under one name.
func TestRules(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range suite.Rules() {
		if err := r.Validate(); err != nil {
			t.Error(err)
		}
		if seen[r.ID] {
			t.Errorf("two rules are named %s", r.ID)
		}
		seen[r.ID] = true
	}
	if len(seen) < 10 {
		t.Errorf("%d rules", len(seen))
	}
}

// docs/rules.md is made from the rules.
func TestRulesPage(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "rules.md")
	got := report.RulesMarkdown(suite.Rules())
	if *update {
		if err := os.WriteFile(page, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/rules.md differs (go test ./internal/suite -update rewrites it):\n%s", diff)
	}
}
