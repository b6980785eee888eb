package report

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (go test ./report -update rewrites it):\n%s", path, diff)
	}
}

func TestFormats(t *testing.T) {
	m, fs := shop()
	r := New(m, fs)

	text, err := r.Text(Style{})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.txt", text)
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasSuffix(line, " ") {
			t.Errorf("line %d ends in a blank: %q", i+1, line)
		}
	}

	color, err := r.Text(Style{Color: true})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.color.txt", color)

	doc, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.json", doc)

	golden(t, "shop.model.txt", ModelText(m, Style{}))
}

// An empty Model has lists in its JSON, not nulls, and a report of n/a, not of full marks.
func TestEmpty(t *testing.T) {
	m := &arch.Model{Schema: arch.Schema}
	r := New(m, nil)
	if got := r.Scorecard.Verdict; got != NothingToScore {
		t.Errorf("verdict %q", got)
	}
	for _, s := range r.Scorecard.Scores {
		if s.Points != nil {
			t.Errorf("%s scores %v without anything to measure", s.Lesson, *s.Points)
		}
	}
	text, err := r.Text(Style{})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "empty.txt", text)
	for name, encode := range map[string]func() ([]byte, error){
		"report": r.JSON,
		"model":  func() ([]byte, error) { return ModelJSON(m) },
	} {
		doc, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		var top map[string]any
		if err := json.Unmarshal(doc, &top); err != nil {
			t.Fatal(err)
		}
		for key, v := range top {
			if v == nil {
				t.Errorf("%s: %q is null", name, key)
			}
		}
	}
}

// A terminal must not obey what stands in the analysed source.
func TestControlCharacters(t *testing.T) {
	f := finding.Finding{
		Rule: foreignWrite, Severity: finding.Error, Message: "writes \x1b[2Jorders",
		Pos: at("a.go", 1, 1), Evidence: []finding.Step{{Pos: at("a.go", 1, 1), What: "SELECT\r\n\x07 1"}},
	}
	text, err := New(&arch.Model{}, []finding.Finding{f}).Text(Style{})
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(text), "\x1b\x07\r") {
		t.Errorf("control characters reach the terminal: %q", text)
	}
}
