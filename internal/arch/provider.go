package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// Whether a service's spans get anywhere is decided at start-up: a provider has to be made, given an exporter, installed
// for the process before that is needed, and left alone afterwards.

// setUp reports whether a step of the set-up gives the process a tracer that exports.
func (w *world) setUp(sm siteModel) bool {
	switch sm.model.Tracer.Step {
	case "provider":
		return w.exports(sm)
	case "global":
		return !w.noop(sm) && w.exports(sm) && !w.installsSilent(sm)
	}
	return false
}

// installs reports whether a step decides which tracer the process has.
func (w *world) installs(sm siteModel) bool {
	return sm.model.Tracer.Step == "global" || sm.model.Tracer.Step == "provider" && sm.model.Tracer.Library != "otel" || w.globalByItself(sm)
}

// globalByItself: the provider is installed by the call that makes it.
func (w *world) globalByItself(sm siteModel) bool {
	if sm.model.Makes == nil {
		return false
	}
	_, ok := sm.model.Makes.Attrs["global"]
	return ok
}

// installsSilent reports whether what is installed for the process was made by a call that is known to give it no exporter.
func (w *world) installsSilent(sm siteModel) bool {
	for _, o := range w.expr(sm.model.Tracer.Provider.Node, sm.site) {
		if o = unbox(o); o.kind != libObject || o.frame == nil {
			continue
		}
		for _, made := range w.found.tracers {
			if made.frame == o.frame && made.call == o.val && made.model.Tracer.Step == "provider" && !w.exports(made) {
				return true
			}
		}
	}
	return false
}

// noop reports whether a tracer that is installed for the process is known to drop every span.
func (w *world) noop(sm siteModel) bool {
	objs := w.expr(sm.model.Tracer.Provider.Node, sm.site)
	return len(objs) > 0 && !slices.ContainsFunc(objs, func(o *object) bool { return !w.isNoop(o) })
}

func (w *world) isNoop(o *object) bool {
	return o.kind == nilObject || says(w.attr(o, "noop")) || strings.Contains(strings.ToLower(o.typ), "noop")
}

// exports reports whether a provider may send its spans anywhere. It does unless all that it is given is known, and none of
// it is an exporter; or its endpoint is a key of the configuration, and the service's files do not have the key.
func (w *world) exports(sm siteModel) bool {
	x := sm.model.Tracer.Exporter
	if x.IsZero() {
		return true
	}
	if _, ok := x.Node.(catalog.Args); ok {
		for _, elem := range w.list(x.Node, sm.site) {
			for _, o := range elem {
				if w.mayExport(unbox(o)) {
					return true
				}
			}
			if len(elem) == 0 {
				return true // not known
			}
		}
		made := w.libObject(sm.site, 0, sm.model.Makes)
		return slices.ContainsFunc(w.uses[made], func(u operand) bool { return slices.ContainsFunc(w.operand(u), w.mayExport) })
	}
	objs := w.expr(x.Node, sm.site)
	if says(objs) {
		return !slices.ContainsFunc(objs, w.isNoop)
	}
	return !w.readsConfig(x.Node, sm.site)
}

// mayExport reports whether an option of a provider is, or may be, an exporter.
func (w *world) mayExport(o *object) bool {
	if o.kind != libObject || o.spec == nil {
		return o.kind != nilObject
	}
	if exporter := w.attr(o, "exporter"); says(exporter) {
		return !slices.ContainsFunc(exporter, w.isNoop)
	}
	_, ok := o.spec.Attrs["exporter"]
	return ok || o.spec.Kind != "option"
}

// readsConfig reports whether an expression is a field of a struct that a configuration file of the service fills.
func (w *world) readsConfig(n catalog.Node, at site) bool {
	field, ok := n.(catalog.Field)
	if !ok {
		return false
	}
	for ok {
		n = field.X
		field, ok = n.(catalog.Field)
	}
	for _, o := range w.expr(n, at) {
		if o = unbox(o); w.isSection(o) {
			return true
		}
	}
	return false
}

// providerBreaks lists where the set-up of tracing comes to nothing.
func (p *process) providerBreaks() []TraceBreak {
	var out []TraceBreak
	w := p.w
	add := func(at site, why string) {
		out = append(out, TraceBreak{Site: p.written(at), Kind: "provider", Why: why})
	}
	for _, sm := range w.found.tracers {
		if step := sm.model.Tracer.Step; step != "provider" && step != "global" {
			continue
		}
		if at, ok := p.shutDownEarly(sm.site); ok {
			add(at, "the provider is shut down when "+at.frame.fn.Name+" returns, which is before the service serves: what was built on it exports nothing")
			continue
		}
		if w.installs(sm) && !w.setUp(sm) && slices.ContainsFunc(w.found.tracers, func(first siteModel) bool {
			return w.installs(first) && w.setUp(first) && before(first.site, sm.site)
		}) {
			add(sm.site, "the process's tracer, which exports, is replaced here by one that does not")
		}
	}
	for _, sm := range w.found.instrs {
		if !sm.model.Instrument.Binds {
			continue
		}
		if at, ok := p.boundTooEarly(sm); ok {
			add(at, "the instrumentation takes the process's tracer when it is made, and that is set only later: it keeps one that drops every span")
		}
	}
	return out
}

// boundTooEarly finds the call that makes an instrumentation which takes the global tracer before any is set; the call is in
// the function that then goes on to set one, where the order can be mended.
func (p *process) boundTooEarly(sm siteModel) (at site, ok bool) {
	w := p.w
	for _, elem := range w.list(catalog.Args{}, sm.site) {
		for _, o := range elem {
			if says(w.attr(unbox(o), "tracer")) {
				return site{}, false
			}
		}
	}
	for _, t := range w.found.tracers {
		if t.model.Tracer.Step != "global" || t.model.Tracer.Library != sm.model.Instrument.Library {
			continue
		}
		if at, ok = ahead(sm.site, t.site); !ok {
			return site{}, false
		}
	}
	return at, ok
}

// shutDownEarly finds the call that makes a provider in a function of start-up which defers its shutdown, but returns before
// anything is served.
func (p *process) shutDownEarly(at site) (site, bool) {
	for f, call := at.frame, at.call; f != nil && f.parent != nil && call >= 0; f, call = f.parent, f.call {
		if !p.w.defersStop(f.fn, call) {
			continue
		}
		for _, s := range slices.Concat(p.w.found.serves, p.w.found.consumes, p.w.found.schedules) {
			if f == s.frame || f.above(s.frame) {
				return site{}, false
			}
		}
		if f.fn.blocks() || !f.root().entered(p) {
			return site{}, false
		}
		return site{f, call}, true
	}
	return site{}, false
}

func (f *frame) above(other *frame) bool {
	for ; other != nil; other = other.parent {
		if other == f {
			return true
		}
	}
	return false
}

func (f *frame) root() *frame {
	for f.parent != nil {
		f = f.parent
	}
	return f
}

// entered reports whether a frame is where start-up begins.
func (f *frame) entered(p *process) bool { return slices.Contains(p.w.found.roots, f) }

// blocks reports whether a function waits for something: a channel, a group, a signal.
func (fn *function) blocks() bool {
	for i := range fn.Values {
		if fn.Values[i].Op == effects.OpElem && len(fn.Values[i].Args) == 1 && isChan(fn.Values[fn.Values[i].Args[0]].Type) {
			return true
		}
	}
	return waits(fn) || len(fn.Returns) == 0
}

// defersStop reports whether a function defers the end of what a call of it gave: by Shutdown, Close or Stop.
func (w *world) defersStop(fn *function, call int32) bool {
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if !c.Defer {
			continue
		}
		if c.Callee == "" && c.Func >= 0 && fn.fromCall(c.Func, call) {
			return true // stop := start(); defer stop()
		}
		for n, arg := range c.Args {
			if !fn.fromCall(arg, call) {
				continue
			}
			if n == 0 && stops(c) {
				return true
			}
			if callee := w.prog.funcs[c.Callee]; callee != nil {
				for j := range callee.Calls {
					inner := &callee.Calls[j]
					if stops(inner) && len(inner.Args) > 0 && callee.isParam(inner.Args[0], n) {
						return true
					}
				}
			}
		}
		// defer func() { provider.Shutdown(ctx) }()
		if inner := w.prog.funcs[c.Callee]; inner != nil && strings.Contains(inner.ID, fn.ID+"$") {
			for v := range fn.Values {
				if val := &fn.Values[v]; val.Op == effects.OpClosure && val.Str == c.Callee {
					for n, a := range val.Args {
						if fn.heldBy(a, call) && inner.stopsFree(n) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

func stops(c *effects.Call) bool {
	name := c.Method
	if name == "" {
		name = c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
	}
	return name == "Shutdown" || name == "Close" || name == "Stop"
}

func (fn *function) isParam(v int32, n int) bool {
	for range 4 {
		val := &fn.Values[v]
		switch val.Op {
		case effects.OpParam:
			return int(val.N) == n
		case effects.OpConvert, effects.OpIface:
			v = val.Args[0]
		default:
			return false
		}
	}
	return false
}

// heldBy reports whether a variable holds a result of a call.
func (fn *function) heldBy(cell, call int32) bool {
	return slices.ContainsFunc(fn.Stores, func(s effects.Store) bool { return s.Addr == cell && fn.fromCall(s.Val, call) })
}

// stopsFree reports whether a closure stops what its captured variable n holds.
func (fn *function) stopsFree(n int) bool {
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if !stops(c) || len(c.Args) == 0 {
			continue
		}
		if v := &fn.Values[c.Args[0]]; v.Op == effects.OpLoad && fn.Values[v.Args[0]].Op == effects.OpFree && int(fn.Values[v.Args[0]].N) == n {
			return true
		}
	}
	return false
}

// before reports whether a site certainly runs before another one does.
func before(a, b site) bool {
	_, ok := ahead(a, b)
	return ok
}

// ahead finds the function on the way to two sites in which the call that leads to the first comes first on every way to the
// call that leads to the second, in the same goroutine; it gives the first of these two calls.
func ahead(a, b site) (site, bool) {
	for fa, ca := a.frame, a.call; fa != nil; fa, ca = fa.parent, fa.call {
		for fb, cb := b.frame, b.call; fb != nil; fb, cb = fb.parent, fb.call {
			if fa != fb {
				continue
			}
			if ca < 0 || cb < 0 || ca == cb {
				return site{}, false
			}
			first, second := &fa.fn.Calls[ca], &fa.fn.Calls[cb]
			return site{fa, ca}, ca < cb && !first.Go && !first.Defer && fa.fn.dominates(first.Block, second.Block)
		}
	}
	return site{}, false
}

// condition says on which switch from outside a site depends: "ENABLE_TRACING == 1".
func (w *world) condition(at site) string {
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		fn := f.fn
		for b := fn.Calls[call].Block; b >= 0; b = fn.Blocks[b].Idom {
			above := fn.Blocks[b].Idom
			if above < 0 || fn.Blocks[above].Cond < 0 || len(fn.Blocks[above].Succs) != 2 || !slices.Contains(fn.Blocks[above].Succs, b) || len(fn.preds[b]) != 1 {
				continue
			}
			positive := fn.Blocks[above].Succs[0] == b
			v := fn.Blocks[above].Cond
			for fn.Values[v].Op == effects.OpNot {
				positive, v = !positive, fn.Values[v].Args[0]
			}
			if said := w.switched(f, v, positive); said != "" {
				return said
			}
		}
	}
	return ""
}

// switched says a condition over something from outside the program in words.
func (w *world) switched(f *frame, v int32, positive bool) string {
	val := &f.fn.Values[v]
	if val.Op == effects.OpBinary && (val.Str == "==" || val.Str == "!=") {
		for _, pair := range [2][2]int32{{val.Args[0], val.Args[1]}, {val.Args[1], val.Args[0]}} {
			c := &f.fn.Values[pair[1]]
			if c.Op != effects.OpConst || c.Str == "nil" {
				continue
			}
			if name := w.outside(f, pair[0]); name != "" {
				is := "is"
				if (val.Str == "==") != positive {
					is = "is not"
				}
				if c.Str == "" {
					return name + " " + is + " empty"
				}
				return name + " " + is + " " + c.Str
			}
		}
		return ""
	}
	if name := w.outside(f, v); name != "" {
		if positive {
			return name + " is set"
		}
		return name + " is not set"
	}
	return ""
}

// outside names the environment variable, flag or configuration key that a value is.
func (w *world) outside(f *frame, v int32) string {
	objs := w.eval(f, v)
	if len(objs) == 0 || len(objs) > 2 {
		return ""
	}
	for _, o := range objs {
		if o = unbox(o); o.kind == textObject {
			if src, ok := o.text.source(); ok {
				return string(src.Kind) + " " + src.Name
			}
		}
	}
	return ""
}
