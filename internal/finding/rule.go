package finding

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Rule is the documentation of one rule as data: the CLI, the reports and docs/rules.md print it from here. A new rule is
// one literal in its pass's rules.go; Validate says what it lacks.
type Rule struct {
	ID     string `json:"id"`     // pass/name, such as crossdb/foreign-write
	Title  string `json:"title"`  // one line, no full stop
	Lesson string `json:"lesson"` // which of the five lessons it rests on
	Why    string `json:"why"`    // what goes wrong in production
	// Wrong and Right are Go: declarations or statements. Each is as short as it can be, and Right is what Wrong should have
	// been.
	Wrong   string `json:"wrong"`
	Right   string `json:"right"`
	Instead string `json:"instead"` // what to do
	// Options are the configuration keys that change what the rule reports, beside those that every rule has: its severity
	// and ignore.
	Options    []Option `json:"options"`
	Severity   Severity `json:"severity"`             // by default
	Confidence string   `json:"confidence,omitempty"` // what its findings have at best; "" means high
	Off        bool     `json:"off,omitempty"`        // not reported unless the configuration gives it a severity
}

// Option is a key of .svclint.yml.
type Option struct {
	Key     string `json:"key"`     // as a path: budgets.hops
	Default string `json:"default"` // as in YAML; "" when there is none
	What    string `json:"what"`    // what it changes
}

// Pass is the part of the rule's id that names its pass.
func (r *Rule) Pass() string {
	pass, _, _ := strings.Cut(r.ID, "/")
	return pass
}

// State says whether the rule is on by default, in words.
func (r *Rule) State() string {
	if r.Off {
		return "off"
	}
	return "on"
}

// Validate says what the rule's documentation lacks.
func (r *Rule) Validate() error {
	var errs []error
	missing := func(what string) { errs = append(errs, fmt.Errorf("rule %q: no %s", r.ID, what)) }
	if pass, name, ok := strings.Cut(r.ID, "/"); !ok || pass == "" || name == "" || strings.ToLower(r.ID) != r.ID {
		errs = append(errs, fmt.Errorf("rule %q: its id is not of the form pass/name", r.ID))
	}
	for _, part := range []struct{ name, text string }{
		{"title", r.Title}, {"lesson", r.Lesson}, {"why", r.Why}, {"wrong example", r.Wrong}, {"right example", r.Right}, {"instead", r.Instead},
	} {
		if strings.TrimSpace(part.text) == "" {
			missing(part.name)
		}
	}
	if strings.HasSuffix(r.Title, ".") || strings.Contains(r.Title, "\n") {
		errs = append(errs, fmt.Errorf("rule %q: its title is not one line without a full stop", r.ID))
	}
	if !slices.Contains([]string{"", "high", "medium"}, r.Confidence) {
		errs = append(errs, fmt.Errorf("rule %q: confidence %q is neither high nor medium", r.ID, r.Confidence))
	}
	for _, example := range []struct{ name, code string }{{"wrong", r.Wrong}, {"right", r.Right}} {
		if err := parseExample(example.code); err != nil {
			errs = append(errs, fmt.Errorf("rule %q: the %s example is not Go: %w", r.ID, example.name, err))
		}
	}
	for _, o := range r.Options {
		if o.Key == "" || o.What == "" {
			errs = append(errs, fmt.Errorf("rule %q: option %q lacks its key or what it changes", r.ID, o.Key))
		}
	}
	return errors.Join(errs...)
}

// parseExample reads declarations, else the statements of a function.
func parseExample(code string) error {
	const header = "package example\n"
	_, err := parser.ParseFile(token.NewFileSet(), "", header+code, parser.SkipObjectResolution)
	if err == nil {
		return nil
	}
	if _, asBody := parser.ParseFile(token.NewFileSet(), "", header+"func _() {\n"+code+"\n}", parser.SkipObjectResolution); asBody == nil {
		return nil
	}
	return err
}
