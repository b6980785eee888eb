package syncchain

import (
	"fmt"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// loops returns one finding per called endpoint and calling service, at the first place.
func loops(m *arch.Model) []finding.Finding {
	type key struct{ from, to, id string }
	groups, order := grouped(m, func(flow *arch.Flow, e *arch.Effect) (key, bool) {
		return key{flow.Service, e.To, e.ID}, waited(flow) && e.InLoop && !e.Async
	})
	var fs []finding.Finding
	for _, k := range order {
		fs = append(fs, describeLoop(groups[k], m.Endpoints))
	}
	return fs
}

func describeLoop(group callSites, endpoints []arch.Endpoint) finding.Finding {
	from, call := group[0].flow, group[0].call
	entries := group.entries()
	where := finding.Endpoint(entries[0]) + others(len(entries)-1)
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
