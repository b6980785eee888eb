package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// origin says where a context.Context comes from.
type origin struct {
	kinds    []string     // request, background, todo, detached, start-up, unknown
	site     *effects.Pos // where a background, todo or detached context is made
	made     *frame       // the frame of site
	root     *frame       // the entry of the flow: what comes in there is the request's
	deadline bool
}

func (o *origin) add(kind string) {
	if !slices.Contains(o.kinds, kind) {
		o.kinds = append(o.kinds, kind)
	}
}

// kind is the one word for where the context comes from: of several possibilities the best, because a finding must hold
// for all.
func (o *origin) kind() string {
	for _, k := range []string{"request", "detached", "unknown", "start-up", "todo", "background"} {
		if slices.Contains(o.kinds, k) {
			return k
		}
	}
	return "unknown"
}

// context fills in where the effect's context comes from.
func (fl *flow) context(e *effect, x catalog.Expr, at site) {
	w := fl.process.w
	o := origin{root: e.root}
	if x.IsZero() {
		// The call takes no context: where the API has a variant that does, the request's is lost here.
		e.Context = "none"
		if at.info().Ctx >= 0 {
			w.originOf(at.frame, at.info().Args[at.info().Ctx], &o, map[ref]bool{})
			e.Context = o.kind()
		}
	} else {
		w.originExpr(x.Node, at, &o, map[ref]bool{})
		e.Context = o.kind()
		if len(o.kinds) == 0 {
			e.Context = "none"
		}
	}
	if fl.endpoint == nil {
		e.Context = "start-up"
	}
	e.Deadline = o.deadline
	// The place to mend is where the context is made, when that is on the request's own way.
	for f := o.made; f != nil; f = f.parent {
		if f == e.root {
			e.ContextSite = o.site
		}
	}
}

// originExpr follows a catalog expression to a context.
func (w *world) originExpr(n catalog.Node, at site, o *origin, seen map[ref]bool) {
	switch n := n.(type) {
	case catalog.Arg:
		if v, ok := argument(at.info(), n.Index); ok {
			w.originOf(at.frame, v, o, seen)
		}
	case catalog.Recv:
		if at.info().Recv {
			w.originOf(at.frame, at.info().Args[0], o, seen)
		}
	case catalog.Attr:
		for _, obj := range w.expr(n.X, at) {
			w.originAttr(obj, n.Name, o, seen)
		}
	case catalog.Either:
		before := len(o.kinds)
		w.originExpr(n.X, at, o, seen)
		if len(o.kinds) == before {
			w.originExpr(n.Y, at, o, seen)
		}
	}
}

// originAttr follows a context that is an attribute of an object, such as the request that was made with it.
func (w *world) originAttr(obj *object, name string, o *origin, seen map[ref]bool) {
	for range maxParents {
		obj = unbox(obj)
		if obj.kind == entryObject {
			o.add("request") // the inbound request, sent on
			return
		}
		if obj.kind != libObject || obj.spec == nil || obj.frame == nil {
			return
		}
		at := site{obj.frame, obj.val}
		if x, ok := obj.spec.Attrs[name]; ok {
			w.originExpr(x.Node, at, o, seen)
			return
		}
		if obj.spec.Parent.IsZero() {
			return
		}
		parents := w.expr(obj.spec.Parent.Node, at)
		if len(parents) == 0 {
			return
		}
		obj = parents[0]
	}
}

// originOf follows a context value to where it was made.
func (w *world) originOf(f *frame, v int32, o *origin, seen map[ref]bool) {
	if seen[ref{f.id, v}] || len(seen) > 500 {
		return
	}
	seen[ref{f.id, v}] = true
	val := &f.fn.Values[v]
	switch val.Op {
	case effects.OpParam:
		if f == o.root {
			o.add("request") // a receive loop's context is its messages' context
			return
		}
		if i := int(val.N); i < len(f.params) && !f.params[i].isZero() {
			if p := f.params[i]; p.frame != nil {
				w.originOf(p.frame, p.val, o, seen)
			} else {
				w.originObjects(p.objs, o, seen)
			}
			return
		}
		if f.entry {
			o.add("request")
		} else {
			o.add("unknown")
		}
	case effects.OpFree:
		if f == o.root && f.parent != nil {
			o.add("request")
			return
		}
		if f.closure.frame == nil {
			o.add("unknown")
			return
		}
		made := &f.closure.frame.fn.Values[f.closure.val]
		if int(val.N) < len(made.Args) {
			w.originOf(f.closure.frame, made.Args[val.N], o, seen)
		}
	case effects.OpPhi:
		for i, a := range val.Args {
			if !w.dead(f, val.Blocks[i]) {
				w.originOf(f, a, o, seen)
			}
		}
	case effects.OpConvert, effects.OpIface, effects.OpAssert:
		w.originOf(f, val.Args[0], o, seen)
	case effects.OpLoad, effects.OpField, effects.OpAlloc, effects.OpFieldPtr:
		w.originStored(f, v, o, seen)
	case effects.OpCall:
		w.originCall(site{f, val.Args[0]}, val.N, o, seen)
	default:
		o.add("unknown")
	}
}

// originStored follows a context through a variable or field.
func (w *world) originStored(f *frame, v int32, o *origin, seen map[ref]bool) {
	w.flush()
	val := &f.fn.Values[v]
	var addrs []*object
	switch val.Op {
	case effects.OpAlloc, effects.OpFieldPtr:
		addrs = w.eval(f, v)
	case effects.OpField:
		for _, base := range w.eval(f, val.Args[0]) {
			addrs = append(addrs, w.field(base, val.Str, val.Type))
		}
	default:
		addrs = w.eval(f, val.Args[0])
	}
	found := false
	for _, a := range addrs {
		for _, s := range w.storesTo[a] {
			found = true
			w.originOf(s.frame, s.frame.fn.Stores[s.index].Val, o, seen)
		}
	}
	if !found {
		w.originObjects(addrs, o, seen)
	}
}

func (w *world) originObjects(objs []*object, o *origin, seen map[ref]bool) {
	for _, obj := range objs {
		for obj.kind == ptrObject {
			obj = obj.base
		}
		if obj.kind == entryObject {
			o.add("request")
		} else {
			o.add("unknown")
		}
	}
}

func (w *world) originCall(at site, n int32, o *origin, seen map[ref]bool) {
	t := w.targets(at.frame, at.call)
	for _, child := range t.frames {
		for _, r := range child.fn.Returns {
			if int(n) < len(r.Vals) {
				w.originOf(child, r.Vals[n], o, seen)
			}
		}
	}
	for _, symbol := range t.library {
		known := false
		for _, m := range w.prog.cat.Lookup(symbol) {
			if m.Context == nil {
				continue
			}
			known = true
			if m.Instrument != nil && enclosing(m.Instrument.Target) {
				o.add("request") // continues the trace of a message
				continue
			}
			o.deadline = o.deadline || m.Context.Deadline
			switch m.Context.Origin {
			case "derived":
				w.originExpr(m.Context.From.Node, at, o, seen)
			case "request":
				w.originRequest(m.Context, at, o, seen)
			default:
				o.add(m.Context.Origin)
				pos := at.info().Pos
				o.site, o.made = &pos, at.frame
			}
		}
		if !known {
			o.add("unknown")
		}
	}
	if len(t.frames)+len(t.library) == 0 {
		o.add("unknown")
	}
}

// originRequest is the context of a request: the inbound one, or one that this code made itself.
func (w *world) originRequest(c *catalog.Context, at site, o *origin, seen map[ref]bool) {
	before := len(o.kinds)
	if !c.From.IsZero() {
		for _, obj := range w.expr(c.From.Node, at) {
			if obj.kind == libObject && obj.spec != nil && obj.spec.Kind == "request" {
				w.originAttr(obj, "context", o, seen)
			}
		}
	}
	if len(o.kinds) == before {
		o.add("request")
	}
}

// has reports whether anything among the objects, or what they were made of, is an instrumentation of the given side.
func (w *world) has(side string, objs ...*object) bool {
	return w.search(objs, side, map[*object]bool{}, 0)
}

const maxSearch = 12 // wrappers around wrappers

func (w *world) search(objs []*object, side string, seen map[*object]bool, depth int) bool {
	for _, o := range objs {
		if o == nil || seen[o] || depth > maxSearch {
			continue
		}
		seen[o] = true
		if w.searchObject(unbox(o), side, seen, depth) {
			return true
		}
	}
	return false
}

func (w *world) searchObject(o *object, side string, seen map[*object]bool, depth int) bool {
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
		return w.searchCall(site{o.frame, o.val}, side, seen, depth)
	case listObject, appendObject, makeObject:
		return w.search(w.elements(o), side, seen, depth+1)
	case allocObject, ptrObject:
		if o.kind == ptrObject && w.search(one(o.base), side, seen, depth+1) {
			return true
		}
		return w.searchFields(o, side, seen, depth)
	case funcObject:
		return w.searchFunc(o, side, seen, depth)
	}
	return false
}

// searchCall looks at a library call: is it an instrumentation itself, or was it given one.
func (w *world) searchCall(at site, side string, seen map[*object]bool, depth int) bool {
	c := at.info()
	for _, m := range w.prog.cat.Lookup(c.Callee) {
		if m.Instrument != nil && sideMatches(m.Instrument.Side, side) && !enclosing(m.Instrument.Target) {
			return true
		}
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

func sideMatches(have, want string) bool { return have == want || have == "any" }

// searchFields looks at what is stored in the fields of a struct.
func (w *world) searchFields(o *object, side string, seen map[*object]bool, depth int) bool {
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
func (w *world) searchFunc(o *object, side string, seen map[*object]bool, depth int) bool {
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
	if side == "server" || side == "client" || side == "messaging" {
		if w.spans(o.fn, 2) {
			return true
		}
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

// spans reports whether a function, or a closure that it makes, starts a span or continues a trace.
func (w *world) spans(fn *function, depth int) bool {
	for _, models := range fn.models {
		for _, m := range models {
			if m.Span != nil && m.Span.Step == "start" || m.Instrument != nil && enclosing(m.Instrument.Target) {
				return true
			}
		}
	}
	if depth == 0 {
		return false
	}
	for _, v := range fn.Values {
		if v.Op == effects.OpClosure {
			if inner := w.prog.funcs[v.Str]; inner != nil && w.spans(inner, depth-1) {
				return true
			}
		}
	}
	return false
}

// instrumentedCall reports whether a request to another process makes a client span.
func (w *world) instrumentedCall(m *catalog.Model, at site, client []*object) bool {
	if m.Instrument != nil && m.Instrument.Side == "client" {
		return true
	}
	return w.has("client", client...)
}

// clientDeadline reports whether a client limits how long its calls take.
func (w *world) clientDeadline(client []*object) bool {
	for _, o := range client {
		if o.kind == allocObject && says(w.fieldOf(o, "Timeout")) {
			return true
		}
	}
	return false
}

// carriesTrace reports whether the function around a publish injects the trace into the message by hand.
func (p *process) carriesTrace(at site) bool {
	for f, n := at.frame, 0; f != nil && n < 3; f, n = f.parent, n+1 {
		for _, models := range f.fn.models {
			for _, m := range models {
				if m.Instrument != nil && enclosing(m.Instrument.Target) {
					return true
				}
			}
		}
		// A helper that injects: inject(ctx, &msg).
		for i := range f.fn.Calls {
			if fn := p.w.prog.funcs[f.fn.Calls[i].Callee]; fn != nil && fn != f.fn && p.w.spans(fn, 0) && injects(fn) {
				return true
			}
		}
	}
	return false
}

// sendsHeaders reports whether messages are made with headers near a publish, in a process that writes traces into
// headers: an outbox relay sends on what was injected when the event was stored.
func (p *process) sendsHeaders(at site) bool {
	injecting := false
	for fn := range p.w.framesOf {
		injecting = injecting || injects(fn)
	}
	for f, n := at.frame, 0; injecting && f != nil && n < 2; f, n = f.parent, n+1 {
		for i := range f.fn.Stores {
			if addr := &f.fn.Values[f.fn.Stores[i].Addr]; addr.Op == effects.OpFieldPtr && addr.Str == "Headers" {
				return true
			}
		}
	}
	return false
}

func injects(fn *function) bool {
	for _, models := range fn.models {
		for _, m := range models {
			if m.Instrument != nil && enclosing(m.Instrument.Target) {
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

// spanStarts lists the calls of a function that start a span which is reported somewhere. Where opentracing's global
// tracer was never set, its spans go nowhere.
func (p *process) spanStarts(fn *function) []int32 {
	if out, ok := p.spanned[fn]; ok {
		return out
	}
	var out []int32
	for i, models := range fn.models {
		for _, m := range models {
			if m.Span != nil && m.Span.Step == "start" && (!m.Span.Global || m.Span.Library != "opentracing" || p.globalTracer("opentracing")) {
				out = append(out, int32(i))
			}
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
		default:
			return false
		}
	}
	return false
}

// tracing sums up how much of a process a trace can see.
func (p *process) tracing() Tracing {
	w := p.w
	t := Tracing{Service: p.Name, Library: "none", Setup: "no", Servers: "n/a", Clients: "n/a", DB: "n/a", Messaging: "n/a"}
	for _, sm := range w.found.tracers {
		if sm.model.Tracer.Step == "provider" {
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
	for _, sm := range p.w.found.serves {
		if s := sm.model.Serve; (s.Protocol == "grpc" || s.Protocol == "http") && !p.instrumentedServer(sm) {
			t.ServerSites = append(t.ServerSites, p.serverSite(sm))
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

// serverSite is where the server is made, which is where the instrumentation belongs; else where it starts to serve.
func (p *process) serverSite(sm siteModel) effects.Pos {
	for _, o := range p.w.expr(sm.model.Serve.Handler.Node, sm.site) {
		if o.kind == libObject && o.frame != nil && o.spec != nil && o.spec.Kind == "server" {
			return p.written(site{o.frame, o.val})
		}
	}
	return p.written(sm.site)
}

func (p *process) instrumentedEndpoint(e *endpoint) bool {
	w := p.w
	for _, l := range e.wrapped {
		if w.searchCall(l, "server", map[*object]bool{}, 0) {
			return true
		}
	}
	if w.has("server", e.handler) || e.at != nil && w.has("server", e.at) {
		return true
	}
	if m := e.model.Endpoint; m != nil && w.has("server", w.expr(m.Middleware.Node, e.reg)...) {
		return true
	}
	// Middleware of the routers above.
	if e.at != nil {
		for o, n := e.at, 0; n < maxParents; n++ {
			if w.has("server", o) {
				return true
			}
			if o.spec == nil || o.spec.Parent.IsZero() || o.frame == nil {
				break
			}
			parents := w.expr(o.spec.Parent.Node, site{o.frame, o.val})
			if len(parents) == 0 {
				break
			}
			o = parents[0]
		}
	}
	for _, sm := range w.found.serves {
		if sm.model.Serve.Protocol == e.Protocol && p.instrumentedServer(sm) {
			return true
		}
	}
	return false
}

func (p *process) instrumentedServer(sm siteModel) bool {
	w, s := p.w, sm.model.Serve
	return w.has("server", w.expr(s.Handler.Node, sm.site)...) || w.has("server", w.expr(s.Options.Node, sm.site)...)
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
		if o.kind == allocObject && !o.frame.fn.Generated && o.frame.fn.Values[o.val].Line > 0 {
			return effects.Pos{File: o.frame.fn.Pos.File, Line: int(o.frame.fn.Values[o.val].Line)}
		}
	}
	return e.Site
}

func (p *process) instrumentedConsumer(e *endpoint) bool {
	w := p.w
	if c := e.model.Consume; c != nil && w.has("messaging", w.expr(c.Client.Node, e.reg)...) {
		return true
	}
	for _, l := range e.wrapped {
		if w.searchCall(l, "messaging", map[*object]bool{}, 0) {
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
		if injects(fn) {
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

// breaks lists where a trace ends although the request goes on.
func (fl *flow) breaks() []TraceBreak {
	if fl.endpoint == nil {
		return nil
	}
	var out []TraceBreak
	for _, e := range fl.effects {
		at := e.Site
		if e.ContextSite != nil {
			at = *e.ContextSite
		}
		switch e.Context {
		case "background", "todo":
			name := strings.ToUpper(e.Context[:1]) + e.Context[1:]
			if e.Context == "todo" {
				name = "TODO"
			}
			out = append(out, TraceBreak{Site: at, Kind: "context", Endpoint: fl.endpoint.ID, Path: e.Path,
				Why: "context." + name + "() in a request path: " + e.describe() + " loses the request's trace, deadline and cancellation"})
		case "none":
			if e.Kind == KindCall && e.Protocol == "http" {
				at := fl.process.requestSite(e)
				out = append(out, TraceBreak{Site: at, Kind: "context", Endpoint: fl.endpoint.ID, Path: e.Path,
					Why: "request made without a context in a request path: " + e.describe() + " loses the request's trace, deadline and cancellation"})
			}
		}
		if e.Kind == KindCall && !e.Instrumented {
			out = append(out, TraceBreak{Site: fl.process.clientSite(e), Kind: "client", Endpoint: fl.endpoint.ID, Path: e.Path,
				Why: "the client makes no span and sends no trace context: " + e.describe() + " starts a trace of its own"})
		}
	}
	return out
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
	return "the " + e.Verb + " on " + e.Name
}
