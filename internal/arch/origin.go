package arch

import (
	"slices"
	"time"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// origin says where a context.Context comes from.
type origin struct {
	kinds    []string       // request, background, todo, detached, start-up, unknown
	site     *effects.Pos   // where a background, todo or detached context is made
	made     *frame         // the frame of site
	root     *frame         // the entry of the flow: what comes in there is the request's
	loop     map[int32]bool // the blocks of root that take messages, where it holds a receive loop
	deadline bool
	limits   []time.Duration // of deadlines, as far as they are known
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
	o := origin{root: e.root, loop: fl.process.loops[e.root]}
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
	if e.Context == "request" {
		limit := fl.process.limited(fl.endpoint)
		e.Deadline = e.Deadline || limit.is
		if limit.d > 0 {
			o.limits = append(o.limits, limit.d)
		}
	}
	for _, d := range o.limits {
		e.shorten(d)
	}
	// The place to mend is where the context is made, when that is on the request's own way.
	for f := o.made; f != nil; f = f.parent {
		if f == e.root || f.whole() == e.root {
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
		for _, s := range w.put[obj] {
			if s.spec != nil && s.frame != nil {
				if x, ok := s.spec.Attrs[name]; ok {
					w.originExpr(x.Node, site{s.frame, s.val}, o, seen)
					return
				}
			}
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
		for _, s := range a.stores {
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
			if d, ok := w.duration(w.expr(m.Context.Timeout.Node, at)); ok && m.Context.Deadline {
				o.limits = append(o.limits, d)
			}
			switch m.Context.Origin {
			case "linked":
				w.originLinked(m.Context.From.Node, at, o, seen)
			case "derived":
				if m.Span != nil && w.linked(at) {
					w.originLinked(m.Context.From.Node, at, o, seen)
					continue
				}
				w.originExpr(m.Context.From.Node, at, o, seen)
			case "request":
				w.originRequest(m.Context, at, o, seen)
			default:
				if at.frame == o.root && o.loop != nil && !o.loop[at.info().Block] {
					o.add("start-up") // made before the loop that takes the messages
					continue
				}
				o.add(m.Context.Origin)
				if at, call := caller(at); !at.fn.pkg.Outside {
					pos := at.fn.Calls[call].Pos
					o.site, o.made = &pos, at
				}
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

// originLinked follows a context that gets a span or a link to one here: where it was nobody's request, it is apart from
// the request on purpose, and its trace goes on.
func (w *world) originLinked(from catalog.Node, at site, o *origin, seen map[ref]bool) {
	inner := origin{root: o.root}
	w.originExpr(from, at, &inner, seen)
	o.deadline = o.deadline || inner.deadline
	for _, kind := range inner.kinds {
		if kind == "background" || kind == "todo" {
			kind = "detached"
		}
		o.add(kind)
	}
}

// linked reports whether a span is started with a link to another.
func (w *world) linked(at site) bool {
	for _, arg := range at.info().Args {
		for _, o := range w.eval(at.frame, arg) {
			for _, elem := range w.elementsOr(o) {
				if elem.kind == libObject && elem.spec != nil {
					if _, ok := elem.spec.Attrs["links"]; ok {
						return true
					}
				}
			}
		}
	}
	return false
}

// elementsOr are the elements of a list, or the object itself.
func (w *world) elementsOr(o *object) []*object {
	if o.kind == listObject || o.kind == appendObject {
		return w.elements(o)
	}
	return one(o)
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
