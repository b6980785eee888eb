package accuracy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/svclint/svclint/internal/accuracy"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/suite"
)

// floors are the F1 that the engine reaches on the two systems of testdata. They may be raised and never lowered: a kind
// below its floor has lost something. A kind that both have in full is not listed, and has the floor 1.
var floors = map[string]map[string]float64{
	"shop": {
		"tracing":      0.96,
		"trace breaks": 0.80,
		"boundary":     0.75,
	},
}

func TestTestdata(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the modules of testdata")
	}
	for _, name := range []string{"shop", "tidy"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			labels, err := accuracy.Read(filepath.Join("../../testdata", name, "labels.json"))
			if err != nil {
				t.Fatal(err)
			}
			dir := copyOf(t, name)
			got, m, err := accuracy.Recover(context.Background(), dir)
			if err != nil {
				t.Fatal(err)
			}
			s := accuracy.Compare(labels, got)
			for _, k := range s.Kinds {
				floor, ok := floors[name][k.Name]
				if !ok {
					floor = 1
				}
				if k.F1() < floor {
					t.Errorf("%s: F1 %.3f is below %.2f: missing %v, extra %v", k.Name, k.F1(), floor, k.Missing, k.Extra)
				}
			}
			findings(t, name, dir, m)
		})
	}
}

// copyOf is a copy of a system in testdata, outside of this repository: places in its Model are then relative to it, as
// they are in its labels.
func copyOf(t *testing.T, name string) string {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("../../testdata", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// findings holds what the passes say against what the system's README says of itself: tidy is without a smell, and shop
// has each smell once, at the place in the table.
func findings(t *testing.T, name, dir string, m *arch.Model) {
	fs := suite.Check(m)
	if name == "tidy" {
		for _, f := range fs {
			t.Errorf("a finding in a system without one: %s: %s (%s)", f.Pos, f.Message, f.Rule.ID)
		}
		return
	}
	smells := smellsOf(t, dir)
	for rule, places := range smells {
		if !slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Rule.ID == rule && slices.Contains(places, at(f)) }) {
			t.Errorf("%s: no finding at %s", rule, strings.Join(places, " or "))
		}
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		// What is only an info may stand in the text, for all places together.
		if f.Severity == finding.Info && strings.Contains(string(readme), "`"+f.Rule.ID+"`") {
			continue
		}
		if !slices.Contains(smells[f.Rule.ID], at(f)) {
			t.Errorf("a finding that the README does not know: %s: %s (%s)", f.Pos, f.Message, f.Rule.ID)
		}
	}
}

func at(f finding.Finding) string { return fmt.Sprintf("%s:%d", f.Pos.File, f.Pos.Line) }

var place = regexp.MustCompile("`([^` ]+:[0-9]+)`")

// smellsOf reads the table of smells in shop's README: rule and places.
func smellsOf(t *testing.T, dir string) map[string][]string {
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	smells := make(map[string][]string)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.Contains(cells[1], "/") {
			continue
		}
		for _, m := range place.FindAllStringSubmatch(cells[2], -1) {
			rule := strings.TrimSpace(cells[1])
			smells[rule] = append(smells[rule], m[1])
		}
	}
	if len(smells) < 10 {
		t.Fatalf("only %d smells in the README: has the table changed?", len(smells))
	}
	return smells
}
