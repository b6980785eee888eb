// Package baseline remembers the findings that a repository has already, so that a check fails only on what is new.
//
// An entry is a fingerprint with what a reader needs to know whose it is. A fingerprint is architectural (rule, services,
// and the table, topic or endpoint), so an entry survives moved lines, renamed files and reformatting, and the file does not
// change with them either: it holds no places.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/atomicfile"
	"github.com/svclint/svclint/internal/finding"
)

// File is the name of the baseline in the directory that is analysed.
const File = ".svclint-baseline.json"

// Schema is the version of the file's form.
const Schema = 1

// Baseline is the content of the file.
type Baseline struct {
	Schema   int     `json:"schema"`
	Findings []Entry `json:"findings"`
}

// Entry is a known finding.
type Entry struct {
	Fingerprint string   `json:"fingerprint"`
	Rule        string   `json:"rule"`
	Services    []string `json:"services"`
	Message     string   `json:"message"` // as it was when the entry was written: for readers
}

// String is the entry in one line.
func (e Entry) String() string { return e.Rule + ": " + e.Message + " (" + e.Fingerprint + ")" }

// Of is the baseline that holds exactly the given findings.
func Of(fs []finding.Finding) *Baseline {
	b := &Baseline{Schema: Schema, Findings: []Entry{}}
	for i := range fs {
		services := fs[i].Services
		if services == nil {
			services = []string{}
		}
		b.Findings = append(b.Findings, Entry{fs[i].Fingerprint(), fs[i].Rule.ID, services, fs[i].Message})
	}
	slices.SortFunc(b.Findings, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), slices.Compare(a.Services, b.Services), strings.Compare(a.Fingerprint, b.Fingerprint))
	})
	return b
}

// Read reads a baseline file. The error wraps os.ErrNotExist when there is none.
func Read(name string) (*Baseline, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the baseline: %w", err)
	}
	b := new(Baseline)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(b); err != nil {
		return nil, fmt.Errorf("read the baseline %s: line %d: %w; write it anew with: svclint baseline", name, lineOf(text, dec, err), err)
	}
	if b.Schema != Schema {
		return nil, fmt.Errorf("read the baseline %s: its schema is %d and this svclint knows %d; write it anew with: svclint baseline", name, b.Schema, Schema)
	}
	return b, nil
}

// lineOf is the line on which decoding failed.
func lineOf(text []byte, dec *json.Decoder, err error) int {
	at := dec.InputOffset()
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &typ):
		at = typ.Offset
	}
	return 1 + bytes.Count(text[:min(int(at), len(text))], []byte("\n"))
}

// Write puts the baseline into a file, as a whole or not at all. Equal baselines give equal bytes.
func (b *Baseline) Write(name string) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(b)
	if err == nil {
		err = atomicfile.Write(name, text.Bytes(), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

// Diff is how findings differ from a baseline.
type Diff struct {
	New   []finding.Finding // not in the baseline
	Known []finding.Finding // in it
	Stale []Entry           // in it, and found no more
}

// Compare holds findings against the baseline. It keeps the order of both.
func (b *Baseline) Compare(fs []finding.Finding) Diff {
	found := make(map[string]bool)
	for i := range fs {
		found[fs[i].Fingerprint()] = true
	}
	known := make(map[string]bool)
	var d Diff
	for _, e := range b.Findings {
		known[e.Fingerprint] = true
		if !found[e.Fingerprint] {
			d.Stale = append(d.Stale, e)
		}
	}
	for i := range fs {
		if known[fs[i].Fingerprint()] {
			d.Known = append(d.Known, fs[i])
		} else {
			d.New = append(d.New, fs[i])
		}
	}
	return d
}

// Without is the baseline without some of its entries.
func (b *Baseline) Without(gone []Entry) *Baseline {
	out := &Baseline{Schema: Schema, Findings: []Entry{}}
	for _, e := range b.Findings {
		if !slices.ContainsFunc(gone, func(g Entry) bool { return g.Fingerprint == e.Fingerprint }) {
			out.Findings = append(out.Findings, e)
		}
	}
	return out
}
