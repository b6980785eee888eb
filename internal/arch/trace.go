package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// tracing sums up how much of a process a trace can see.
func (p *process) tracing() Tracing {
	w := p.w
	t := Tracing{Service: p.Name, Library: "none", Setup: "no", Servers: "n/a", Clients: "n/a", DB: "n/a", Messaging: "n/a"}
	for _, sm := range w.found.tracers {
		if w.setUp(sm) {
			if when := w.condition(sm.site); t.Setup == "no" {
				t.SetupIf = when
			} else if when == "" {
				t.SetupIf = ""
			}
			t.Setup, t.Library = "yes", sm.model.Tracer.Library
		} else if t.Library == "none" && sm.model.Tracer.Step != "propagator" {
			t.Library = sm.model.Tracer.Library
		}
		t.Sites = append(t.Sites, p.written(sm.site))
	}
	for _, sm := range w.found.instrs {
		if t.Library == "none" {
			t.Library = sm.model.Instrument.Library
		}
		t.Sites = append(t.Sites, p.written(sm.site))
	}
	p.traceServers(&t)
	p.traceEffects(&t)
	t.Spans = p.spanFaults()
	t.Breaks = p.breaks(&t)
	sortPos(t.Sites)
	t.Sites = slices.Compact(t.Sites)
	return t
}

// traceServers judges the inbound side: an endpoint is instrumented by its server, its router or its own wrapper.
func (p *process) traceServers(t *Tracing) {
	var seen, good int
	for _, e := range p.endpoints {
		if e.Protocol == "consumer" || e.Protocol == "cron" {
			continue
		}
		e.Instrumented = p.instrumentedEndpoint(e)
		seen++
		if e.Instrumented {
			good++
		}
	}
	t.Servers = share(good, seen)
	if good == seen {
		return
	}
	untraced := func(protocol string) bool {
		return slices.ContainsFunc(p.endpoints, func(e *endpoint) bool { return e.Protocol == protocol && !e.Instrumented })
	}
	for _, sm := range p.w.found.serves {
		if s := sm.model.Serve; untraced(s.Protocol) && (s.Protocol == "grpc" || s.Protocol == "http") && !p.instrumentedServer(sm) {
			t.ServerSites = append(t.ServerSites, p.serverSites(sm)...)
		}
	}
	if len(t.ServerSites) == 0 {
		for _, e := range p.endpoints {
			if !e.Instrumented && e.Protocol != "consumer" && e.Protocol != "cron" {
				t.ServerSites = append(t.ServerSites, e.Registered)
			}
		}
	}
	sortPos(t.ServerSites)
	t.ServerSites = slices.Compact(t.ServerSites)
}

// serverSites are where the server may be made, which is where the instrumentation belongs; else where it starts to serve.
func (p *process) serverSites(sm siteModel) []effects.Pos {
	var out []effects.Pos
	for _, o := range p.w.expr(sm.model.Serve.Handler.Node, sm.site) {
		if o.kind == libObject && o.frame != nil && o.spec != nil && o.spec.Kind == "server" {
			out = append(out, p.written(site{o.frame, o.val}))
		}
	}
	if len(out) == 0 {
		at := sm.site
		for at.frame.parent != nil && at.frame.call >= 0 && !at.frame.parent.fn.pkg.Outside && takesHandler(at.frame.fn) {
			at = site{at.frame.parent, at.frame.call}
		}
		out = append(out, p.written(at))
	}
	return out
}

// takesHandler reports whether a function is given what it serves: who gives it is the one to wrap it.
func takesHandler(fn *function) bool {
	return slices.ContainsFunc(fn.Params, func(p effects.Param) bool { return p.Type == "net/http.Handler" })
}

// traceEffects judges the outbound side: calls, stores and brokers.
func (p *process) traceEffects(t *Tracing) {
	count := map[string][2]int{}
	note := func(side string, good bool) {
		c := count[side]
		c[0]++
		if good {
			c[1]++
		}
		count[side] = c
	}
	driver := p.instrumentedStores()
	for _, fl := range p.flows {
		for _, e := range fl.effects {
			switch e.Kind {
			case KindCall:
				note("clients", e.Instrumented)
				if !e.Instrumented {
					t.ClientSites = append(t.ClientSites, p.clientSite(e))
				}
			case KindData:
				if e.Op != "ddl" {
					e.Instrumented = e.Instrumented || driver[storeFamily(e.Store)]
					note("db", e.Instrumented)
				}
			case KindPublish:
				note("messaging", e.Instrumented)
			}
		}
	}
	for _, e := range p.endpoints {
		if e.Protocol == "consumer" {
			e.Instrumented = p.instrumentedConsumer(e)
			note("messaging", e.Instrumented)
		}
	}
	t.Clients = share(count["clients"][1], count["clients"][0])
	t.DB = share(count["db"][1], count["db"][0])
	t.Messaging = share(count["messaging"][1], count["messaging"][0])
	sortPos(t.ClientSites)
	t.ClientSites = slices.Compact(t.ClientSites)
}

// clientSite is where the client of a call is made, else the call.
func (p *process) clientSite(e *effect) effects.Pos {
	for _, o := range e.client {
		if o.kind == libObject && o.frame != nil && o.spec != nil && o.spec.Kind == "conn" {
			return p.written(site{o.frame, o.val})
		}
		if o.kind == allocObject && !o.frame.fn.elsewhere() && o.frame.fn.Pos.File != "" && o.frame.fn.Values[o.val].Line > 0 {
			return effects.Pos{File: o.frame.fn.Pos.File, Line: int(o.frame.fn.Values[o.val].Line)}
		}
	}
	return e.Site
}

func share(good, all int) string {
	switch {
	case all == 0:
		return "n/a"
	case good == 0:
		return "none"
	case good == all:
		return "all"
	}
	return "some"
}

func sortPos(ps []effects.Pos) {
	slices.SortFunc(ps, func(a, b effects.Pos) int { return a.Compare(b) })
}

// deed says in words what an effect does, as the last step of a path.
func (e *effect) deed() string {
	switch e.Kind {
	case KindCall:
		return "calls " + e.ID + " of " + e.To
	case KindPublish:
		return "publishes to " + e.Broker + " " + e.Topic
	}
	verb := e.Verb
	switch {
	case verb == "" && e.Op == "ddl":
		verb = "defines"
	case verb == "":
		verb = e.Op + "s"
	case strings.HasSuffix(verb, "s") || strings.HasSuffix(verb, "sh"):
		verb += "es"
	default:
		verb += "s"
	}
	return verb + " " + e.Store + " " + e.Name
}

// describe says in words what an effect is.
func (e *effect) describe() string {
	switch e.Kind {
	case KindCall:
		if e.To != "" {
			return "the call of " + e.ID + " on " + e.To
		}
		return "the call of " + e.ID
	case KindPublish:
		return "the publish to " + e.Topic
	}
	if e.Kind == kindWait {
		return e.Func
	}
	return "the " + e.Verb + " on " + e.Name
}
