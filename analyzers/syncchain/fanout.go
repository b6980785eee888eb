package syncchain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// fanOuts returns the requests that make more calls one after the other than the budget allows. Endpoints of one service
// that make the same row of calls (GET / and HEAD /) are one finding.
func fanOuts(m *arch.Model) []finding.Finding {
	budget := int(m.Settings.Budget().FanOut)
	type group struct {
		flow    *arch.Flow
		entries []string
	}
	var order []string
	groups := make(map[string]*group)
	for i := range m.Flows {
		flow := &m.Flows[i]
		if !waited(flow) || len(flow.Sequence) <= budget {
			continue
		}
		key := flow.Service
		for _, n := range flow.Sequence {
			key += " " + flow.Effects[n].To + ":" + flow.Effects[n].ID
		}
		if groups[key] == nil {
			order = append(order, key)
			groups[key] = &group{flow: flow}
		}
		groups[key].entries = append(groups[key].entries, flow.Endpoint)
	}
	var fs []finding.Finding
	for _, key := range order {
		fs = append(fs, describeFanOut(m, groups[key].flow, groups[key].entries, budget))
	}
	return fs
}

func describeFanOut(m *arch.Model, flow *arch.Flow, entries []string, budget int) finding.Finding {
	n := len(flow.Sequence)
	services := []string{flow.Service}
	for _, i := range flow.Sequence {
		services = append(services, flow.Effects[i].To)
	}
	services = distinct(services)
	f := finding.Finding{
		Rule:       fanOut,
		Severity:   fanOut.Severity,
		Confidence: "high",
		Services:   services,
		Pos:        flow.Effects[flow.Sequence[0]].Site,
		Subject:    flow.Endpoint,
		Message: fmt.Sprintf("%s%s of %s makes %d calls one after the other, %d more than the budget of %d: to %s",
			finding.Endpoint(entries[0]), others(len(entries)-1), flow.Service, n, n-budget, budget, finding.List(services[1:])),
	}
	for k, i := range flow.Sequence {
		e := &flow.Effects[i]
		what := fmt.Sprintf("call %d: %s", k+1, finding.Endpoint(e.ID)+" of "+e.To)
		if e.InLoop {
			what += ", once per element"
		}
		f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: e.Site, What: what})
	}
	slices.Sort(entries)
	if len(entries) > 1 {
		f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: f.Pos, What: "the same calls are made in " + strings.Join(entries, ", ")})
	}
	f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: f.Pos, What: sum(m.Settings, services, n, "calls")})
	return f
}
