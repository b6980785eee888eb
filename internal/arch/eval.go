package arch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// eval says what a value of a frame may be. It works backwards, on demand: a parameter is what the caller passed, a call's
// result what the callee returns in that calling context, a load what was stored there. No result means that nothing was
// found; a result may be an unknownObject.
func (w *world) eval(f *frame, v int32) []*object {
	for f.base != nil && !f.loop.of[v] {
		f = f.base
	}
	if f.answers == nil {
		f.answers = make([]*answer, len(f.fn.Values))
	}
	a := f.answers[v]
	if a == nil {
		a = w.newAnswer()
		f.answers[v] = a
	}
	if a.round == w.round {
		return a.out
	}
	return w.once(a, func() []*object { return w.compute(f, v) })
}

// answer is what the evaluation of a value has found.
type answer struct {
	out   []*object
	round int32 // of the world when it was found; 0 for never
	busy  int32 // depth at which the evaluation is under way; 0 when it is not
	cuts  int8  // how often the result was not remembered
}

// newAnswer makes answers many at a time: there are as many as values.
func (w *world) newAnswer() *answer {
	if len(w.answers) == 0 {
		w.answers = make([]answer, 256)
	}
	a := &w.answers[0]
	w.answers = w.answers[1:]
	return a
}

// once remembers the result of an evaluation and ends cycles of evaluations.
func (w *world) once(a *answer, compute func() []*object) []*object {
	if a.round == w.round {
		return a.out
	}
	if a.busy > 0 {
		w.cut = min(w.cut, int(a.busy)) // a cycle: what it adds is found at its other entry
		return nil
	}
	if w.depth > maxEval {
		return nil
	}
	if w.work >= maxWork {
		w.exhausted = true
		return nil
	}
	outer := w.cut
	w.cut = noCut
	w.depth++
	a.busy = int32(w.depth)
	w.work++
	out := compute()
	a.busy = 0
	if len(out) > maxObjects {
		out = out[:maxObjects]
	}
	// A result that lacks what a cycle above it would add is only good for that cycle, and is not remembered.
	if w.cut >= w.depth || a.cuts > 3 {
		a.out, a.round = out, w.round
		w.cut = outer
	} else {
		a.cuts++
		w.cut = min(w.cut, outer)
	}
	w.depth--
	return out
}

const maxEval = 400 // values on the way to one

func (w *world) operand(o operand) []*object {
	switch {
	case o.asked != nil:
		return w.handOut(*o.asked)
	case o.frame != nil:
		return w.eval(o.frame, o.val)
	}
	return o.objs
}

func one(o *object) []*object { return []*object{o} }

func (w *world) compute(f *frame, v int32) []*object {
	if picked, ok := f.picked[v]; ok {
		return picked
	}
	val := &f.fn.Values[v]
	switch val.Op {
	case effects.OpConst:
		if val.Str == "nil" {
			if typ := strings.TrimLeft(val.Type, "*[]"); w.prog.types[typ] != nil {
				// The type still says which: (*User)(nil), or the zero User{}.
				return one(w.object(objectKey{kind: nilObject, name: typ}, func(o *object) { o.typ = typ }))
			}
			return one(w.object(objectKey{kind: nilObject}, nil))
		}
		return one(w.textObject(lit(val.Str)))
	case effects.OpParam:
		return w.param(f, val)
	case effects.OpFree:
		return w.free(f, int(val.N))
	case effects.OpGlobal:
		return one(w.global(val.Str))
	case effects.OpFunc:
		fn := w.funcValue(val.Str, operand{}, false)
		if fn.fn == nil {
			fn.typ = val.Type // what is known of a library's function
		}
		return one(fn)
	case effects.OpClosure:
		fn := w.prog.funcs[val.Str]
		return one(w.object(objectKey{kind: funcObject, frame: f.id, val: v, fn: fn, name: val.Str}, func(o *object) { o.frame = f }))
	case effects.OpBound:
		return w.boundMethod(f, v, val)
	case effects.OpAlloc:
		return one(w.object(objectKey{kind: allocObject, frame: f.id, val: v}, func(o *object) { o.frame, o.typ = f, val.Type }))
	case effects.OpMake:
		return one(w.object(objectKey{kind: makeObject, frame: f.id, val: v}, func(o *object) { o.frame, o.typ = f, val.Type }))
	case effects.OpList:
		return one(w.object(objectKey{kind: listObject, frame: f.id, val: v}, func(o *object) { o.frame, o.typ = f, val.Type }))
	case effects.OpAppend:
		return one(w.object(objectKey{kind: appendObject, frame: f.id, val: v}, func(o *object) { o.frame, o.typ = f, val.Type }))
	case effects.OpFieldPtr:
		return each(w.eval(f, val.Args[0]), func(o *object) []*object { return one(w.field(w.pointee(o), val.Str, val.Type)) })
	case effects.OpField:
		return w.zero(val, each(w.eval(f, val.Args[0]), func(o *object) []*object { return w.load(w.field(o, val.Str, val.Type)) }))
	case effects.OpIndexPtr:
		return each(w.eval(f, val.Args[0]), func(o *object) []*object { return w.elementPtr(f, o, val) })
	case effects.OpIndex:
		return w.indexed(f, val)
	case effects.OpKey:
		return each(w.eval(f, val.Args[0]), w.keys)
	case effects.OpElem:
		return each(w.eval(f, val.Args[0]), w.elements)
	case effects.OpLoad:
		return w.zero(val, each(w.eval(f, val.Args[0]), w.load))
	case effects.OpPhi:
		if out, ok := w.accumulated(f, v); ok {
			return out
		}
		var live []int32
		for i, arg := range val.Args {
			if !w.deadEdge(f, val.Blocks, i) {
				live = append(live, arg)
			}
		}
		if f.base != nil {
			// A round that may do nothing (if ext != nil { h = ext(h) }) is taken to do something: its element is there for that.
			live = slices.DeleteFunc(slices.Clone(live), func(before int32) bool {
				return f.unchanged(before) && slices.ContainsFunc(live, func(after int32) bool {
					return after != before && f.fn.madeOf(after, before, map[int32]bool{})
				})
			})
		}
		var out []*object
		for _, arg := range live {
			out = add(out, w.eval(f, arg))
		}
		return out
	case effects.OpCall:
		return w.result(f, val.Args[0], val.N)
	case effects.OpBinary:
		return w.binary(f, val)
	case effects.OpConvert:
		return w.rest(val, w.eval(f, val.Args[0]))
	case effects.OpIface:
		return each(w.eval(f, val.Args[0]), func(o *object) []*object { return one(w.box(o, val.Type)) })
	case effects.OpAssert:
		if val.N == 1 {
			return nil
		}
		return w.eval(f, val.Args[0])
	}
	return one(w.unknown("computed"))
}

// each unites what a function gives for every object.
func each(objs []*object, fn func(*object) []*object) []*object {
	if len(objs) == 1 {
		return fn(objs[0])
	}
	var all union
	for _, o := range objs {
		all.add(fn(o))
	}
	return all.objs
}

// union gathers objects from many results; add copies a result each time.
type union struct {
	objs []*object
	own  bool // nobody else holds objs
	// limit is how many objects it takes, maxObjects if 0.
	limit int
}

func (u *union) add(more []*object) {
	if len(u.objs) == 0 && !u.own {
		u.objs = more
		return
	}
	for _, o := range more {
		if len(u.objs) >= cmp.Or(u.limit, maxObjects) {
			return
		}
		if slices.Contains(u.objs, o) {
			continue
		}
		if !u.own {
			u.objs, u.own = append(make([]*object, 0, 2*len(u.objs)+2), u.objs...), true
		}
		u.objs = append(u.objs, o)
	}
}

func add(out, more []*object) []*object {
	if len(out) == 0 {
		return more
	}
	fresh := false
	for _, o := range more {
		if slices.Contains(out, o) || len(out) >= maxObjects {
			continue
		}
		if !fresh {
			out, fresh = slices.Clone(out), true // results are shared through the memo
		}
		out = append(out, o)
	}
	return out
}

func (w *world) param(f *frame, val *effects.Value) []*object {
	i := int(val.N)
	if i < len(f.params) && !f.params[i].isZero() {
		return w.operand(f.params[i])
	}
	kind := unknownObject
	if f.entry {
		kind = entryObject
	}
	return one(w.object(objectKey{kind: kind, frame: f.id, n: int32(i), name: "parameter"}, func(o *object) {
		o.frame, o.typ = f, val.Type
	}))
}

func (w *world) free(f *frame, i int) []*object {
	if f.closure.frame == nil {
		return one(w.unknown("captured variable"))
	}
	made := &f.closure.frame.fn.Values[f.closure.val]
	if i >= len(made.Args) {
		return nil
	}
	return w.eval(f.closure.frame, made.Args[i])
}

func (w *world) global(name string) *object {
	return w.object(objectKey{kind: globalObject, name: name}, nil)
}

func (w *world) funcValue(id string, recv operand, bound bool) *object {
	return w.object(objectKey{kind: funcObject, fn: w.prog.funcs[id], name: id}, func(o *object) { o.recv, o.bound = recv, bound })
}

// boundMethod is x.Method as a value. Through an interface it is the method of each concrete type that x may have. A function
// that a library has given a method (http.HandlerFunc, an endpoint behind otelhttp.NewHandler) stands for that method.
func (w *world) boundMethod(f *frame, v int32, val *effects.Value) []*object {
	bind := func(id string, recv *object) *object {
		k := objectKey{kind: funcObject, frame: f.id, val: v, fn: w.prog.funcs[id], name: id}
		if recv != nil {
			k.base = recv.id
		}
		return w.object(k, func(o *object) {
			o.frame, o.bound = f, true
			o.recv = operand{frame: f, val: val.Args[0]}
			if recv != nil {
				o.recv = operand{objs: one(recv)}
			}
		})
	}
	if val.Type == "" && w.prog.funcs[val.Str] != nil {
		return one(bind(val.Str, nil))
	}
	name := val.Str[strings.LastIndexByte(val.Str, '.')+1:]
	var out []*object
	for _, recv := range w.eval(f, val.Args[0]) {
		if val.Type != "" {
			for _, m := range w.methods(recv, name) {
				out = add(out, one(bind(m.id, m.recv)))
			}
		}
		if fn := unbox(recv); fn.kind == funcObject && !slices.ContainsFunc(out, func(m *object) bool { return m.fn != nil }) {
			out = add(out, one(fn))
		}
	}
	if len(out) == 0 {
		return one(bind(val.Str, nil))
	}
	return out
}

// method is a method of an object: the function's ID and the receiver it gets (a promoted method gets the embedded field).
type method struct {
	id   string
	recv *object
}

// methods finds a named method on the concrete type of an object.
func (w *world) methods(o *object, name string) []method { return w.methodsBelow(o, name, 0) }

// methodsBelow is methods for an object that is embedded in others; decorators may wrap decorators of their own type.
func (w *world) methodsBelow(o *object, name string, depth int) []method {
	if depth > maxNesting {
		return nil
	}
	t := w.prog.types[trimPtr(o.typ)]
	if t == nil {
		return nil
	}
	m := methodOf(t, name)
	if m == nil {
		return nil
	}
	if len(m.Path) == 0 {
		return []method{{m.Func, o}}
	}
	recvs := one(o)
	for _, field := range m.Path {
		owner := trimPtr(o.typ)
		recvs = each(recvs, func(r *object) []*object { return w.load(w.field(w.pointee(r), field, owner)) })
	}
	var out []method
	for _, r := range recvs {
		if m.Iface != "" {
			if r != o {
				out = append(out, w.methodsBelow(r, name, depth+1)...)
			}
			continue
		}
		out = append(out, method{m.Func, r})
	}
	if len(out) == 0 && m.Iface == "" {
		return []method{{m.Func, o}}
	}
	return out
}

// present leaves out nil where something else is there, too: the nil that a constructor returns with its error is never used.
func present(objs []*object) []*object {
	isNil := func(o *object) bool { return unbox(o).kind == nilObject }
	if !slices.ContainsFunc(objs, isNil) || !slices.ContainsFunc(objs, func(o *object) bool { return !isNil(o) }) {
		return objs
	}
	return slices.DeleteFunc(slices.Clone(objs), isNil)
}

// box gives a value its concrete type where the object does not show it: named function, string, map or slice types with
// methods.
func (w *world) box(o *object, typ string) *object {
	id := trimPtr(typ)
	t := w.prog.types[id]
	if t != nil && t.Foreign {
		// What a library call gave has one concrete type, which only shows here.
		if o.kind == libObject && o.typ == "" {
			o.typ = id
		}
		return o
	}
	zero := o.kind == nilObject && t != nil && t.Kind == "struct" && id == typ // server{}, which Go keeps as a constant
	if t == nil || trimPtr(o.typ) == id || !zero && t.Kind == "struct" && o.kind != unknownObject && o.kind != entryObject && o.kind != libObject {
		return o
	}
	if len(t.Methods) == 0 || o.kind == nilObject && !zero {
		return o
	}
	return w.object(objectKey{kind: boxedObject, base: o.id, name: id}, func(b *object) { b.base, b.typ = o, id })
}

// unbox is the value in a boxedObject.
func unbox(o *object) *object {
	for o.kind == boxedObject {
		o = o.base
	}
	return o
}
