// Package findingtest is for the tests of smell passes: it prints findings so that a test reads like a report, and runs
// a pass over the multi-service modules of its testdata.
package findingtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/finding"
)

// At reads a position file:line[:col].
func At(s string) effects.Pos {
	var pos effects.Pos
	if err := pos.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return pos
}

// Equal fails the test when findings do not print as want says. Want may be indented as the test is; see Print.
func Equal(t *testing.T, got []finding.Finding, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if g, w := Print(got), strings.Join(lines, "\n"); g != w {
		t.Errorf("got:\n%s\n\nwant:\n%s", g, w)
	}
}

// Print writes a line per finding and, under it, a line that begins with "-" per step of its evidence.
func Print(fs []finding.Finding) string {
	var lines []string
	for _, f := range fs {
		head := fmt.Sprintf("%s: %s %s: %s", f.Pos, f.Severity, f.Rule.ID, f.Message)
		if f.Confidence != "high" {
			head += " [" + f.Confidence + "]"
		}
		lines = append(lines, head)
		for _, s := range f.Evidence {
			lines = append(lines, fmt.Sprintf("- %s: %s: %s", s.Service, s.Pos, s.What))
		}
	}
	return strings.Join(lines, "\n")
}

// Rules fails the test when a rule lacks a part of its documentation.
func Rules(t *testing.T, pass string, rules []*finding.Rule) {
	t.Helper()
	for _, r := range rules {
		if r.Pass() != pass {
			t.Errorf("rule %q: its id must begin with %q", r.ID, pass+"/")
		}
		if err := r.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// Modules runs a pass over each module in testdata, a repository of several services each, and compares what it reports
// with the "want" comments in their files.
func Modules(t *testing.T, a *analysis.Analyzer) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", "*", "go.mod"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no modules in testdata: %v", err)
	}
	for _, file := range found {
		dir, err := filepath.Abs(filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, ".svclint.yml")); err != nil {
			t.Fatalf("a case needs a .svclint.yml, which makes it a repository of its own: %v", err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) { analysistest.Run(t, dir, a, "./...") })
	}
}
