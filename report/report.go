package report

import (
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// Report is everything that one run found out, ready to be printed.
type Report struct {
	Model     *arch.Model
	Findings  []finding.Finding // worst first
	Scorecard Scorecard
}

// New scores m and sorts a copy of fs into the order of every report.
func New(m *arch.Model, fs []finding.Finding) *Report {
	fs = slices.Clone(fs)
	finding.Sort(fs)
	return &Report{Model: m, Findings: fs, Scorecard: Score(m, fs)}
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
