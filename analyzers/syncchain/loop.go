package syncchain

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// loopCall is a call in a loop, with the flow that it is part of.
type loopCall struct {
	flow *arch.Flow
	call *arch.Effect
}

// loops returns one finding per called endpoint and calling service, at the first place.
func loops(m *arch.Model) []finding.Finding {
	type key struct{ from, to, id string }
	var order []key
	groups := make(map[key][]loopCall)
	for i := range m.Flows {
		flow := &m.Flows[i]
		if !waited(flow) {
			continue
		}
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if e.Kind != arch.KindCall || !e.InLoop || e.Async || e.To == "" {
				continue
			}
			k := key{flow.Service, e.To, e.ID}
			if groups[k] == nil {
				order = append(order, k)
			}
			groups[k] = append(groups[k], loopCall{flow, e})
		}
	}
	var fs []finding.Finding
	for _, k := range order {
		fs = append(fs, describeLoop(groups[k], m.Endpoints))
	}
	return fs
}

func describeLoop(group []loopCall, endpoints []arch.Endpoint) finding.Finding {
	slices.SortStableFunc(group, func(a, b loopCall) int { return a.call.Site.Compare(b.call.Site) })
	from, call := group[0].flow, group[0].call
	var entries []string
	for _, l := range group {
		if !slices.Contains(entries, l.flow.Endpoint) {
			entries = append(entries, l.flow.Endpoint)
		}
	}
	where := finding.Endpoint(entries[0])
	if len(entries) > 1 {
		where += others(len(entries) - 1)
	}
	f := finding.Finding{
		Rule:       remoteInLoop,
		Severity:   remoteInLoop.Severity,
		Confidence: "high",
		Services:   []string{from.Service, call.To},
		Pos:        call.Site,
		Subject:    call.To + ":" + call.ID,
		Message: fmt.Sprintf("%s calls %s of %s once per element of a collection in %s",
			from.Service, finding.Endpoint(call.ID), call.To, where),
	}
	batch := batchOf(call, endpoints)
	switch {
	case batch.endpoint != nil && batch.certain:
		f.Message += fmt.Sprintf("; %s offers %s for all at once", call.To, finding.Endpoint(batch.endpoint.ID))
	case batch.endpoint != nil:
		f.Message += fmt.Sprintf("; perhaps %s of %s gives all at once", finding.Endpoint(batch.endpoint.ID), call.To)
	}
	f.Evidence = finding.Trail(from.Service, call)
	seen := map[effects.Pos]bool{call.Site: true}
	for _, l := range group[1:] {
		what := fmt.Sprintf("also in a loop, in %s", l.flow.Endpoint)
		f.Evidence = append(f.Evidence, finding.Places(from.Service, what, []effects.Pos{l.call.Site}, seen)...)
	}
	if batch.endpoint != nil {
		f.Evidence = append(f.Evidence, finding.Step{Service: call.To, Pos: batch.endpoint.Site, What: "the batch form: " + batch.endpoint.ID})
	}
	return f
}
