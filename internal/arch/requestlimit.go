package arch

import (
	"time"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// requestLimit is the time limit that a middleware or option of an endpoint's server or routers puts on the context of
// requests.
type requestLimit struct {
	is bool
	d  time.Duration // 0 where it is not known
}

// limited finds the limit of an endpoint's requests.
func (p *process) limited(e *endpoint) requestLimit {
	if e == nil {
		return requestLimit{}
	}
	if e.limit == nil {
		p.w.deadlineFound = 0
		is := p.worn(e, "deadline")
		e.limit = &requestLimit{is, p.w.deadlineFound}
	}
	return *e.limit
}

// derivesDeadline reports whether a function derives a context with a time limit. Where the limit is a constant of the function,
// it is noted.
func (w *world) derivesDeadline(fn *function) bool {
	for i := range fn.Calls {
		c := &fn.Calls[i]
		for _, m := range w.prog.cat.Lookup(c.Callee) {
			if m.Context == nil || !m.Context.Deadline {
				continue
			}
			if x, ok := m.Context.Timeout.Node.(catalog.Arg); ok {
				if v, ok := argument(c, x.Index); ok && fn.Values[v].Op == effects.OpConst {
					w.deadlineFound, _ = time.ParseDuration(fn.Values[v].Str + "ns")
				}
			}
			return true
		}
	}
	return false
}
