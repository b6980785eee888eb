// Package suppress takes out of a list of findings those that somebody has decided to live with, and reports the
// decisions that are not in order.
//
// What comes in are findings, the directives that effects found in comments, and the ignore entries of the configuration;
// what comes out are the findings that are left, those that were taken out, and a finding of rule
// svclint/unused-suppression for each suppression that has no reason, matches nothing, names no rule, or has run out.
//
// Two forms of comment are known:
//
//	//svclint:ignore crossdb/foreign-read the reports database is a replica (ADR 12)
//	//nolint:svclint // the reports database is a replica (ADR 12)
//
// effects.Directive says which lines they are about. A rule is a name, a pass, a glob, or several of them with commas.
package suppress

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
)

// Entry is one element of `ignore:` in the configuration.
type Entry struct {
	Pos effects.Pos // in the configuration file
	// Path is a file, a directory with all that is below it, or a glob: * within a name, ** across directories. It is
	// relative to the repository root. "" is everywhere.
	Path   string
	Rule   string // a rule, a pass, or a glob such as crossdb/*; "" is every rule
	Reason string
	Until  time.Time // the last day, at midnight UTC; zero is for ever
}

// Entries are those of a configuration, which may be nil.
func Entries(cfg *config.Config) []Entry {
	if cfg == nil {
		return nil
	}
	var out []Entry
	for _, i := range cfg.Ignore {
		out = append(out, Entry{Pos: cfg.Pos(i.Place), Path: i.Path, Rule: i.Rule, Reason: i.Reason, Until: i.Until.Time})
	}
	return out
}

// Input is what decides about findings.
type Input struct {
	Directives []effects.Directive
	Entries    []Entry
	Rules      []*finding.Rule // all there are, for names that are spelt wrong
	Today      time.Time       // the time of the run, for Entry.Until
	// SkipNolint leaves the //nolint comments to the program that svclint runs in: golangci-lint applies them, and reports
	// those without a reason, itself.
	SkipNolint bool
}

// Result is what became of the findings.
type Result struct {
	Left       []finding.Finding
	Suppressed []Suppressed
	Problems   []finding.Finding // of rule svclint/unused-suppression
}

// Suppressed is a finding that was taken out.
type Suppressed struct {
	Finding finding.Finding
	By      effects.Pos // the comment, or the entry of the configuration
	Reason  string      // "" when none was given
}

// unused documents what is reported of suppressions.
var unused = &finding.Rule{
	ID:     "svclint/unused-suppression",
	Title:  "A suppression has no reason, no effect or no time left",
	Lesson: "An exception is a decision: it has a reason, and it ends",
	Why: "A suppression without a reason cannot be questioned, and one that matches nothing waits for the next smell at " +
		"the same place, which it will hide.",
	Wrong: `func (b *Backlog) OlderThan(ctx context.Context) error {
	//svclint:ignore crossdb/foreign-read
	rows, err := b.db.QueryContext(ctx, "SELECT id FROM orders")
	return scan(rows, err)
}`,
	Right: `func (b *Backlog) OlderThan(ctx context.Context) error {
	//svclint:ignore crossdb/foreign-read the reports database is a replica (ADR 12)
	rows, err := b.db.QueryContext(ctx, "SELECT id FROM orders")
	return scan(rows, err)
}`,
	Instead:  "Write the reason behind the rule; remove what matches nothing; mend the code, or give the entry a new date.",
	Options:  []finding.Option{{Key: "ignore", What: "the suppressions of the configuration: path, rule, reason, until"}},
	Severity: finding.Warning,
}

// Rules are the rules of the room, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule { return []*finding.Rule{unused} }

// suppression is a directive or an entry, made alike.
type suppression struct {
	pos     effects.Pos
	what    string   // as messages call it
	subject string   // its identity, apart from its place
	rules   []string // globs; none is every rule
	reason  string
	wrong   string // why it suppresses nothing, "" when it may
	covers  func(*finding.Finding) bool
	used    bool
}

func (s *suppression) matches(f *finding.Finding) bool {
	if s.wrong != "" || !s.covers(f) {
		return false
	}
	return len(s.rules) == 0 || slices.ContainsFunc(s.rules, func(glob string) bool { return matchRule(glob, f.Rule.ID) })
}

// Apply takes out what is suppressed. It keeps the order of what is left.
func Apply(fs []finding.Finding, in Input) Result {
	var all []*suppression
	for i := range in.Directives {
		if s := fromDirective(&in.Directives[i], &in); s != nil {
			all = append(all, s)
		}
	}
	for i := range in.Entries {
		all = append(all, fromEntry(&in.Entries[i], &in))
	}
	var r Result
	sift := func(fs []finding.Finding) (left []finding.Finding) {
		for i := range fs {
			f := &fs[i]
			var by *suppression
			// All that match are used: which one came first is no reason to call the other one useless.
			for _, s := range all {
				if s.matches(f) {
					s.used = true
					if by == nil {
						by = s
					}
				}
			}
			if by == nil {
				left = append(left, *f)
				continue
			}
			r.Suppressed = append(r.Suppressed, Suppressed{*f, by.pos, by.reason})
		}
		return left
	}
	r.Left = sift(fs)
	var problems []finding.Finding
	for _, s := range all {
		if msg := s.problem(); msg != "" {
			problems = append(problems, finding.Finding{
				Rule: unused, Severity: unused.Severity, Confidence: "high", Message: s.what + " " + msg, Pos: s.pos, Subject: s.subject,
			})
		}
	}
	finding.Distinguish(problems)
	r.Problems = sift(problems)
	return r
}

// problem says what is not in order, "" when all is.
func (s *suppression) problem() string {
	// An entry about this very rule can only match what is made after the others were looked at.
	about := slices.ContainsFunc(s.rules, func(glob string) bool { return matchRule(glob, unused.ID) && glob != "*" })
	switch {
	case s.wrong != "":
		return s.wrong
	case !s.used && !about:
		return "matches no finding: remove it"
	case s.reason == "":
		return "has no reason: say why the finding may stay"
	}
	return ""
}

// fromDirective reads a comment; nil when it is left to somebody else.
func fromDirective(d *effects.Directive, in *Input) *suppression {
	s := &suppression{pos: d.Pos, covers: func(f *finding.Finding) bool { return d.Covers(f.Pos) }}
	text := strings.TrimLeft(strings.TrimPrefix(d.Text, "//"), " \t")
	defer func() { s.subject = s.what + " in " + d.Scope }()
	if list, ok := strings.CutPrefix(text, "nolint:"); ok {
		if in.SkipNolint {
			return nil
		}
		_, reason, _ := strings.Cut(list, "//")
		s.what, s.reason = "//nolint:svclint", strings.TrimSpace(reason)
		return s
	}
	verb, rest, _ := strings.Cut(strings.TrimPrefix(text, "svclint:"), " ")
	s.what = "//svclint:" + verb
	switch {
	case !strings.HasPrefix(d.Text, "//svclint:"):
		s.wrong = "has a space after its slashes, which makes it an ordinary comment: remove the space"
		return s
	case verb != "ignore":
		s.wrong = "is no directive of svclint: write //svclint:ignore rule reason"
		return s
	}
	rules, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if rules == "" {
		s.wrong = "names no rule: write //svclint:ignore rule reason"
		return s
	}
	s.what += " " + rules
	s.reason = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(reason), "//"))
	s.rules = strings.Split(rules, ",")
	s.wrong = unknownRule(s.rules, in.Rules)
	return s
}

func fromEntry(e *Entry, in *Input) *suppression {
	s := &suppression{pos: e.Pos, reason: strings.TrimSpace(e.Reason)}
	what := "the ignore entry"
	if e.Rule != "" {
		s.rules = []string{e.Rule}
		what += " for " + e.Rule
	}
	if e.Path != "" {
		what += " in " + e.Path
	}
	s.what, s.subject = what, what
	s.covers = func(f *finding.Finding) bool { return matchPath(e.Path, f.Pos.File) }
	s.wrong = unknownRule(s.rules, in.Rules)
	if !e.Until.IsZero() && !in.Today.Before(e.Until.AddDate(0, 0, 1)) {
		s.wrong = fmt.Sprintf("ended on %s: mend the finding, or decide again until when it may stay", e.Until.Format(time.DateOnly))
	}
	return s
}

// unknownRule says which of the rules does not exist, "" if all do.
func unknownRule(globs []string, rules []*finding.Rule) string {
	for _, glob := range globs {
		if len(rules) == 0 || slices.ContainsFunc(rules, func(r *finding.Rule) bool { return matchRule(glob, r.ID) }) {
			continue
		}
		msg := fmt.Sprintf("names a rule that svclint does not have, %q", glob)
		if near := finding.NearestRule(glob, rules); near != nil {
			msg += "; did you mean " + near.ID + "?"
		}
		return msg
	}
	return ""
}

// matchRule matches a rule with a glob, or with the name of its pass.
func matchRule(glob, id string) bool {
	if glob == "*" || glob == id {
		return true
	}
	if pass, _, _ := strings.Cut(id, "/"); glob == pass {
		return true
	}
	ok, err := path.Match(glob, id)
	return ok && err == nil
}

// matchPath matches a file with a glob, or with a directory above it.
func matchPath(glob, file string) bool {
	glob = strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")
	if glob == "" || glob == "." {
		return true
	}
	return matchSegments(strings.Split(glob, "/"), strings.Split(file, "/"))
}

func matchSegments(glob, file []string) bool {
	switch {
	case len(glob) == 0:
		return true // the file, or a directory above it
	case glob[0] == "**":
		for i := range len(file) + 1 {
			if matchSegments(glob[1:], file[i:]) {
				return true
			}
		}
		return false
	case len(file) == 0:
		return false
	}
	ok, err := path.Match(glob[0], file[0])
	return ok && err == nil && matchSegments(glob[1:], file[1:])
}
