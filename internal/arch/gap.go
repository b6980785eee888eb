package arch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

const (
	notFollowed = "the value is made at run time, or in a way that svclint does not follow"
	noFunction  = "which function it is was not found"
	pathOfRoute = "the path of a route"
)

// gap notes a value that decides the architecture and could not be read from the code.
func (p *process) gap(at effects.Pos, what, value, reason string) {
	p.gaps = append(p.gaps, Unresolved{Service: p.Name, Site: at, What: what, Value: value, Reason: reason})
}

// unregistered notes the registrations that gave no endpoint although they are for one: nothing is known of the function
// that answers, or of what it answers.
func (p *process) unregistered() {
	w := p.w
	answered := map[site]bool{}
	for _, e := range p.endpoints {
		answered[e.reg] = true
		if broker, ok := strings.CutSuffix(e.ID, ":*"); ok && e.Protocol == "consumer" {
			p.gap(e.Registered, "the topic that a consumer of "+broker+" reads", "", notFollowed)
		}
	}
	for _, sm := range p.refined() {
		e := sm.model.Endpoint
		switch {
		case answered[sm.site] || !e.Routes.IsZero():
		case !e.Desc.IsZero():
			if !slices.ContainsFunc(w.expr(e.Desc.Node, sm.site), func(o *object) bool { return w.texts(w.fieldOf(o, "ServiceName"))[0].known() }) {
				p.gap(p.written(sm.site), "the RPC service that is registered", "", notFollowed)
			}
		case !e.Handler.IsZero() && w.unknownFunction(e.Handler, sm.site):
			p.gap(p.written(sm.site), "the function that answers a route", spell(w.texts(w.expr(e.Path.Node, sm.site))), noFunction)
		}
	}
	for _, sm := range w.found.consumes {
		if c := sm.model.Consume; !answered[sm.site] && w.unknownFunction(c.Handler, sm.site) {
			p.gap(p.written(sm.site), "the function that takes the messages of "+c.Broker, spell(w.texts(w.expr(c.Topic.Node, sm.site))), noFunction)
		}
	}
	for _, sm := range w.found.graphs {
		if at := p.written(sm.site); !slices.Contains(p.routed, at) {
			p.gap(at, "the route of a GraphQL server", "", "no handler was found that hands its requests on to it")
		}
	}
	for _, sm := range w.found.schedules {
		if s := sm.model.Schedule; !answered[sm.site] && w.unknownFunction(s.Handler, sm.site) {
			p.gap(p.written(sm.site), "the function that runs by time", "", noFunction)
		}
	}
}

// unknownFunction reports whether nothing is known of a function but where it comes from: not a function, not a router or
// file server of a library either.
func (w *world) unknownFunction(e catalog.Expr, at site) bool {
	objs := w.expr(e.Node, at)
	return len(objs) > 0 && !slices.ContainsFunc(objs, func(o *object) bool {
		switch inner, _ := w.unwrap(o); inner.kind {
		case unknownObject, ptrObject, entryObject:
			return false
		default:
			return true
		}
	})
}

// unnamed notes the effects of which the Model knows that they are and not of what: keys of caches.
func (fl *flow) unnamed() {
	for _, e := range fl.effects {
		if e.Kind == KindData && e.Name == "*" {
			fl.process.gap(e.Site, "the "+e.Store+" key", "", notFollowed)
		}
	}
}

// undecided notes the calls through interfaces on a request's way that were not followed, because more types than the
// linker guesses at may stand behind them and some of those do something to the world outside.
func (fl *flow) undecided(lost []site) {
	w := fl.process.w
	for _, at := range lost {
		c := at.info()
		if c.Iface == "" {
			continue
		}
		all, some := 0, false
		for _, t := range w.prog.implementers(c) {
			if fn := w.prog.funcs[methodOf(t, c.Method).Func]; fn != nil && w.inst[t.ID] {
				all++
				some = some || fn.interesting
			}
		}
		if some && all > maxGuesses {
			fl.process.gap(fl.process.written(at), "which implementation of "+calledName(at.frame, at.call)+" is called", fmt.Sprint(all)+" types of this service have the method",
				"the value that it is called on was not found")
		}
	}
}

// compactGaps makes one row of what is missing at one place, with every value that is known in part. Where the same statement
// was understood on other ways, a way on which nothing at all was found says more of the walk than of the code.
func compactGaps(gaps []Unresolved, understood map[effects.Pos]bool) []Unresolved {
	slices.SortFunc(gaps, func(a, b Unresolved) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), a.Site.Compare(b.Site), strings.Compare(a.What, b.What), strings.Compare(a.Value, b.Value), strings.Compare(a.Reason, b.Reason))
	})
	var out []Unresolved
	for _, g := range gaps {
		if strings.Trim(g.Value, "{} ") == "" {
			if understood[g.Site] {
				continue
			}
			g.Value = ""
		}
		if n := len(out); n > 0 && out[n-1].Service == g.Service && out[n-1].Site == g.Site && out[n-1].What == g.What {
			if last := &out[n-1]; last.Value == "" {
				last.Value = g.Value
			} else if g.Value != "" && !slices.Contains(strings.Split(last.Value, " | "), g.Value) {
				last.Value += " | " + g.Value
			}
			continue
		}
		out = append(out, g)
	}
	return out
}

// unresolvedOf are the gaps that the join across services left in a process.
func (l *linker) unresolvedOf(p *process) []Unresolved {
	return slices.DeleteFunc(slices.Clone(l.unresolved), func(u Unresolved) bool { return u.Service != p.Name })
}

// understood are the places at which some effect of the process is known by name, or some route by its path.
func (p *process) understood() map[effects.Pos]bool {
	out := map[effects.Pos]bool{}
	for _, e := range p.endpoints {
		if _, route, ok := strings.Cut(e.ID, " "); ok && strings.Trim(route, "/{}") != "" {
			out[e.Registered] = true
		}
	}
	for _, fl := range p.flows {
		for _, e := range fl.effects {
			known := e.Kind == KindCall && e.To != "" || e.Kind == KindData && e.Name != "*" || e.Kind == KindPublish && e.Topic != "*"
			out[e.Site] = out[e.Site] || known
		}
	}
	return out
}
