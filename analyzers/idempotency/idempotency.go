package idempotency

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
)

//go:embed doc.go
var doc string

// Analyzer reports the findings of Check that lie in one package.
var Analyzer = &analysis.Analyzer{
	Name: "idempotency",
	Doc:  finding.PassDoc(doc, "idempotency"),
	URL:  "https://pkg.go.dev/github.com/svclint/svclint/analyzers/idempotency",
	Run:  pipeline.Run(Check),
}

// Check returns one finding per consumer and mutating endpoint that is not safe to repeat.
func Check(m *arch.Model) []finding.Finding {
	unsafe := make(map[entry]bool)
	for _, row := range m.Idempotency {
		if row.Idempotent == "no" {
			unsafe[entry{row.Service, row.Endpoint}] = true
		}
	}
	var fs []finding.Finding
	for i := range m.Idempotency {
		row := &m.Idempotency[i]
		e := endpoint(m, row)
		if row.Idempotent != "no" || e == nil {
			continue
		}
		repeated := repeats(m, row, unsafe)
		switch {
		case e.Protocol == "consumer":
			f := describe(m, unguardedConsumer, e, row, repeated)
			if onlyPublishes(repeated) {
				// A message that goes out twice is what its own consumers have to expect anyway.
				f.Severity = finding.Warning
			}
			fs = append(fs, f)
		case e.Protocol == "cron" || onlyPassesOn(repeated, unsafe):
		default:
			fs = append(fs, describe(m, unguardedMutation, e, row, repeated))
		}
	}
	finding.Sort(fs)
	return fs
}

// entry names an endpoint of a service.
type entry struct{ service, endpoint string }

func endpoint(m *arch.Model, row *arch.Idempotency) *arch.Endpoint {
	i := slices.IndexFunc(m.Endpoints, func(e arch.Endpoint) bool { return e.Service == row.Service && e.ID == row.Endpoint })
	if i < 0 {
		return nil
	}
	return &m.Endpoints[i]
}

// repeats returns the effects that make an endpoint unsafe: those that the Model's judgement points at; where it points
// at none, those that are new with every run.
func repeats(m *arch.Model, row *arch.Idempotency, unsafe map[entry]bool) []*arch.Effect {
	var named, likely []*arch.Effect
	for i := range m.Flows {
		if m.Flows[i].Service != row.Service || m.Flows[i].Endpoint != row.Endpoint {
			continue
		}
		for j := range m.Flows[i].Effects {
			e := &m.Flows[i].Effects[j]
			if e.Guard != "" || e.Kind == arch.KindData && e.Op != "write" {
				continue
			}
			if slices.Contains(row.Sites, e.Site) {
				named = append(named, e)
			}
			if e.Kind == arch.KindPublish || e.Kind == arch.KindCall && unsafe[entry{e.To, e.ID}] ||
				e.Kind == arch.KindData && (e.Verb == "insert" || e.Verb == "increment" || e.Verb == "append") {
				likely = append(likely, e)
			}
		}
	}
	if len(named) > 0 {
		return named
	}
	return likely
}

// onlyPublishes reports whether all that is repeated are messages.
func onlyPublishes(repeated []*arch.Effect) bool {
	return len(repeated) > 0 && !slices.ContainsFunc(repeated, func(e *arch.Effect) bool { return e.Kind != arch.KindPublish })
}

// onlyPassesOn reports whether all that an endpoint repeats are calls of endpoints that are reported themselves.
func onlyPassesOn(repeated []*arch.Effect, unsafe map[entry]bool) bool {
	for _, e := range repeated {
		if e.Kind != arch.KindCall || !unsafe[entry{e.To, e.ID}] {
			return false
		}
	}
	return len(repeated) > 0
}

// describe writes the finding of one endpoint: at its first repeated effect, else at its handler.
func describe(m *arch.Model, rule *finding.Rule, e *arch.Endpoint, row *arch.Idempotency, repeated []*arch.Effect) finding.Finding {
	f := finding.Finding{
		Rule:       rule,
		Severity:   rule.Severity,
		Confidence: "high",
		Services:   []string{e.Service},
		Pos:        e.Site,
		Subject:    e.ID,
	}
	again := "a retry of " + finding.Endpoint(e.ID) + " of " + e.Service
	if rule == unguardedConsumer {
		again = "a second delivery of " + e.ID + " to " + e.Service
	}
	if len(repeated) == 0 {
		if len(row.Sites) > 0 {
			f.Pos = row.Sites[0]
		}
		f.Message = fmt.Sprintf("%s is not safe: %s", again, row.Why)
		f.Evidence = finding.Places(e.Service, row.Why, row.Sites, map[effects.Pos]bool{})
		return f
	}
	f.Pos = repeated[0].Site
	f.Message = fmt.Sprintf("%s %s again", again, finding.List(deeds(repeated)))
	if method, _, _ := strings.Cut(e.ID, " "); method == "PUT" || method == "DELETE" {
		f.Message += ", although HTTP lets clients repeat a " + method + " by themselves"
	}
	seen := make(map[effects.Pos]bool)
	for i, r := range repeated {
		if i == 0 {
			f.Evidence = append(f.Evidence, finding.Trail(e.Service, r)...)
			f.Evidence = append(f.Evidence, finding.Step{Service: e.Service, Pos: r.Site, What: "not safe to repeat: " + row.Why})
			seen[r.Site] = true
		} else {
			f.Evidence = append(f.Evidence, finding.Places(e.Service, "also "+finding.Deed(r)+" again", []effects.Pos{r.Site}, seen)...)
		}
	}
	f.Evidence = append(f.Evidence, finding.Step{Service: e.Service, Pos: repeated[0].Site, What: guard(repeated[0])})
	f.Evidence = append(f.Evidence, callers(m, e)...)
	return f
}

// callers are the places in other services from where a retry or redelivery gets to an endpoint.
func callers(m *arch.Model, e *arch.Endpoint) []finding.Step {
	var steps []finding.Step
	for i := range m.Flows {
		flow := &m.Flows[i]
		if flow.Endpoint == "" {
			continue
		}
		for j := range flow.Effects {
			c := &flow.Effects[j]
			if c.Kind != arch.KindCall || c.To != e.Service || c.ID != e.ID {
				continue
			}
			step := finding.Step{Service: flow.Service, Pos: c.Site, What: fmt.Sprintf("%s of %s calls it: what is repeated there is repeated here", flow.Endpoint, flow.Service)}
			if !slices.Contains(steps, step) {
				steps = append(steps, step)
			}
		}
	}
	return steps
}

// deeds are what effects do, each once, as far as a line holds them.
func deeds(repeated []*arch.Effect) []string {
	var all []string
	for _, e := range repeated {
		if d := finding.Deed(e); !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	if len(all) > 3 {
		all = append(all[:2], fmt.Sprintf("does %d more things", len(all)-2))
	}
	return all
}

// guard says what would keep an effect from happening twice.
func guard(e *arch.Effect) string {
	switch e.Kind {
	case arch.KindCall:
		return "a guard: send a key that stays the same on repetition, which the called service keeps under a unique key"
	case arch.KindPublish:
		return "a guard: write the message to an outbox in the transaction of the change, under a key that stays the same on repetition"
	}
	switch {
	case e.Verb == "increment" || e.Verb == "append" || e.Verb == "update":
		return "a guard: record the key of the message or request in the same transaction, or make the change depend on the state before it"
	case e.Store == "mongo" || e.Store == "firestore":
		return "a guard: take the document's id from the message or request and handle the duplicate"
	}
	return "a guard: a unique key taken from the message or request, and ON CONFLICT DO NOTHING (or a handled conflict)"
}
