package report

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// Style says what the reader's terminal can show.
type Style struct {
	Color bool // ANSI colours
	Width int  // columns; 0 means 120. Lines that a tool may parse, such as the findings, are never cut
}

const (
	defaultWidth = 120
	longestStep  = 160 // columns for what happens at a step of the evidence, however long the paths beside it are
)

// Text is the report for a person: the summary and the verdict, the findings worst first and grouped by rule, the row
// per service, the row per lesson, and what could not be read.
func (r *Report) Text(style Style) ([]byte, error) {
	p := newPrinter(style)
	p.summary(r)
	for i := 0; i < len(r.Findings); {
		j := i + 1
		for j < len(r.Findings) && r.Findings[j].Rule.ID == r.Findings[i].Rule.ID && r.Findings[j].Severity == r.Findings[i].Severity {
			j++
		}
		p.rule(r.Findings[i:j])
		i = j
	}
	p.stale(r.Baseline)
	if err := p.services(r.Scorecard.Services); err != nil {
		return nil, fmt.Errorf("lay out the table of services: %w", err)
	}
	if err := p.scores(&r.Scorecard); err != nil {
		return nil, fmt.Errorf("lay out the table of lessons: %w", err)
	}
	p.coverage(r.Model)
	return p.buf.Bytes(), nil
}

type printer struct {
	buf   bytes.Buffer
	grid  bytes.Buffer // the table that is being laid out
	style Style
}

func newPrinter(style Style) *printer {
	if style.Width <= 0 {
		style.Width = defaultWidth
	}
	return &printer{style: style}
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.buf, format, args...) }

// summary is the first screen's first lines: what was seen, what was found, what that amounts to, and whether to trust it.
func (p *printer) summary(r *Report) {
	m := r.Model
	newer := ""
	if r.Baseline != nil {
		newer = "new "
	}
	p.printf("%s; ", seen(m))
	if len(r.Findings) == 0 {
		p.printf("no %sfindings", newer)
	} else {
		var parts []string
		for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Info} {
			if n := r.count(s); n > 0 {
				part := fmt.Sprintf("%d %s", n, s)
				if s != finding.Info {
					part = count(n, s.String())
				}
				parts = append(parts, p.paint(colorOf(s), part))
			}
		}
		if len(parts) > 1 || r.Baseline != nil {
			p.printf("%s: ", count(len(r.Findings), newer+"finding"))
		}
		p.printf("%s", strings.Join(parts, ", "))
	}
	if r.Baseline != nil && r.Baseline.Known > 0 {
		p.printf("; %d known from the baseline", r.Baseline.Known)
	}
	if r.Suppressed > 0 {
		p.printf("; %d suppressed", r.Suppressed)
	}
	p.printf("\n")
	p.printf("verdict: %s\n", p.verdict(&r.Scorecard))
	if r.Scorecard.Understood.Services > 0 {
		p.printf("read: %s\n", clean(r.Scorecard.Understood.String()))
	}
	if gap := incomplete(m.Coverage); gap != "" {
		p.printf("%s\n", p.paint(yellow, "incomplete: "+gap+": see the end"))
	}
}

// incomplete says what a report leaves out, "" when the whole repository was read.
func incomplete(c arch.Coverage) string {
	switch missing := c.Packages - c.Analysed; {
	case missing > 0:
		return fmt.Sprintf("%d of %s could not be read", missing, count(c.Packages, "package"))
	case len(c.Problems) > 0:
		return count(len(c.Problems), "problem") + " kept svclint from reading everything"
	}
	return ""
}

// seen says how large the system is, in words.
func seen(m *arch.Model) string {
	services := count(len(m.Services), "service")
	if n := len(m.ForeignServices); n > 0 {
		services += fmt.Sprintf(" and %d foreign", n)
	}
	return fmt.Sprintf("%s, %s, %s between services, %s", services, count(len(m.Endpoints), "endpoint"), count(len(m.Calls), "call"), dataSets(m))
}

func (p *printer) verdict(card *Scorecard) string {
	color := red
	switch card.Verdict {
	case Healthy:
		color = green
	case Coupled, Fragile, TooLittleRead:
		color = yellow
	case SingleService, NothingToScore:
		color = plain
	}
	text := p.paint(color, string(card.Verdict))
	var unscored []string
	for i := range card.Scores {
		if card.Scores[i].Points == nil {
			unscored = append(unscored, card.Scores[i].Lesson)
		}
	}
	switch {
	case card.Verdict == TooLittleRead:
		text += fmt.Sprintf(" (%s)", finding.List(card.Because))
	case len(card.Because) > 0:
		verb := "fails"
		if len(card.Because) > 1 {
			verb = "fail"
		}
		text += fmt.Sprintf(" (%s %s)", finding.List(card.Because), verb)
	case card.Verdict == Healthy && len(unscored) > 0:
		text += fmt.Sprintf(" (not scored: %s)", finding.List(unscored))
	}
	return text
}

// rule prints the findings of one rule: what the rule is about, each finding with its evidence, and what to do instead.
func (p *printer) rule(fs []finding.Finding) {
	first := &fs[0]
	p.printf("\n%s\n", p.paint(bold, fmt.Sprintf("%s: %s", first.Rule.ID, clean(first.Rule.Title))))
	for i := range fs {
		f := &fs[i]
		p.printf("%s: %s: %s (%s)\n", f.Pos, p.paint(colorOf(f.Severity), f.Severity.String()), clean(f.Message), f.Rule.ID)
		p.evidence(f.Evidence)
		p.printf("    %s\n", p.paint(dim, "svclint explain "+f.Fingerprint()))
	}
	if first.Rule.Instead != "" {
		p.wrapped("  instead: ", clean(first.Rule.Instead))
	}
}

// stale lists what a baseline holds in vain.
func (p *printer) stale(b *Baseline) {
	if b == nil || len(b.Stale) == 0 {
		return
	}
	gone := "that are gone; svclint baseline --shrink takes them out"
	if len(b.Stale) == 1 {
		gone = "that is gone; svclint baseline --shrink takes it out"
	}
	p.printf("\n%s holds %s %s:\n", b.File, count(len(b.Stale), "finding"), gone)
	for _, e := range b.Stale {
		p.printf("    %s\n", clean(e.String()))
	}
}

func (p *printer) evidence(steps []finding.Step) {
	service, place := 0, 0
	for _, s := range steps {
		service = max(service, width(s.Service))
		place = max(place, width(s.Pos.String()))
	}
	for i, s := range steps {
		// A statement's end is worth less than one line per step; what a step does is worth more than the right margin.
		room := max(longestStep, p.style.Width-4-service-2-place-2)
		name, pos := s.Service, s.Pos.String()
		if i > 0 && name == steps[i-1].Service && s.Pos == steps[i-1].Pos {
			name, pos = "", "" // more about the same place
		}
		p.printf("    %s  %s  %s\n", pad(name, service), p.paint(dim, pad(pos, place)), cut(clean(s.What), room))
	}
}

// services prints the row per service. Nothing happens in a column of zeros: it is shown all the same, so that the table
// looks the same in every repository.
func (p *printer) services(rows []ServiceRow) error {
	if len(rows) == 0 {
		return nil
	}
	right := tw.AlignRight
	t := p.table(
		[]string{"service", "endpoints", "calls out", "calls in", "tables", "foreign", "publishes", "consumes", "traced", "unsafe", "findings"},
		[]tw.Align{tw.AlignLeft, right, right, right, right, right, right, right, right, right, right},
	)
	unclear := false
	for _, s := range rows {
		foreign, unsafe, findings := fmt.Sprint(s.Foreign), fmt.Sprint(s.Unsafe), fmt.Sprint(s.Findings)
		if s.Foreign > 0 {
			foreign = p.paint(red, foreign)
		}
		if s.Unclear > 0 {
			unsafe += fmt.Sprintf("+%d?", s.Unclear)
			unclear = true
		}
		if s.Errors > 0 {
			findings = p.paint(red, findings)
		}
		traced := "n/a"
		if s.Paths > 0 {
			traced = fmt.Sprintf("%d of %d", s.Traced, s.Paths)
		}
		err := t.Append(cut(s.Name, 32), s.Endpoints, s.CallsOut, s.CallsIn, s.Owned, foreign, s.Publishes, s.Consumes, traced, unsafe, findings)
		if err != nil {
			return err
		}
	}
	p.printf("\n")
	if err := p.render(t); err != nil {
		return err
	}
	more := ""
	if unclear {
		more = ", +n? more are unclear"
	}
	p.wrapped("", "tables: its own; foreign: tables of other services; traced: request paths with an unbroken trace; unsafe: consumers and mutating endpoints "+
		"that are not safe to repeat"+more+"; findings: what it would have to change")
	return nil
}

func (p *printer) scores(card *Scorecard) error {
	t := p.table(
		[]string{"lesson", "measure", "found", "budget", "score", "findings", ""},
		[]tw.Align{tw.AlignLeft, tw.AlignLeft, tw.AlignRight, tw.AlignLeft, tw.AlignRight, tw.AlignRight, tw.AlignLeft},
	)
	var notes []string
	for i := range card.Scores {
		s := &card.Scores[i]
		points, state := "n/a", ""
		if s.Points != nil {
			points = fmt.Sprintf("%.1f", *s.Points)
			state = p.paint(green, "within budget")
		}
		switch {
		case s.Points != nil && !s.Within:
			state = p.paint(red, "over budget")
		case s.Errors > 0:
			state = p.paint(red, count(s.Errors, "error"))
		}
		if err := t.Append(s.Lesson, s.Measure, cmp.Or(s.Value, "-"), s.Budget, points, s.Findings, state); err != nil {
			return err
		}
		if s.Note != "" {
			notes = append(notes, fmt.Sprintf("%s: %s", s.Lesson, s.Note))
		}
	}
	p.printf("\n")
	if err := p.render(t); err != nil {
		return err
	}
	for _, n := range notes {
		p.printf("%s\n", n)
	}
	p.printf("verdict: %s\n", p.verdict(card))
	return nil
}

// table is a tablewriter table in this report's look: a line under the header, no frame, cells never wrapped.
func (p *printer) table(header []string, align []tw.Align) *tablewriter.Table {
	t := tablewriter.NewTable(&p.grid,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
				Separators: tw.Separators{ShowHeader: tw.On, ShowFooter: tw.Off, BetweenRows: tw.Off, BetweenColumns: tw.Off},
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithAlignment(align),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}),
	)
	t.Header(header)
	return t
}

// render draws t. The padding of the last column is no use to anybody, and a nuisance in a diff.
func (p *printer) render(t *tablewriter.Table) error {
	p.grid.Reset()
	if err := t.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(p.grid.String()) {
		p.printf("%s\n", strings.TrimRight(line, " \n"))
	}
	return nil
}

// coverage prints what could not be read, one line each.
func (p *printer) coverage(m *arch.Model) {
	c := m.Coverage
	if len(c.Problems) == 0 && len(c.Notes) == 0 && len(m.Unresolved) == 0 {
		return
	}
	p.printf("\n")
	for _, problem := range c.Problems {
		p.printf("%s\n", clean(ProblemLine(problem)))
	}
	if n := len(m.Unresolved); n > 0 {
		verb := "decide"
		if n == 1 {
			verb = "decides"
		}
		p.printf("note: %s that %s the architecture could not be read from the code: `svclint model` lists them\n", count(n, "value"), verb)
	}
	for _, n := range c.Notes {
		p.printf("note: %s\n", clean(n))
	}
}

// ProblemLine is file:line: not fully read: message; what to do next.
func ProblemLine(problem arch.Problem) string {
	var b strings.Builder
	switch {
	case problem.File != "" && problem.Line > 0:
		fmt.Fprintf(&b, "%s:%d: ", problem.File, problem.Line)
	case problem.File != "":
		fmt.Fprintf(&b, "%s: ", problem.File)
	}
	b.WriteString("not fully read: ")
	if problem.Package != "" {
		fmt.Fprintf(&b, "package %s: ", problem.Package)
	}
	b.WriteString(problem.Msg)
	if problem.Hint != "" {
		fmt.Fprintf(&b, "; %s", problem.Hint)
	}
	return b.String()
}

// wrapped prints text behind a label, wrapped at the style's width with a hanging indent.
func (p *printer) wrapped(label, text string) {
	indent := strings.Repeat(" ", width(label))
	line := label
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case width(line)+1+width(word) > p.style.Width:
			p.printf("%s\n", line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	p.printf("%s\n", line)
}

// columns lays lines of tab-separated cells out, each behind indent.
func (p *printer) columns(indent string, lines []string) {
	w := tabwriter.NewWriter(&p.buf, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		fmt.Fprintf(w, "%s%s\n", indent, line)
	}
	w.Flush() // into memory: cannot fail
}

type color string

const (
	plain  color = ""
	bold   color = "\x1b[1m"
	dim    color = "\x1b[2m"
	red    color = "\x1b[31m"
	green  color = "\x1b[32m"
	yellow color = "\x1b[33m"
	blue   color = "\x1b[34m"
)

func colorOf(s finding.Severity) color {
	switch s {
	case finding.Error:
		return red
	case finding.Warning:
		return yellow
	}
	return blue
}

func (p *printer) paint(c color, text string) string {
	if !p.style.Color || c == plain {
		return text
	}
	return string(c) + text + "\x1b[0m"
}

// clean puts text on one line and takes control characters out: it comes from the analysed source, and a terminal would
// obey them.
func clean(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

func width(text string) int { return utf8.RuneCountInString(text) }

func pad(text string, to int) string { return text + strings.Repeat(" ", max(0, to-width(text))) }

// cut shortens text to at most n characters, the last of them an ellipsis.
func cut(text string, n int) string {
	if width(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// count is a number with its noun: 1 call, 2 calls.
func count(n int, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun)) }
