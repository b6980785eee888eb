package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// breaks lists where the traces of a process end although the request goes on.
func (p *process) breaks(t *Tracing) []TraceBreak {
	var out []TraceBreak
	for _, fl := range p.flows {
		out = append(out, fl.breaks()...)
	}
	for _, s := range t.Spans {
		switch s.Fault {
		case "not-ended":
			out = append(out, TraceBreak{Site: s.Site, Kind: "span", Why: "the span that " + s.Func + " starts is never ended, so it is never exported"})
		case "not-always-ended":
			out = append(out, TraceBreak{Site: s.Site, Kind: "span", Why: "the span that " + s.Func + " starts is not ended on every way out of the function"})
		}
	}
	if t.Setup == "yes" {
		out = append(out, p.providerBreaks()...)
		out = append(out, p.messageBreaks()...)
		out = append(out, p.forgotten()...)
	}
	return compactBreaks(out)
}

// breaks lists where a request leaves its trace: its context is replaced or cannot be passed on, or the client makes no span.
func (fl *flow) breaks() []TraceBreak {
	if fl.endpoint == nil {
		return nil
	}
	var out []TraceBreak
	add := func(at effects.Pos, kind, why string, e *effect) {
		out = append(out, TraceBreak{Site: at, Kind: kind, Endpoint: fl.endpoint.ID, Path: e.Path, Why: why})
	}
	for _, e := range slices.Concat(fl.effects, fl.waits) {
		at := e.Site
		if e.ContextSite != nil {
			at = *e.ContextSite
		}
		switch e.Context {
		case "background", "todo":
			if fl.endpoint.Protocol == "cron" && e.ContextSite == nil {
				break // a schedule has no caller: the context that the process was started with is the one to have
			}
			name := "Background"
			if e.Context == "todo" {
				name = "TODO"
			}
			add(at, "context", "context."+name+"() in a request path: "+e.describe()+" loses the request's trace, deadline and cancellation", e)
		case "none":
			switch {
			case e.Kind == KindCall && e.Protocol == "http":
				add(fl.process.requestSite(e), "context", "request made without a context in a request path: "+e.describe()+" loses the request's trace, deadline and cancellation", e)
			case e.Kind == KindData && e.Async && !e.Instrumented:
				add(e.Site, "goroutine", "a goroutine that nobody waits for, without the request's context or a span: "+e.describe()+" is in no trace", e)
			}
		}
		if e.Kind == KindCall && !e.Instrumented {
			add(fl.process.clientSite(e), "client", "the client makes no span and sends no trace context: "+e.describe()+" starts a trace of its own", e)
		}
	}
	return out
}

// messageBreaks lists the messages that are sent without the trace, and the consumers that do not continue it.
func (p *process) messageBreaks() []TraceBreak {
	var out []TraceBreak
	for _, fl := range p.flows {
		for _, e := range fl.effects {
			if e.Kind != KindPublish || e.Instrumented {
				continue
			}
			b := TraceBreak{Site: e.Site, Kind: "messaging", Path: e.Path, Why: "the message carries no trace: " + e.describe() + " has no headers injected, and its consumer starts a trace of its own"}
			if fl.endpoint != nil {
				b.Endpoint = fl.endpoint.ID
			}
			out = append(out, b)
		}
	}
	type router struct {
		fn *function
		at *object
	}
	seen := map[router]bool{}
	together := map[router]int{}
	for _, e := range p.endpoints {
		if e.Protocol == "consumer" {
			together[router{e.reg.frame.fn, e.at}]++
		}
	}
	reachesOut := map[*endpoint]bool{} // does anything that a trace would show
	for _, fl := range p.flows {
		reachesOut[fl.endpoint] = reachesOut[fl.endpoint] || len(fl.effects) > 0
	}
	ordered := slices.SortedStableFunc(slices.Values(p.endpoints), func(a, b *endpoint) int {
		if x, y := reachesOut[a], reachesOut[b]; x != y { // of those that are registered together, one that does something speaks
			if x {
				return -1
			}
			return 1
		}
		return a.Registered.Compare(b.Registered)
	})
	for _, e := range ordered {
		if e.Protocol != "consumer" || e.Instrumented {
			continue
		}
		b := TraceBreak{Site: e.Registered, Kind: "messaging", Endpoint: e.ID, Why: "the trace of a message ends here: nothing extracts it, and what " + e.Handler + " does starts a trace of its own"}
		if e.root != nil && e.root.entry && !takesContext(e.root.fn) && e.Site.IsValid() {
			b.Site = e.Site // no middleware could help: there is no context to put the trace in
		} else if r := (router{e.reg.frame.fn, e.at}); seen[r] {
			continue // one middleware serves all that are registered together
		} else {
			seen[r] = true
			if together[r] > 1 && e.at != nil && e.at.kind == libObject && e.at.frame != nil && e.at.val >= 0 {
				b.Site = p.written(site{e.at.frame, e.at.val}) // where a middleware goes
			}
		}
		out = append(out, b)
	}
	return out
}

func takesContext(fn *function) bool {
	return slices.ContainsFunc(fn.Params, func(p effects.Param) bool { return strings.HasSuffix(p.Type, "context.Context") })
}

// forgotten lists the accesses to a store that make no span although the accesses to it around them do: where spans are made
// by hand, somebody forgot one.
func (p *process) forgotten() []TraceBreak {
	traced := map[string][2]int{} // accesses with a span, and all, at places in the code
	places := map[effects.Pos]bool{}
	each := func(do func(fl *flow, e *effect)) {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind == KindData && e.Op != "ddl" && fl.endpoint != nil {
					do(fl, e)
				}
			}
		}
	}
	each(func(_ *flow, e *effect) {
		if places[e.Site] {
			return
		}
		places[e.Site] = true
		n := traced[e.Store]
		if n[1]++; e.Instrumented {
			n[0]++
		}
		traced[e.Store] = n
	})
	var out []TraceBreak
	each(func(fl *flow, e *effect) {
		if !e.Instrumented && traced[e.Store][0] > 0 {
			out = append(out, TraceBreak{Site: e.Site, Kind: "db", Endpoint: fl.endpoint.ID, Path: e.Path,
				Why: e.describe() + " makes no span, unlike the other accesses to " + e.Store + " of this service"})
		}
	})
	return out
}

// serverBreaks lists the servers without spans that traced services call.
func (l *linker) serverBreaks(m *Model) {
	for i := range m.Tracing {
		t := &m.Tracing[i]
		if t.Servers != "none" && t.Servers != "some" {
			continue
		}
		caller := slices.IndexFunc(m.Calls, func(c Call) bool {
			return c.To == t.Service && c.From != t.Service && slices.ContainsFunc(m.Tracing, func(o Tracing) bool { return o.Service == c.From && o.Setup == "yes" && o.Clients != "none" })
		})
		if caller < 0 {
			continue
		}
		for _, at := range t.ServerSites {
			t.Breaks = append(t.Breaks, TraceBreak{Site: at, Kind: "server", Why: "the server makes no span and ignores the trace that " + m.Calls[caller].From + " sends"})
		}
		t.Breaks = compactBreaks(t.Breaks)
	}
}

// requestSite is where the request of a call is made, when that is apart from where it is sent: the place to mend.
func (p *process) requestSite(e *effect) effects.Pos {
	c := e.at.info()
	for i := range c.Args {
		for _, o := range p.w.eval(e.at.frame, c.Args[i]) {
			if o.kind == libObject && o.frame != nil && o.spec != nil && o.spec.Kind == "request" {
				return p.written(site{o.frame, o.val})
			}
		}
	}
	return e.Site
}
