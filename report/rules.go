package report

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/svclint/svclint/internal/finding"
)

// RulesText is a line per rule: its id, what it does by default, and its title.
func RulesText(rules []*finding.Rule, style Style) []byte {
	p := newPrinter(style)
	id, severity := width("rule"), width("severity")
	for _, r := range rules {
		id, severity = max(id, width(r.ID)), max(severity, width(r.Severity.String()))
	}
	p.printf("%s\n", p.paint(bold, fmt.Sprintf("%s  %s  default  title", pad("rule", id), pad("severity", severity))))
	for _, r := range rules {
		p.printf("%s  %s  %s  %s\n", pad(r.ID, id), p.paint(colorOf(r.Severity), pad(r.Severity.String(), severity)), pad(r.State(), width("default")), r.Title)
	}
	return p.buf.Bytes()
}

// RulesJSON is the whole documentation of the rules as one document.
func RulesJSON(rules []*finding.Rule) ([]byte, error) {
	type row struct {
		finding.Rule
		Default string `json:"default"` // on or off
	}
	doc := struct {
		Schema int   `json:"schema"`
		Rules  []row `json:"rules"`
	}{Schema, []row{}}
	for _, r := range rules {
		one := row{*r, r.State()}
		one.Options = notNil(one.Options)
		one.Confidence = cmp.Or(one.Confidence, "high")
		doc.Rules = append(doc.Rules, one)
	}
	return encode("list of rules", doc)
}

// RuleText is a rule's documentation for a terminal.
func RuleText(r *finding.Rule, style Style) []byte {
	p := newPrinter(style)
	p.printf("%s: %s\n", p.paint(bold, r.ID), r.Title)
	p.printf("%s, %s by default, confidence %s\n", p.paint(colorOf(r.Severity), r.Severity.String()), r.State(), cmp.Or(r.Confidence, "high"))
	p.printf("\n")
	p.wrapped("lesson: ", r.Lesson)
	p.wrapped("why: ", r.Why)
	p.example("wrong", r.Wrong)
	p.example("right", r.Right)
	p.printf("\n")
	p.wrapped("instead: ", r.Instead)
	for _, o := range r.Options {
		p.wrapped("option "+o.Key+": ", o.What+defaultOf(o))
	}
	return p.buf.Bytes()
}

func (p *printer) example(label, code string) {
	p.printf("\n%s:\n", p.paint(dim, label))
	for line := range strings.Lines(strings.TrimRight(code, "\n") + "\n") {
		if line = strings.TrimRight(line, "\n"); line != "" {
			line = "    " + strings.ReplaceAll(line, "\t", "    ")
		}
		p.printf("%s\n", line)
	}
}

func defaultOf(o finding.Option) string {
	if o.Default == "" {
		return ""
	}
	return fmt.Sprintf(" (default %s)", o.Default)
}

// RulesMarkdown is docs/rules.md: what `svclint explain` says of each rule, on one page.
func RulesMarkdown(rules []*finding.Rule) []byte {
	var b bytes.Buffer
	b.WriteString("# The rules\n\n" +
		"<!-- Made from analyzers/*/rules.go. go test ./internal/suite -update writes it anew. -->\n\n" +
		"`svclint rules` lists them, `svclint explain RULE` prints one of the sections below. Each rule can be given another severity,\n" +
		"and each finding can be suppressed or kept in a baseline: [suppression.md](suppression.md) says how.\n\n" +
		"| rule | severity | default | what it reports |\n| --- | --- | --- | --- |\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, anchor(r.ID), r.Severity, r.State(), r.Title)
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "\n## %s\n\n%s. %s, %s by default, confidence %s.\n\n", r.ID, r.Title, strings.ToUpper(r.Severity.String()[:1])+r.Severity.String()[1:], r.State(), cmp.Or(r.Confidence, "high"))
		fmt.Fprintf(&b, "*%s.* %s\n", r.Lesson, r.Why)
		fmt.Fprintf(&b, "\nWrong:\n\n```go\n%s\n```\n", strings.TrimSpace(r.Wrong))
		fmt.Fprintf(&b, "\nRight:\n\n```go\n%s\n```\n", strings.TrimSpace(r.Right))
		fmt.Fprintf(&b, "\nInstead: %s\n", r.Instead)
		for _, o := range r.Options {
			fmt.Fprintf(&b, "\nOption `%s`: %s%s.\n", o.Key, o.What, defaultOf(o))
		}
	}
	return b.Bytes()
}

// anchor is the name that GitHub gives to a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return -1
	}, strings.ToLower(heading))
}
