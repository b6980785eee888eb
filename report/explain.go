package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/svclint/svclint/internal/finding"
)

// Explained is a finding together with what a reader of it alone wants to know.
type Explained struct {
	Finding *finding.Finding
	// State says why a check does not report it, "" when it does.
	State string
	// Source reads a file that positions name.
	Source func(file string) ([]byte, error)
}

// FindingText is one finding with its whole path of evidence, the lines of code included.
func FindingText(e Explained, style Style) []byte {
	p := newPrinter(style)
	f := e.Finding
	p.printf("%s: %s\n", p.paint(bold, f.Rule.ID), clean(f.Rule.Title))
	p.printf("%s: %s: %s\n", f.Pos, p.paint(colorOf(f.Severity), f.Severity.String()), clean(f.Message))
	p.printf("confidence %s, fingerprint %s\n", f.Confidence, f.Fingerprint())
	if e.State != "" {
		p.printf("%s\n", e.State)
	}
	files := sources{read: e.Source, lines: map[string][]string{}}
	steps := f.Evidence
	if len(steps) == 0 {
		steps = []finding.Step{{Service: strings.Join(f.Services, ", "), Pos: f.Pos, What: "here"}}
	}
	service := ""
	for i, s := range steps {
		if s.Service != service {
			service = s.Service
			p.printf("\n%s\n", p.paint(bold, service))
		}
		if i > 0 && s.Service == steps[i-1].Service && s.Pos == steps[i-1].Pos {
			p.wrapped("    ", clean(s.What)) // more about the same place
			continue
		}
		p.printf("  %s  %s\n", p.paint(dim, s.Pos.String()), clean(s.What))
		p.code(files.around(s))
	}
	p.printf("\n")
	p.wrapped("lesson: ", f.Rule.Lesson)
	p.wrapped("why: ", f.Rule.Why)
	p.wrapped("instead: ", f.Rule.Instead)
	p.printf("more: svclint explain %s\n", f.Rule.ID)
	return p.buf.Bytes()
}

// codeLine is a line of a source file.
type codeLine struct {
	number int
	text   string
	here   bool // the line that a position names
}

// code prints lines with their numbers, the one that it is about marked.
func (p *printer) code(lines []codeLine) {
	if len(lines) == 0 {
		return
	}
	digits := len(fmt.Sprint(lines[len(lines)-1].number))
	for _, l := range lines {
		mark := " "
		if l.here {
			mark = ">"
		}
		line := strings.TrimRight(fmt.Sprintf("    %s %*d | %s", mark, digits, l.number, l.text), " ")
		if !l.here {
			line = p.paint(dim, line)
		}
		p.printf("%s\n", line)
	}
}

// sources reads each file once. What cannot be read has no lines: the place is told all the same.
type sources struct {
	read  func(file string) ([]byte, error)
	lines map[string][]string
}

// around is the line of a step, with the one before and the one after it.
func (s *sources) around(step finding.Step) []codeLine {
	if s.read == nil || step.Pos.Line < 1 {
		return nil
	}
	all, ok := s.lines[step.Pos.File]
	if !ok {
		if text, err := s.read(step.Pos.File); err == nil {
			for line := range bytes.Lines(text) {
				all = append(all, code(line))
			}
		}
		s.lines[step.Pos.File] = all
	}
	var out []codeLine
	for n := max(1, step.Pos.Line-1); n <= min(len(all), step.Pos.Line+1); n++ {
		out = append(out, codeLine{n, all[n-1], n == step.Pos.Line})
	}
	return out
}

// code is a source line as a terminal may show it: tabs as blanks, other control characters out.
func code(line []byte) string {
	return strings.TrimRight(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ReplaceAll(string(line), "\t", "    ")), " ")
}
