package finding

import (
	"strings"
	"testing"

	"github.com/svclint/svclint/analyzers/effects"
)

// A rule is complete when each part of its documentation is there and its examples are Go.
func TestRuleValidate(t *testing.T) {
	whole := Rule{
		ID: "crossdb/foreign-read", Title: "A title", Lesson: "A lesson", Why: "A reason.",
		Wrong: `rows, err := db.Query("SELECT 1 FROM orders")`, Right: "func f() {}", Instead: "Ask.",
	}
	if err := whole.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Rule){
		"pass/name":               func(r *Rule) { r.ID = "foreign-read" },
		"no title":                func(r *Rule) { r.Title = "" },
		"full stop":               func(r *Rule) { r.Title = "A title." },
		"no lesson":               func(r *Rule) { r.Lesson = "" },
		"no why":                  func(r *Rule) { r.Why = " " },
		"no wrong example":        func(r *Rule) { r.Wrong = "" },
		"right example is not":    func(r *Rule) { r.Right = "if {" },
		"no instead":              func(r *Rule) { r.Instead = "" },
		"neither high nor":        func(r *Rule) { r.Confidence = "low" },
		"option \"budgets.hops\"": func(r *Rule) { r.Options = []Option{{Key: "budgets.hops"}} },
	} {
		r := whole
		spoil(&r)
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// Findings that are alike in all but their place get a fingerprint each; the set of them does not depend on the places.
func TestDistinguish(t *testing.T) {
	rule := &Rule{ID: "tracespan/server-uninstrumented"}
	at := func(file string) Finding {
		return Finding{Rule: rule, Services: []string{"orders"}, Subject: "server", Pos: effects.Pos{File: file, Line: 1}}
	}
	prints := func(fs []Finding) map[string]bool {
		Distinguish(fs)
		set := make(map[string]bool)
		for i := range fs {
			set[fs[i].Fingerprint()] = true
		}
		return set
	}
	before := prints([]Finding{at("a.go"), at("b.go"), at("c.go")})
	after := prints([]Finding{at("z.go"), at("b.go"), at("c.go")})
	if len(before) != 3 || len(after) != 3 {
		t.Fatalf("%d and %d fingerprints of 3 findings", len(before), len(after))
	}
	for f := range before {
		if !after[f] {
			t.Errorf("fingerprint %s is gone after a file was renamed", f)
		}
	}
}
