package arch

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
)

// talkative is from how many calls of one request to one service on the two talk too much: reading what is needed and then
// writing what follows from it are two.
const talkative = 3

// chatty lists the calls that a process makes once per element while a request waits.
func (l *linker) chatty(p *process) (sites []effects.Pos, targets []string) {
	for _, fl := range p.flows {
		if fl.endpoint == nil {
			continue
		}
		for _, e := range fl.effects {
			if e.Kind == KindCall && e.InLoop {
				sites = addPos(sites, e.Site)
				if !slices.Contains(targets, e.To) {
					targets = append(targets, e.To)
				}
			}
		}
	}
	slices.Sort(targets)
	return sites, targets
}

// askedTwice lists the questions that one request asks another service and that a service it calls asks again: the answer
// could have been handed on.
func (l *linker) askedTwice(p *process) []Boundary {
	var out []Boundary
	for _, fl := range p.flows {
		if fl.endpoint == nil {
			continue
		}
		for _, first := range fl.effects {
			if first.Kind != KindCall || first.Async || l.process(first.To) == nil || l.mutates(first) {
				continue
			}
			for _, next := range fl.effects {
				if next.Kind != KindCall || next.Async || next == first || next.To == first.To || !follows(first.at, next.at) {
					continue
				}
				callee := l.flowOf(next.To, next.ID)
				if callee == nil {
					continue
				}
				for _, again := range callee.effects {
					if again.Kind != KindCall || again.Async || again.To != first.To || again.ID != first.ID || first.ID == "" {
						continue
					}
					b := Boundary{Kind: "chatty", Services: []string{p.Name, next.To, first.To}, Sites: []effects.Pos{first.Site, again.Site},
						Endpoint: fl.endpoint.ID, Subject: first.ID,
						Why:   fmt.Sprintf("for one %s both %s and %s ask %s for %s", fl.endpoint.ID, p.Name, next.To, first.To, first.ID),
						Steps: []Step{first.step(p.Name), next.step(p.Name), again.step(next.To)}}
					if !slices.ContainsFunc(out, func(o Boundary) bool { return o.Why == b.Why }) {
						out = append(out, b)
					}
				}
			}
		}
	}
	return out
}

// askedOften lists the requests for which a service calls one other service several times in a row. Calls per element of
// a collection are not among them: those are a matter of the loop.
func (l *linker) askedOften(p *process) []Boundary {
	var out []Boundary
	for _, fl := range p.flows {
		if fl.endpoint == nil {
			continue
		}
		calls := map[string][]*effect{}
		for _, e := range fl.effects {
			if e.Kind == KindCall && !e.Async && !e.InLoop && e.ID != "" && e.To != "" && e.To != p.Name && !fl.onFailure(e.at) {
				calls[e.To] = append(calls[e.To], e)
			}
		}
		for _, to := range sortedKeys(calls) {
			row := inRow(calls[to])
			if len(row) < talkative || l.process(to) == nil {
				continue
			}
			b := Boundary{Kind: "chatty", Services: []string{p.Name, to}, Endpoint: fl.endpoint.ID,
				Why: fmt.Sprintf("for one %s %s calls %s %d times in a row", fl.endpoint.ID, p.Name, to, len(row))}
			for _, e := range row {
				b.Sites = addPos(b.Sites, e.Site)
			}
			b.Steps = apart(p.Name, row)
			out = append(out, b)
		}
	}
	return out
}

// inRow is the longest run of calls each of which is only reached by the one before it, so that one request makes them all.
// Calls are in the order of the code.
func inRow(calls []*effect) []*effect {
	best := make([][]*effect, len(calls))
	var longest []*effect
	for i, e := range calls {
		for j := range i {
			if len(best[j]) > len(best[i]) && then(calls[j].at, e.at) {
				best[i] = best[j]
			}
		}
		best[i] = append(slices.Clone(best[i]), e)
		if len(best[i]) > len(longest) {
			longest = best[i]
		}
	}
	return longest
}

// then reports whether every way to b comes by a: one of several branches, and one of several conditions in a row, are not
// both for the same request.
func then(a, b site) bool {
	common, aCall, bCall := meet(a, b)
	if common == nil || aCall == bCall {
		return false
	}
	from, to := common.fn.Calls[aCall].Block, common.fn.Calls[bCall].Block
	if from == to {
		return aCall < bCall
	}
	return common.fn.dominates(from, to)
}

// apart are the places at which several effects of one flow part: where a reader sees that the one comes after the other, and
// not in the wrapper that all of them go through. Of one effect it is where that wrapper, the client's adapter, is called.
func apart(service string, es []*effect) []Step {
	var out []Step
	for _, e := range es {
		s := e.step(service)
		at := -1
		if len(es) == 1 && len(e.Path) > 2 {
			at = len(e.Path) - 2
		}
		for i := 0; i < len(e.Path) && at < 0 && len(es) > 1; i++ {
			if !slices.ContainsFunc(es, func(o *effect) bool { return o != e && i < len(o.Path) && o.Path[i].Pos == e.Path[i].Pos }) {
				at = i
			}
		}
		if at >= 0 {
			s.Func, s.Pos = e.Path[at].Func, e.Path[at].Pos
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// step is the place of an effect as evidence.
func (e *effect) step(service string) Step {
	return Step{Service: service, Func: e.Func, Pos: e.Site, What: e.deed()}
}

// follows reports whether control can get from one site to another.
func follows(a, b site) bool {
	common, aCall, bCall := meet(a, b)
	if common == nil || aCall == bCall {
		return common != nil
	}
	from, to := common.fn.Calls[aCall].Block, common.fn.Calls[bCall].Block
	if from == to {
		return aCall < bCall
	}
	return common.fn.reaches(from, to, -1)
}
