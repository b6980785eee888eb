// Package finding is what a smell pass hands on: a smell with its evidence, in a form that can be printed, saved and
// compared. Passes make Findings from the Model; report prints them; the CLI decides on the exit status by them.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// Severity orders findings by how much they hurt; the CLI's --fail-on compares with it.
type Severity int

const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = [...]string{"info", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads "info", "warning" or "error".
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(severityNames[:], name); i >= 0 {
		return Severity(i), nil
	}
	return 0, fmt.Errorf("unknown severity %q: use one of %s", name, strings.Join(severityNames[:], ", "))
}

// MarshalText is the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the severity's name.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	*s = v
	return err
}

// Step is one place on the path that proves a finding.
type Step struct {
	Service string
	Pos     effects.Pos
	What    string
}

// Finding is one smell at one place.
type Finding struct {
	Rule       *Rule
	Severity   Severity
	Confidence string // high, medium: how sure the evidence is
	Message    string // names the services and the thing; one line
	Services   []string
	Pos        effects.Pos
	Evidence   []Step
	// Subject is what the finding is about apart from its place (table, topic, endpoint, chain). With the rule and the
	// services it makes the fingerprint, which therefore survives moved lines and renamed files.
	Subject string
	// Ordinal tells findings apart that rule, services and subject do not: 0 for the first, then 1, 2, ... See Distinguish.
	Ordinal int
}

// Fingerprint identifies the finding architecturally: rule, services and subject, never a file or line. It is 16 hexadecimal
// digits long.
func (f *Finding) Fingerprint() string {
	id := f.Rule.ID + "\x00" + strings.Join(f.Services, "\x00") + "\x00\x00" + f.Subject
	if f.Ordinal > 0 {
		id += fmt.Sprintf("\x00%d", f.Ordinal)
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// Distinguish numbers the findings that are alike in all that makes a fingerprint, in the order of their places, so that
// no two share one. Which of them is first may change when a file is renamed; the set of fingerprints does not.
func Distinguish(fs []Finding) {
	order := make([]int, len(fs))
	for i := range order {
		fs[i].Ordinal = 0
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(fs[a].Pos.Compare(fs[b].Pos), strings.Compare(fs[a].Message, fs[b].Message))
	})
	seen := make(map[string]int)
	for _, i := range order {
		id := fs[i].Fingerprint()
		fs[i].Ordinal = seen[id]
		seen[id]++
	}
}

// Sort orders findings by severity (worst first), then by rule, place and message: the order of every report.
func Sort(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			strings.Compare(a.Rule.ID, b.Rule.ID),
			a.Pos.Compare(b.Pos),
			strings.Compare(a.Message, b.Message),
		)
	})
}
