package idempotency

import (
	_ "embed"

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

// Check returns the findings of all rules. A defect is told once, by the rule that says most about it: the order in which
// things are done before what is done twice, a pair of places before one of them, and what retries before what is retried.
func Check(m *arch.Model) []finding.Finding {
	c := &check{Model: m, unsafe: make(map[entry]*arch.Idempotency), told: make(map[told]bool), retried: make(map[entry]bool)}
	for i := range m.Idempotency {
		if row := &m.Idempotency[i]; row.Idempotent == "no" {
			c.unsafe[entry{row.Service, row.Endpoint}] = row
		}
	}
	c.ackBeforeEffect()
	c.effectBeforeGuard()
	c.checkThenAct()
	c.retryOfUnsafe()
	c.dualWrite()
	c.relativeUpdate()
	c.unguarded()
	c.keyWithoutExpiry()
	c.untestedRedelivery()
	finding.Sort(c.fs)
	return c.fs
}

// check is one look at a Model: what was found, and what needs not be said again.
type check struct {
	*arch.Model
	unsafe  map[entry]*arch.Idempotency
	fs      []finding.Finding
	told    map[told]bool
	retried map[entry]bool             // endpoints whose retry is reported at the client
	users   map[string]map[string]bool // services whose ways lead through a file: see shared
}

// entry names an endpoint of a service.
type entry struct{ service, endpoint string }

// told is an effect of an endpoint that a finding speaks of.
type told struct {
	entry
	site effects.Pos
}

// tell marks effects of an endpoint as reported.
func (c *check) tell(of entry, fx ...*arch.Effect) {
	for _, e := range fx {
		c.told[told{of, e.Place()}] = true
	}
}

// each calls do with every flow of an endpoint and those of its effects that pick picks, where there are any.
func (c *check) each(pick func(*arch.Flow, *arch.Effect) bool, do func(of entry, flow *arch.Flow, fx []*arch.Effect)) {
	for i := range c.Flows {
		flow := &c.Flows[i]
		if flow.Endpoint == "" {
			continue
		}
		of := entry{flow.Service, flow.Endpoint}
		var fx []*arch.Effect
		for j := range flow.Effects {
			if e := &flow.Effects[j]; !c.told[told{of, e.Place()}] && pick(flow, e) {
				fx = append(fx, e)
			}
		}
		if len(fx) > 0 {
			do(of, flow, fx)
		}
	}
}
