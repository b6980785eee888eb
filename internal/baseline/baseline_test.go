package baseline

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/finding"
)

var rule = &finding.Rule{ID: "crossdb/foreign-read"}

func reads(service, table string) finding.Finding {
	return finding.Finding{
		Rule: rule, Services: []string{service, "orders"}, Subject: "postgres:" + table,
		Message: service + " reads table " + table, Pos: effects.Pos{File: service + ".go", Line: 3},
	}
}

// A baseline knows a finding wherever it moves, and says what it does not know and what is gone.
func TestCompare(t *testing.T) {
	b := Of([]finding.Finding{reads("billing", "orders"), reads("reports", "orders")})
	moved := reads("billing", "orders")
	moved.Pos = effects.Pos{File: "renamed.go", Line: 70}
	d := b.Compare([]finding.Finding{moved, reads("billing", "items")})
	if len(d.Known) != 1 || d.Known[0].Pos != moved.Pos || len(d.New) != 1 || d.New[0].Subject != "postgres:items" ||
		len(d.Stale) != 1 || d.Stale[0].Services[0] != "reports" {
		t.Errorf("got %+v", d)
	}
}

// The file's bytes depend on neither the order of the findings nor their places, and what is read is what was written.
func TestWriteRead(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.json"), filepath.Join(dir, "two.json")
	moved := reads("reports", "orders")
	moved.Pos.Line++
	for name, fs := range map[string][]finding.Finding{
		one: {reads("billing", "orders"), reads("reports", "orders")},
		two: {moved, reads("billing", "orders")},
	} {
		if err := Of(fs).Write(name); err != nil {
			t.Fatal(err)
		}
	}
	a, errA := os.ReadFile(one)
	b, errB := os.ReadFile(two)
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Errorf("%v, %v\n%s", errA, errB, cmp.Diff(string(a), string(b)))
	}
	read, err := Read(one)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Of([]finding.Finding{moved, reads("billing", "orders")}), read); diff != "" {
		t.Error(diff)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("files left behind: %v, %v", left, err)
	}
}

// What is no baseline is told with its line.
func TestReadDamaged(t *testing.T) {
	name := filepath.Join(t.TempDir(), File)
	if _, err := Read(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	for text, want := range map[string]string{
		"{\n\"schema\": 1,\n]":                   "line 3",
		"{\"schema\": 2, \"findings\": []}":      "its schema is 2",
		"{\"schema\": 1,\n\n\"finding\": []}":    `line 3: json: unknown field "finding"`,
		"{\"schema\": 1,\n\"findings\": \"no\"}": "line 2",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}
