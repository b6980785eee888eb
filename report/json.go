package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/baseline"
	"github.com/svclint/svclint/internal/finding"
)

// Schema is the version of the JSON form of a report. It changes when a key changes its meaning or goes away; new keys
// do not change it.
const Schema = 1

type jsonReport struct {
	Schema     int               `json:"schema"`
	Summary    jsonSummary       `json:"summary"`
	Findings   []jsonFinding     `json:"findings"`
	Scores     []jsonScore       `json:"scores"`
	Services   []ServiceRow      `json:"services"`
	Baseline   jsonBaseline      `json:"baseline"`
	Coverage   arch.Coverage     `json:"coverage"`
	Understood jsonUnderstanding `json:"understood"`
}

type jsonBaseline struct {
	Path  string           `json:"path"` // "" when there is none
	Known int              `json:"known"`
	Stale []baseline.Entry `json:"stale"`
}

type jsonSummary struct {
	Verdict   Verdict  `json:"verdict"`
	Because   []string `json:"because"` // the failing lessons; what is missing, where too little was read
	Services  int      `json:"services"`
	Endpoints int      `json:"endpoints"`
	Calls     int      `json:"calls"`
	Tables    int      `json:"tables"`
	Errors    int      `json:"errors"`
	Warnings  int      `json:"warnings"`
	Infos     int      `json:"infos"`
	// Findings that comments or the configuration took out.
	Suppressed int `json:"suppressed"`
}

type jsonUnderstanding struct {
	Packages int      `json:"packages"`
	Read     int      `json:"packages_read"`
	Flawed   int      `json:"packages_read_in_part"`
	Places   int      `json:"places"`
	Known    int      `json:"places_understood"`
	Silent   []string `json:"services_without_endpoint"`
	Blind    []string `json:"services_with_blind_spots"`
}

type jsonPos struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonFinding struct {
	Rule       string           `json:"rule"`
	Severity   finding.Severity `json:"severity"`
	Confidence string           `json:"confidence"`
	Message    string           `json:"message"`
	Services   []string         `json:"services"`
	jsonPos
	Evidence    []jsonStep `json:"evidence"`
	Lesson      string     `json:"lesson"`
	Instead     string     `json:"instead"`
	Fingerprint string     `json:"fingerprint"`
}

type jsonStep struct {
	Service string `json:"service"`
	jsonPos
	What string `json:"what"`
}

type jsonScore struct {
	Lesson   string   `json:"lesson"`
	Measure  string   `json:"measure"`
	Value    string   `json:"value"`
	Budget   string   `json:"budget"`
	Score    *float64 `json:"score"` // 0 to 10; null when there was nothing to measure
	Within   bool     `json:"within_budget"`
	Note     string   `json:"note,omitempty"`
	Findings int      `json:"findings"`
}

// JSON is the report as one JSON document, indented, with a final newline.
func (r *Report) JSON() ([]byte, error) {
	u := r.Scorecard.Understood
	doc := jsonReport{
		Schema: Schema,
		Summary: jsonSummary{
			Verdict:   r.Scorecard.Verdict,
			Because:   notNil(r.Scorecard.Because),
			Services:  len(r.Model.Services),
			Endpoints: len(r.Model.Endpoints),
			Calls:     len(r.Model.Calls),
			Tables:    len(tablesOf(r.Model)),
			Errors:    r.count(finding.Error),
			Warnings:  r.count(finding.Warning),
			Infos:     r.count(finding.Info),

			Suppressed: r.Suppressed,
		},
		Findings: make([]jsonFinding, len(r.Findings)),
		Scores:   make([]jsonScore, len(r.Scorecard.Scores)),
		Services: notNil(r.Scorecard.Services),
		Coverage: r.Model.Coverage,
		Understood: jsonUnderstanding{
			Packages: u.Packages, Read: u.Read, Flawed: u.Flawed, Places: u.Places, Known: u.Known, Silent: notNil(u.Silent), Blind: notNil(u.Blind),
		},
	}
	if b := r.Baseline; b != nil {
		doc.Baseline = jsonBaseline{b.File, b.Known, b.Stale}
	}
	doc.Baseline.Stale = notNil(doc.Baseline.Stale)
	doc.Coverage.Problems = notNil(doc.Coverage.Problems)
	doc.Coverage.Notes = notNil(doc.Coverage.Notes)
	for i := range r.Findings {
		f := &r.Findings[i]
		out := &doc.Findings[i]
		*out = jsonFinding{
			Rule:        f.Rule.ID,
			Severity:    f.Severity,
			Confidence:  f.Confidence,
			Message:     f.Message,
			Services:    notNil(f.Services),
			jsonPos:     place(f.Pos),
			Evidence:    make([]jsonStep, len(f.Evidence)),
			Lesson:      f.Rule.Lesson,
			Instead:     f.Rule.Instead,
			Fingerprint: f.Fingerprint(),
		}
		for j, e := range f.Evidence {
			out.Evidence[j] = jsonStep{Service: e.Service, jsonPos: place(e.Pos), What: e.What}
		}
	}
	for i, s := range r.Scorecard.Scores {
		doc.Scores[i] = jsonScore{
			Lesson: s.Lesson, Measure: s.Measure, Value: s.Value, Budget: s.Budget,
			Score: s.Points, Within: s.Within, Note: s.Note, Findings: s.Findings,
		}
	}
	return encode("report", doc)
}

func place(p effects.Pos) jsonPos { return jsonPos{p.File, p.Line, p.Col} }

// encode leaves <, > and & as they are: routes and SQL hold them, and nothing here goes into HTML.
func encode(what string, doc any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("encode the %s as JSON: %w", what, err)
	}
	return buf.Bytes(), nil
}

// notNil makes an absent list an empty one: readers of the JSON loop over it.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
