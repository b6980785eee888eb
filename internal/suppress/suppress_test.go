package suppress

import (
	"strings"
	"testing"
	"time"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
)

var rules = []*finding.Rule{{ID: "crossdb/foreign-read"}, {ID: "crossdb/foreign-write"}, {ID: "boundary/cycle"}, unused}

func found(rule, file string, line int) finding.Finding {
	for _, r := range rules {
		if r.ID == rule {
			return finding.Finding{Rule: r, Severity: finding.Error, Pos: effects.Pos{File: file, Line: line}, Subject: file}
		}
	}
	panic("no rule " + rule)
}

// comment is a directive in a.go that is about lines 10 to 12.
func comment(text string) effects.Directive {
	return effects.Directive{Pos: effects.Pos{File: "a.go", Line: 9, Col: 1}, Text: text, First: 10, Last: 12, Scope: "example.com/a.F"}
}

// The finding in a.go:11 is of rule crossdb/foreign-read. left says whether a comment leaves it, problem what is said of the
// comment.
func TestDirectives(t *testing.T) {
	for text, want := range map[string]struct {
		left    bool
		problem string
	}{
		"//svclint:ignore crossdb/foreign-read a replica":                {},
		"//svclint:ignore crossdb/foreign-read // a replica":             {},
		"//svclint:ignore crossdb a replica":                             {},
		"//svclint:ignore crossdb/* a replica":                           {},
		"//svclint:ignore boundary/cycle,crossdb/foreign-read a replica": {},
		"//nolint:svclint // a replica":                                  {},
		"//nolint:errcheck,svclint // a replica":                         {},

		"//svclint:ignore crossdb/foreign-read":         {problem: "has no reason"},
		"//nolint:svclint":                              {problem: "has no reason"},
		"//svclint:ignore crossdb/foreign-write theirs": {left: true, problem: "matches no finding"},
		"//svclint:ignore crossdb/foreign-raed theirs":  {left: true, problem: "did you mean crossdb/foreign-read?"},
		"//svclint:ignore foreign-read theirs":          {left: true, problem: "did you mean crossdb/foreign-read?"},
		"//svclint:ignore":                              {left: true, problem: "names no rule"},
		"//svclint:disable crossdb":                     {left: true, problem: "is no directive"},
		"// svclint:ignore crossdb/foreign-read theirs": {left: true, problem: "remove the space"},
	} {
		r := Apply([]finding.Finding{found("crossdb/foreign-read", "a.go", 11)}, Input{Directives: []effects.Directive{comment(text)}, Rules: rules})
		check(t, text, r, want.left, want.problem)
	}
}

// A place elsewhere is not touched; golangci-lint's comments are left to golangci-lint.
func TestDirectiveElsewhere(t *testing.T) {
	for _, f := range []finding.Finding{found("crossdb/foreign-read", "a.go", 13), found("crossdb/foreign-read", "b.go", 11)} {
		r := Apply([]finding.Finding{f}, Input{Directives: []effects.Directive{comment("//svclint:ignore crossdb a replica")}, Rules: rules})
		check(t, f.Pos.String(), r, true, "matches no finding")
	}
	r := Apply([]finding.Finding{found("crossdb/foreign-read", "a.go", 11)}, Input{Directives: []effects.Directive{comment("//nolint:svclint")}, SkipNolint: true})
	check(t, "in golangci-lint", r, true, "")
}

// The finding in services/reports/store/a.go is of rule crossdb/foreign-read; it is 2026-05-10.
func TestEntries(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		entry   Entry
		left    bool
		problem string
	}{
		{Entry{Path: "services/reports", Rule: "crossdb/foreign-read", Reason: "a replica"}, false, ""},
		{Entry{Path: "services/reports/**", Rule: "crossdb/*", Reason: "a replica"}, false, ""},
		{Entry{Path: "**/store/*.go", Reason: "a replica"}, false, ""},
		{Entry{Rule: "crossdb", Reason: "a replica", Until: day("2026-05-10")}, false, ""},
		{Entry{Rule: "svclint/unused-suppression", Reason: "they come and go"}, true, ""},

		{Entry{Path: "services/reports"}, false, "has no reason"},
		{Entry{Path: "services/report", Reason: "a replica"}, true, "matches no finding"},
		{Entry{Path: "services/*.go", Reason: "a replica"}, true, "matches no finding"},
		{Entry{Rule: "crossdb/foreign-reads", Reason: "a replica"}, true, "did you mean crossdb/foreign-read?"},
		{Entry{Rule: "crossdb", Reason: "a replica", Until: day("2026-05-09")}, true, "ended on 2026-05-09"},
	} {
		tt.entry.Pos = effects.Pos{File: ".svclint.yml", Line: 3}
		r := Apply([]finding.Finding{found("crossdb/foreign-read", "services/reports/store/a.go", 11)},
			Input{Entries: []Entry{tt.entry}, Rules: rules, Today: day("2026-05-10").Add(12 * time.Hour)})
		check(t, tt.entry.Path+" "+tt.entry.Rule, r, tt.left, tt.problem)
	}
}

// The ignore entries of a configuration, with their places.
func TestConfigured(t *testing.T) {
	cfg, err := config.Read(".svclint.yml", []byte(`ignore:
  - {path: legacy, rule: boundary, reason: goes away}
  - {path: legacy, rule: crossdb, reason: goes away, until: 2027-01-31}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := Apply([]finding.Finding{found("boundary/cycle", "legacy/gw/a.go", 3), found("boundary/cycle", "legacygw/a.go", 4)},
		Input{Entries: Entries(cfg), Rules: rules, Today: time.Date(2027, 1, 31, 23, 0, 0, 0, time.UTC)})
	if len(r.Left) != 1 || r.Left[0].Pos.File != "legacygw/a.go" || len(r.Suppressed) != 1 || r.Suppressed[0].By.Line != 2 {
		t.Errorf("left %v, suppressed %v", r.Left, r.Suppressed)
	}
	if len(r.Problems) != 1 || r.Problems[0].Pos.Line != 3 || !strings.Contains(r.Problems[0].Message, "matches no finding") {
		t.Errorf("problems %v", r.Problems)
	}
	if Entries(nil) != nil {
		t.Error("entries without a configuration")
	}
}

// What is said of a suppression can be suppressed too, by an entry.
func TestSuppressTheRule(t *testing.T) {
	r := Apply(nil, Input{
		Directives: []effects.Directive{comment("//svclint:ignore crossdb")},
		Entries:    []Entry{{Rule: unused.ID, Path: "a.go", Reason: "generated"}},
		Rules:      rules,
	})
	if len(r.Problems) != 0 || len(r.Suppressed) != 1 {
		t.Errorf("problems %v, suppressed %v", r.Problems, r.Suppressed)
	}
}

func check(t *testing.T, what string, r Result, left bool, problem string) {
	t.Helper()
	var messages []string
	stays := len(r.Left) > 0
	for _, f := range r.Problems {
		messages = append(messages, f.Message)
	}
	if stays != left || len(r.Suppressed) == 1 == left {
		t.Errorf("%s: left %v, want %v", what, stays, left)
	}
	if got := strings.Join(messages, "\n"); problem == "" && got != "" || !strings.Contains(got, problem) || len(messages) > 1 {
		t.Errorf("%s: reported %q, want %q", what, got, problem)
	}
}

func TestRules(t *testing.T) {
	for _, r := range Rules() {
		if err := r.Validate(); err != nil {
			t.Error(err)
		}
	}
}
