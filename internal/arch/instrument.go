package arch

import (
	"maps"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// has reports whether anything among the objects, or what they were made of, is an instrumentation of the given side.
func (w *world) has(side string, objs ...*object) bool {
	return w.forSide(side, func(seen searched) bool { return w.search(objs, side, seen, 0) })
}

// searched are objects that searches have looked at, with the least depth at which they did: deeper down they would see no
// more than they saw there.
type searched struct {
	bare map[*object]int8 // by earlier searches, in vain
	now  map[*object]int8 // by this one
}

// first reports whether an object has not been looked at, and notes that it is.
func (s searched) first(o *object, depth int8) bool {
	if d, ok := s.bare[o]; ok && d <= depth {
		return false
	}
	if d, ok := s.now[o]; ok && d <= depth {
		return false
	}
	s.now[o] = depth
	return true
}

// forSide runs a search for one side. What a search in vain has looked at, none in the same round needs to look at again:
// the handlers of a server share all that its receiver and its options hold.
func (w *world) forSide(side string, search func(searched) bool) bool {
	if w.bareRound != w.round {
		w.bare, w.bareRound = map[string]map[*object]int8{}, w.round
	}
	seen := searched{w.bare[side], map[*object]int8{}}
	if search(seen) {
		return true
	}
	if seen.bare == nil {
		w.bare[side] = seen.now
	} else {
		maps.Copy(seen.bare, seen.now)
	}
	return false
}

const maxSearch = 12 // wrappers around wrappers

func (w *world) search(objs []*object, side string, seen searched, depth int8) bool {
	for _, o := range objs {
		if o == nil || depth > maxSearch || !seen.first(o, depth) {
			continue
		}
		if w.searchObject(unbox(o), side, seen, depth) {
			return true
		}
	}
	return false
}

func (w *world) searchObject(o *object, side string, seen searched, depth int8) bool {
	for _, l := range w.layers[o] {
		if w.searchCall(l, side, seen, depth) {
			return true
		}
	}
	for _, u := range w.uses[o] {
		if w.search(w.operand(u), side, seen, depth+1) {
			return true
		}
	}
	switch o.kind {
	case libObject:
		if o.frame == nil {
			for _, m := range w.prog.cat.Values(o.name) {
				if m.Instrument != nil && sideMatches(m.Instrument.Side, side) {
					return true
				}
			}
			return false
		}
		if o.spec != nil && !o.spec.Parent.IsZero() && w.search(w.expr(o.spec.Parent.Node, site{o.frame, o.val}), side, seen, depth+1) {
			return true
		}
		return w.searchCall(site{o.frame, o.val}, side, seen, depth)
	case listObject, appendObject, makeObject:
		return w.search(w.elements(o), side, seen, depth+1)
	case allocObject, ptrObject:
		if w.instrumentingType(o.typ, side) || w.ownTransport(o.typ, side) {
			return true
		}
		if o.kind == ptrObject && w.search(one(o.base), side, seen, depth+1) {
			return true
		}
		return w.searchFields(o, side, seen, depth)
	case globalObject:
		w.flush()
		for _, name := range sortedKeys(o.fields) { // a struct that is a package variable
			if w.search(w.stored(o.fields[name]), side, seen, depth+1) {
				return true
			}
		}
		return w.search(w.stored(o), side, seen, depth+1)
	case funcObject:
		return w.searchFunc(o, side, seen, depth)
	}
	return false
}

// instrumentingType reports whether a type of a library is an instrumentation itself, as ochttp.Handler is: its values are
// composite literals, and what is modelled are its methods.
func (w *world) instrumentingType(typ, side string) bool {
	if typ == "" {
		return false
	}
	for _, method := range [...]string{".ServeHTTP", ".RoundTrip", ".HandleRPC"} {
		for _, m := range w.prog.cat.Lookup(trimPtr(typ) + method) {
			if m.Instrument == nil || !sideMatches(m.Instrument.Side, side) {
				continue
			}
			if _, ok := m.Instrument.Target.Node.(catalog.Recv); ok {
				return true
			}
		}
	}
	return false
}

// searchCall looks at a library call: is it an instrumentation itself, or was it given one.
func (w *world) searchCall(at site, side string, seen searched, depth int8) bool {
	c := at.info()
	for _, m := range w.prog.cat.Lookup(c.Callee) {
		if m.Instrument != nil && sideMatches(m.Instrument.Side, side) && !enclosing(m.Instrument.Target) {
			return true
		}
		if side == "deadline" && m.Context != nil && m.Context.Deadline {
			w.deadlineFound, _ = w.duration(w.expr(m.Context.Timeout.Node, at))
			return true
		}
	}
	if c.Callee == "" && c.Func >= 0 && w.search(w.eval(at.frame, c.Func), side, seen, depth+1) {
		return true // a middleware value: NewServerMiddleware(tracer)(handler)
	}
	for i, arg := range c.Args {
		if i == 0 && c.Recv {
			continue
		}
		if w.search(w.eval(at.frame, arg), side, seen, depth+1) {
			return true
		}
	}
	return false
}

func enclosing(x catalog.Expr) bool {
	_, ok := x.Node.(catalog.Enclosing)
	return ok
}

// sideMatches reports whether an instrumentation of a side is one of another. Neither a time limit nor a retry is one.
func sideMatches(have, want string) bool {
	return have == want || have == "any" && want != "deadline" && want != "retry"
}

// searchFields looks at what is stored in the fields of a struct.
func (w *world) searchFields(o *object, side string, seen searched, depth int8) bool {
	w.flush()
	if o.frame == nil {
		return false
	}
	for _, s := range o.frame.fn.Stores {
		addr := &o.frame.fn.Values[s.Addr]
		if addr.Op != effects.OpFieldPtr {
			continue
		}
		if slices.Contains(w.eval(o.frame, addr.Args[0]), o) && w.search(w.eval(o.frame, s.Val), side, seen, depth+1) {
			return true
		}
	}
	return w.search(w.stored(o), side, seen, depth+1)
}

// searchFunc looks into middleware that a person wrote: it counts as instrumentation when it starts or continues a span.
func (w *world) searchFunc(o *object, side string, seen searched, depth int8) bool {
	if o.bound && w.search(w.operand(o.recv), side, seen, depth+1) {
		return true
	}
	if o.fn == nil {
		for _, m := range w.prog.cat.Lookup(o.name) {
			if m.Instrument != nil && sideMatches(m.Instrument.Side, side) {
				return true
			}
		}
		return false
	}
	if w.does(o.fn, side) {
		return true
	}
	if o.frame != nil && o.val >= 0 && !o.bound {
		for _, captured := range o.frame.fn.Values[o.val].Args {
			if w.search(w.eval(o.frame, captured), side, seen, depth+1) {
				return true
			}
			for _, held := range w.eval(o.frame, captured) {
				if w.search(w.load(held), side, seen, depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// does reports whether a function that stands around a request is what is looked for on a side.
func (w *world) does(fn *function, side string) bool {
	switch side {
	case "server", "client", "messaging":
		return w.inside(fn, 2, w.spans)
	case "deadline":
		return w.inside(fn, 2, w.derivesDeadline)
	case "retry":
		return w.inside(fn, 2, sendsAgain)
	}
	return false
}

// inside reports whether something holds for a function, or for a closure that it makes, so many levels down.
func (w *world) inside(fn *function, levels int, holds func(*function) bool) bool {
	return holds(fn) || levels > 0 && slices.ContainsFunc(fn.Values, func(v effects.Value) bool {
		inner := w.prog.funcs[v.Str]
		return v.Op == effects.OpClosure && inner != nil && w.inside(inner, levels-1, holds)
	})
}

// ownTransport reports whether a type of the repository's own is a transport of HTTP clients that does what is looked for.
func (w *world) ownTransport(typ, side string) bool {
	fn := w.prog.funcs[trimPtr(typ)+".RoundTrip"]
	return fn != nil && side != "server" && w.does(fn, side)
}

// spans reports whether a function starts a span or continues a trace.
func (w *world) spans(fn *function) bool {
	if hands(fn, "in") || hands(fn, "out") {
		return true
	}
	for _, s := range w.prog.spanStarts(fn) {
		if !w.prog.lost(fn, s) {
			return true
		}
	}
	return false
}

// instrumentedCall reports whether a request to another process makes a client span.
func (p *process) instrumentedCall(m *catalog.Model, at site, client []*object) bool {
	if m.Instrument != nil && m.Instrument.Side == "client" {
		return true
	}
	return p.w.has("client", client...) || p.injectedCall(at)
}

// carriesTrace reports whether the functions around a site write the trace into what is sent by hand, themselves or
// through a function that they call first: inject(ctx, &msg).
func (p *process) carriesTrace(at site) bool {
	call := at.call
	for f, n := at.frame, 0; f != nil && n < 3; f, call, n = f.parent, f.call, n+1 {
		if hands(f.fn, "out") {
			return true
		}
		for i := range f.fn.Calls {
			if callee := p.w.prog.funcs[f.fn.Calls[i].Callee]; callee != nil && int32(i) != call && p.w.handsThrough(callee, "out", 2) {
				return true
			}
		}
	}
	return false
}

// injectedCall reports whether the trace is written by hand into a request or into the context that it is made with: in
// the function that sends it, or by one that is called before with the request, its header, or for the context.
func (p *process) injectedCall(at site) bool {
	prog := p.w.prog
	call := at.call
	for f, n := at.frame, 0; f != nil && n < 3 && len(f.fn.Calls) > 0; f, call = f.parent, f.call {
		if hands(f.fn, "out") && prog.funcs[f.fn.Calls[max(call, 0)].Callee] == nil {
			return true
		}
		for i := range f.fn.Calls {
			c := &f.fn.Calls[i]
			callee := prog.funcs[c.Callee]
			if callee == nil || int32(i) >= call || !f.fn.dominates(c.Block, f.fn.Calls[max(call, 0)].Block) {
				continue
			}
			if (f.fn.gives(int32(i), "context.Context") || takesRequest(callee)) && p.w.handsThrough(callee, "out", 2) {
				return true
			}
		}
		if !f.fn.Generated {
			n++
		}
	}
	return false
}

// gives reports whether a result of a call has a type.
func (fn *function) gives(call int32, typ string) bool {
	for i := range fn.Values {
		if v := &fn.Values[i]; v.Op == effects.OpCall && v.Args[0] == call && v.Type == typ {
			return true
		}
	}
	return false
}

func takesRequest(fn *function) bool {
	return slices.ContainsFunc(fn.Params, func(p effects.Param) bool {
		return p.Type == "*net/http.Request" || p.Type == "net/http.Header" || p.Type == "google.golang.org/grpc/metadata.MD"
	})
}

// handsThrough reports whether a function, or one that it calls, takes a trace in or out by hand.
func (w *world) handsThrough(fn *function, way string, depth int) bool {
	if hands(fn, way) {
		return true
	}
	if depth == 0 {
		return false
	}
	for i := range fn.Calls {
		if callee := w.prog.funcs[fn.Calls[i].Callee]; callee != nil && callee != fn && w.handsThrough(callee, way, depth-1) {
			return true
		}
	}
	return false
}

// sendsHeaders reports whether messages are made near a publish with headers that may hold a trace, in a process that writes
// traces into headers: an outbox relay sends on what was injected when the event was stored.
func (p *process) sendsHeaders(at site) bool {
	for f, n := at.frame, 0; f != nil && n < 2 && p.injects(); f, n = f.parent, n+1 {
		for i := range f.fn.Stores {
			st := &f.fn.Stores[i]
			if addr := &f.fn.Values[st.Addr]; addr.Op == effects.OpFieldPtr && addr.Str == "Headers" && !p.w.untraced(f, st.Val) {
				return true
			}
		}
	}
	return false
}

// traceHeaders are the keys under which propagators write a trace, or how these begin: W3C (traceparent, tracestate), B3,
// Jaeger, Datadog, AWS X-Ray, OpenTracing.
var traceHeaders = []string{"trace", "b3", "x-b3", "uber-trace", "x-datadog", "x-amzn-trace", "ot-tracer", "sentry-trace", "elastic-apm"}

// untraced reports whether all headers of a message are written out, and none of them is a trace's.
func (w *world) untraced(f *frame, headers int32) bool {
	v := &f.fn.Values[headers]
	if v.Op != effects.OpList || len(v.Args) == 0 {
		return false // made elsewhere, or added to
	}
	for _, elem := range v.Args {
		objs := w.eval(f, elem)
		if len(objs) == 0 {
			return false
		}
		for _, o := range objs {
			keys := w.texts(w.fieldOf(o, "Key"))
			if len(keys) == 0 || slices.ContainsFunc(keys, func(t text) bool {
				key, known := t.constant()
				key = strings.ToLower(key)
				return !known || slices.ContainsFunc(traceHeaders, func(h string) bool { return strings.HasPrefix(key, h) })
			}) {
				return false
			}
		}
	}
	return true
}

// injects reports whether the code of a process writes traces into headers anywhere.
func (p *process) injects() bool {
	if p.injecting == nil {
		found := false
		for _, fn := range p.w.prog.ordered {
			found = found || hands(fn, "out") && p.links(fn.pkg.Path)
		}
		p.injecting = &found
	}
	return *p.injecting
}

// hands reports whether a function takes the trace from what arrived (in) or writes it into what is sent (out) by hand.
func hands(fn *function, way string) bool {
	for _, models := range fn.models {
		for _, m := range models {
			if i := m.Instrument; i != nil && enclosing(i.Target) && (i.Hands == "" || i.Hands == way) {
				return true
			}
		}
	}
	return false
}

// inSpan reports whether a manual span of its own is open around a site: it was started in a block that dominates the
// site, in the same function or, for a closure, in the function that made it. The span of a whole request further up says
// nothing about this one access.
func (p *process) inSpan(at site, root *frame) bool {
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		block := f.fn.Calls[call].Block
		for _, start := range p.spanStarts(f.fn) {
			c := &f.fn.Calls[start]
			if start < call && f.fn.dominates(c.Block, block) && !p.endedBefore(f.fn, start, call) {
				return true
			}
		}
		if f == root || !strings.Contains(f.fn.ID, "$") {
			break
		}
	}
	return false
}

// spanStarts lists the calls of a function that start a span which is reported somewhere. One that is never ended is not. Where opentracing's global
// tracer was never set, its spans go nowhere.
func (p *process) spanStarts(fn *function) []int32 {
	if out, ok := p.spanned[fn]; ok {
		return out
	}
	var out []int32
	for _, s := range p.w.prog.spanStarts(fn) {
		if p.w.prog.lost(fn, s) {
			continue
		}
		if !s.model.Global || s.model.Library != "opentracing" || p.globalTracer("opentracing") {
			out = append(out, s.call)
		}
	}
	if p.spanned == nil {
		p.spanned = map[*function][]int32{}
	}
	p.spanned[fn] = out
	return out
}

func (p *process) globalTracer(library string) bool {
	for _, t := range p.w.found.tracers {
		if t.model.Tracer.Step == "global" && t.model.Tracer.Library == library {
			return true
		}
	}
	return false
}

// endedBefore reports whether a span is ended (not by defer) in a block that dominates a later call.
func (p *process) endedBefore(fn *function, start, call int32) bool {
	for i, models := range fn.models {
		c := &fn.Calls[i]
		if c.Defer || int32(i) <= start || int32(i) >= call {
			continue
		}
		for _, m := range models {
			if m.Span != nil && m.Span.Step == "end" && len(c.Args) > 0 && fn.fromCall(c.Args[0], start) && fn.dominates(c.Block, fn.Calls[call].Block) {
				return true
			}
		}
	}
	return false
}

// fromCall reports whether a value is a result of a call.
func (fn *function) fromCall(v, call int32) bool {
	for range 10 {
		val := &fn.Values[v]
		switch val.Op {
		case effects.OpCall:
			return val.Args[0] == call
		case effects.OpConvert, effects.OpIface, effects.OpLoad:
			v = val.Args[0]
		case effects.OpAlloc: // a variable that a closure captures; it is what it is made as, unless it is set again
			set := int32(-1)
			for _, s := range fn.Stores {
				if s.Addr == v && set >= 0 {
					return false
				}
				if s.Addr == v {
					set = s.Val
				}
			}
			if set < 0 {
				return false
			}
			v = set
		default:
			return false
		}
	}
	return false
}

func (p *process) instrumentedEndpoint(e *endpoint) bool {
	return p.w.has("server", e.handler) || p.worn(e, "server")
}

// worn reports whether something of the given side stands around an endpoint: a wrapper, the middleware of its routers, its
// server's options.
func (p *process) worn(e *endpoint, side string) bool {
	w := p.w
	for _, l := range e.wrapped {
		if w.forSide(side, func(seen searched) bool { return w.searchCall(l, side, seen, 0) }) {
			return true
		}
	}
	if m := e.model.Endpoint; m != nil && w.has(side, w.expr(m.Middleware.Node, e.reg)...) {
		return true
	}
	if slices.ContainsFunc(p.wrapping(e), func(over *handover) bool { return w.has(side, over.handler) }) {
		return true
	}
	// Middleware of the routers above.
	if slices.ContainsFunc(w.routers(e.at), func(router *object) bool { return w.has(side, router) }) {
		return true
	}
	for _, sm := range w.found.serves {
		if sm.model.Serve.Protocol == e.Protocol && p.serverHas(sm, side) {
			return true
		}
	}
	return false
}

func (p *process) instrumentedServer(sm siteModel) bool { return p.serverHas(sm, "server") }

func (p *process) serverHas(sm siteModel, side string) bool {
	w, s := p.w, sm.model.Serve
	return w.has(side, w.expr(s.Handler.Node, sm.site)...) || w.has(side, w.expr(s.Options.Node, sm.site)...)
}

func (p *process) instrumentedConsumer(e *endpoint) bool {
	w := p.w
	if c := e.model.Consume; c != nil && w.has("messaging", w.expr(c.Client.Node, e.reg)...) {
		return true
	}
	for _, l := range e.wrapped {
		if w.forSide("messaging", func(seen searched) bool { return w.searchCall(l, "messaging", seen, 0) }) {
			return true
		}
	}
	// A handler that is a value with methods: Wrap(&handler{}).
	if c := e.model.Consume; c != nil {
		if m, ok := c.Handler.Node.(catalog.MethodOf); ok && w.has("messaging", w.expr(m.X, e.reg)...) {
			return true
		}
	}
	if e.root == nil {
		return false
	}
	seen := map[*function]bool{}
	var continues func(fn *function, depth int) bool
	continues = func(fn *function, depth int) bool {
		if fn == nil || seen[fn] || depth == 0 {
			return false
		}
		seen[fn] = true
		if hands(fn, "in") {
			return true
		}
		for i := range fn.Calls {
			if continues(w.prog.funcs[fn.Calls[i].Callee], depth-1) {
				return true
			}
		}
		return false
	}
	return continues(e.root.fn, 4)
}

// instrumentedStores lists the families of stores whose driver makes spans by itself.
func (p *process) instrumentedStores() map[string]bool {
	out := map[string]bool{}
	for _, sm := range p.w.found.instrs {
		if i := sm.model.Instrument; i.Side == "db" {
			out[i.Protocol] = true
		}
	}
	return out
}

// storeFamily is the protocol by which instrumentations name a store.
func storeFamily(store string) string {
	switch store {
	case "postgres", "mysql", "sqlite", "sqlserver", "clickhouse", "sql":
		return "sql"
	}
	return store
}
