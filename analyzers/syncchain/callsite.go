package syncchain

import (
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// callSite is a request to another service, with the flow that it is part of.
type callSite struct {
	flow *arch.Flow
	call *arch.Effect
}

type callSites []callSite

// grouped puts the requests to other services together by a key; of says the key of one, and whether it counts. Each group is
// in the order of its places, and keys are in the order in which the Model has them.
func grouped[K comparable](m *arch.Model, of func(*arch.Flow, *arch.Effect) (K, bool)) (map[K]callSites, []K) {
	var order []K
	groups := make(map[K]callSites)
	for i := range m.Flows {
		flow := &m.Flows[i]
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if e.Kind != arch.KindCall || e.To == "" || e.To == flow.Service {
				continue
			}
			k, counts := of(flow, e)
			if !counts {
				continue
			}
			if groups[k] == nil {
				order = append(order, k)
			}
			groups[k] = append(groups[k], callSite{flow, e})
		}
	}
	for _, group := range groups {
		slices.SortStableFunc(group, func(a, b callSite) int { return a.call.Site.Compare(b.call.Site) })
	}
	return groups, order
}

// ids are what is called, as people say it.
func (cs callSites) ids() []string {
	var ids []string
	for _, c := range cs {
		ids = append(ids, finding.Endpoint(c.call.ID))
	}
	return distinct(ids)
}

// entries are the endpoints on whose way the calls are.
func (cs callSites) entries() []string {
	var names []string
	for _, c := range cs {
		names = append(names, c.flow.Endpoint)
	}
	return distinct(names)
}

// entryName is an endpoint's id as people say it, also of start-up.
func entryName(id string) string {
	if id == "" {
		return "main"
	}
	return finding.Endpoint(id)
}

// within says in which endpoints something happens.
func within(entries []string) string {
	return ", in " + entryName(entries[0]) + others(len(entries)-1)
}
