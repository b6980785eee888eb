package report

import (
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/baseline"
	"github.com/svclint/svclint/internal/finding"
)

// Report is everything that one run found out, ready to be printed.
type Report struct {
	Model     *arch.Model
	Findings  []finding.Finding // worst first; with a baseline, those that it does not know
	Scorecard Scorecard         // of all findings, known ones too
	Baseline  *Baseline         // nil when there is none
	// Suppressed is the number of findings that comments and the configuration took out.
	Suppressed int
}

// Baseline is what a baseline file says of the findings.
type Baseline struct {
	File  string
	Known int              // findings that it holds, which are therefore not among the report's
	Stale []baseline.Entry // what it holds and nobody finds any more
}

// New scores m and sorts a copy of fs into the order of every report.
func New(m *arch.Model, fs []finding.Finding) *Report {
	fs = slices.Clone(fs)
	finding.Sort(fs)
	return &Report{Model: m, Findings: fs, Scorecard: Score(m, fs)}
}

// Against leaves out the findings that a baseline knows. The scores stay those of all: they are about the architecture.
func (r *Report) Against(file string, b *baseline.Baseline) {
	diff := b.Compare(r.Findings)
	r.Findings = diff.New
	r.Baseline = &Baseline{File: file, Known: len(diff.Known), Stale: diff.Stale}
}

// Worst is the highest severity among the findings; false when there is none.
func (r *Report) Worst() (finding.Severity, bool) {
	if len(r.Findings) == 0 {
		return 0, false
	}
	return r.Findings[0].Severity, true
}

// count is the number of findings of one severity.
func (r *Report) count(s finding.Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}
