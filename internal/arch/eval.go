package arch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// eval says what a value of a frame may be. It works backwards, on demand: a parameter is what the caller passed, a call's
// result what the callee returns in that calling context, a load what was stored there. No result means that nothing was
// found; a result may be an unknownObject.
func (w *world) eval(f *frame, v int32) []*object {
	return w.once(ref{f.id, v}, func() []*object { return w.compute(f, v) })
}

// once remembers the result of an evaluation and ends cycles of evaluations.
func (w *world) once(r ref, compute func() []*object) []*object {
	if out, ok := w.memo[r]; ok {
		return out
	}
	if at, ok := w.busy[r]; ok {
		w.cut = min(w.cut, at) // a cycle: what it adds is found at its other entry
		return nil
	}
	if w.depth > maxEval {
		return nil
	}
	outer := w.cut
	w.cut = noCut
	w.depth++
	w.busy[r] = w.depth
	out := compute()
	delete(w.busy, r)
	if len(out) > maxObjects {
		out = out[:maxObjects]
	}
	// A result that lacks what a cycle above it would add is only good for that cycle, and is not remembered.
	if w.cut >= w.depth || w.retried[r] > 3 {
		w.memo[r] = out
		w.cut = outer
	} else {
		w.retried[r]++
		w.cut = min(w.cut, outer)
	}
	w.depth--
	return out
}

const maxEval = 400 // values on the way to one

func (w *world) operand(o operand) []*object {
	if o.frame != nil {
		return w.eval(o.frame, o.val)
	}
	return o.objs
}

func one(o *object) []*object { return []*object{o} }

func (w *world) compute(f *frame, v int32) []*object {
	val := &f.fn.Values[v]
	switch val.Op {
	case effects.OpConst:
		if val.Str == "nil" {
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
		return one(w.funcValue(val.Str, operand{}, false))
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
		var out []*object
		for i, arg := range val.Args {
			if !w.dead(f, val.Blocks[i]) {
				out = add(out, w.eval(f, arg))
			}
		}
		return out
	case effects.OpCall:
		return w.result(f, val.Args[0], val.N)
	case effects.OpBinary:
		return w.binary(f, val)
	case effects.OpConvert:
		return w.eval(f, val.Args[0])
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
	var out []*object
	for _, o := range objs {
		out = add(out, fn(o))
	}
	return out
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

// boundMethod is x.Method as a value. Through an interface it is the method of each concrete type that x may have.
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
	if val.Type == "" {
		return one(bind(val.Str, nil))
	}
	name := val.Str[strings.LastIndexByte(val.Str, '.')+1:]
	var out []*object
	for _, recv := range w.eval(f, val.Args[0]) {
		for _, m := range w.methods(recv, name) {
			out = add(out, one(bind(m.id, m.recv)))
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

// box gives a value its concrete type where the object does not show it: named function, string, map or slice types with
// methods.
func (w *world) box(o *object, typ string) *object {
	id := trimPtr(typ)
	t := w.prog.types[id]
	if t == nil || trimPtr(o.typ) == id || t.Kind == "struct" && o.kind != unknownObject && o.kind != entryObject && o.kind != libObject {
		return o
	}
	if len(t.Methods) == 0 || o.kind == nilObject {
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

// pointee makes field addresses of a pointer variable's target and of the variable itself the same where the variable is
// a struct.
func (w *world) pointee(o *object) *object { return unbox(o) }

// load is what an address holds.
func (w *world) load(o *object) []*object {
	switch o.kind {
	case allocObject:
		out := w.stored(o)
		if len(out) == 0 || o.hasFields {
			out = add(one(o), out)
		}
		return out
	case globalObject:
		return w.loadGlobal(o)
	case ptrObject:
		return w.loadPtr(o)
	}
	return one(o)
}

// zero replaces string variables that nothing sets by the empty string. What a library may have filled stays unknown.
func (w *world) zero(val *effects.Value, objs []*object) []*object {
	if val.N != 1 {
		return objs
	}
	return each(objs, func(o *object) []*object {
		root := o
		for root.kind == ptrObject {
			root = root.base
		}
		if o.kind != ptrObject && o.kind != allocObject {
			return one(o)
		}
		if filled(o) {
			if v := w.fromConfig(o); len(v) > 0 {
				return v
			}
			return one(o)
		}
		if root.kind == allocObject {
			return one(w.textObject(lit("")))
		}
		return one(o)
	})
}

// stored unites the values of all stores to an address.
func (w *world) stored(o *object) []*object {
	w.flush()
	out := w.put[o]
	for _, s := range w.storesTo[o] {
		out = add(out, w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
	}
	return out
}

// assign makes an address hold an object that a library puts there.
func (w *world) assign(addr, value *object) {
	if !slices.Contains(w.put[addr], value) {
		w.put[addr] = append(w.put[addr], value)
	}
}

func (w *world) loadGlobal(o *object) []*object {
	out := w.stored(o)
	for _, s := range w.prog.globalStores[o.name] {
		if !s.fn.initializer() {
			continue // counted when its frame was registered
		}
		f := w.enter(nil, -1, s.fn, nil, operand{}, nil)
		if w.dead(f, s.fn.Stores[s.index].Block) {
			continue
		}
		out = add(out, w.eval(f, s.fn.Stores[s.index].Val))
	}
	if len(out) > 0 {
		return out
	}
	if models := w.prog.cat.Values(o.name); len(models) > 0 && models[0].Makes != nil {
		return one(w.object(objectKey{kind: libObject, name: o.name, spec: models[0].Makes}, nil))
	}
	return one(o)
}

func (w *world) loadPtr(o *object) []*object {
	return w.once(ref{-o.id, 0}, func() []*object { return w.loadField(o) })
}

func (w *world) loadField(o *object) []*object {
	if o.name == "" || o.base.kind == textObject || o.base.kind == nilObject {
		return nil
	}
	if k := o.base.kind; o.name[0] == '[' && (k == listObject || k == appendObject) {
		return add(w.elements(o.base), w.stored(o))
	}
	out := w.stored(o)
	// A struct that was assigned as a whole brings its fields along.
	whole := w.stored(o.base)
	if o.base.kind == ptrObject {
		whole = add(whole, w.loadPtr(o.base))
	}
	for _, s := range whole {
		if s = unbox(s); s != o.base && s.kind != nilObject && s.kind != textObject {
			if o.name == "[]" {
				out = add(out, w.elements(s))
			} else if f := w.field(s, o.name, o.owner); f != o {
				out = add(out, w.loadPtr(f))
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	if k := o.base.kind; (k == unknownObject || k == entryObject) && o.owner != "" {
		for _, s := range w.fieldIndex[o.owner+"."+o.name] {
			out = add(out, w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
		}
		if len(out) > 0 {
			return out
		}
	}
	return one(o)
}

// elementPtr is the address of an element; elements with a constant index or key keep it apart from the others.
func (w *world) elementPtr(f *frame, o *object, val *effects.Value) []*object {
	o = unbox(o)
	if o.kind == ptrObject || o.kind == globalObject {
		return each(w.load(o), func(held *object) []*object { return one(w.elementOf(f, unbox(held), val)) })
	}
	return one(w.elementOf(f, o, val))
}

func (w *world) elementOf(f *frame, container *object, val *effects.Value) *object {
	if container.kind == allocObject && len(val.Args) > 1 {
		if i := &f.fn.Values[val.Args[1]]; i.Op == effects.OpConst {
			return w.field(container, "["+i.Str+"]", "")
		}
	}
	return w.field(container, "[]", "")
}

// indexed is an element by index or key. A key that is not constant selects all, and is noted when it is a role switch: a
// map of commands.
func (w *world) indexed(f *frame, val *effects.Value) []*object {
	containers := w.eval(f, val.Args[0])
	if len(val.Args) < 2 {
		return each(containers, w.elements)
	}
	keys := w.texts(w.eval(f, val.Args[1]))
	return each(containers, func(o *object) []*object {
		o = unbox(o)
		if len(keys) == 1 && filled(o) {
			if key, ok := keys[0].constant(); ok {
				if v := w.configEntry(o, key); len(v) > 0 {
					return v
				}
			}
		}
		if o.kind == globalObject && o.name == "os.Args" && len(keys) == 1 {
			return one(w.textObject(hole(holeArg, keys[0].String())))
		}
		switch o.kind {
		case listObject:
			if len(keys) == 1 {
				if i, err := strconv.Atoi(keys[0].String()); err == nil {
					elems := o.frame.fn.Values[o.val].Args
					if i >= 0 && i < len(elems) {
						return w.eval(o.frame, elems[i])
					}
				}
			}
		case makeObject:
			return w.entries(o, keys)
		case allocObject:
			if len(keys) == 1 {
				if out := w.stored(w.field(o, "["+keys[0].String()+"]", "")); len(out) > 0 {
					return out
				}
			}
		}
		return w.elements(o)
	})
}

// entries are the values of a map under any of the keys.
func (w *world) entries(m *object, keys []text) []*object {
	w.flush()
	want := ""
	if len(keys) == 1 {
		if c, ok := keys[0].constant(); ok {
			want = c
		} else if src, ok := keys[0].source(); ok {
			want = w.assume[src.id()]
			w.noteKeys(src, m)
		}
	}
	var exact, all []*object
	for _, s := range w.storesTo[w.field(m, "[]", "")] {
		st := s.frame.fn.Stores[s.index]
		value := w.eval(s.frame, st.Val)
		all = add(all, value)
		addr := &s.frame.fn.Values[st.Addr]
		if want == "" || len(addr.Args) < 2 {
			continue
		}
		for _, k := range w.texts(w.eval(s.frame, addr.Args[1])) {
			if k.String() == want {
				exact = add(exact, value)
			}
		}
	}
	if want != "" && len(exact) > 0 {
		return exact
	}
	return all
}

// noteKeys records the constant keys of a map that is indexed by something from outside.
func (w *world) noteKeys(src part, m *object) {
	for _, s := range w.storesTo[w.field(m, "[]", "")] {
		addr := &s.frame.fn.Values[s.frame.fn.Stores[s.index].Addr]
		if len(addr.Args) > 1 {
			for _, k := range w.texts(w.eval(s.frame, addr.Args[1])) {
				if c, ok := k.constant(); ok {
					w.noteSwitch(src, c)
				}
			}
		}
	}
}

// elements are all elements of a container.
func (w *world) elements(o *object) []*object { return w.collect(o, map[*object]bool{}) }

// collect is elements without the containers in seen, which have been collected already: a slice that is appended to in a
// loop holds itself.
func (w *world) collect(o *object, seen map[*object]bool) []*object {
	o = unbox(o)
	if seen[o] {
		return nil
	}
	seen[o] = true
	switch o.kind {
	case listObject:
		var out []*object
		for _, e := range o.frame.fn.Values[o.val].Args {
			out = add(out, w.eval(o.frame, e))
		}
		return out
	case appendObject:
		var out []*object
		for _, arg := range o.frame.fn.Values[o.val].Args {
			for _, part := range w.eval(o.frame, arg) {
				out = add(out, w.collect(part, seen))
			}
		}
		return out
	case makeObject:
		return w.stored(w.field(o, "[]", ""))
	case allocObject:
		w.flush()
		var out []*object
		for _, s := range w.storesUnder(o) {
			out = add(out, w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
		}
		for _, held := range w.stored(o) {
			out = add(out, w.collect(held, seen))
		}
		return out
	case ptrObject, globalObject:
		var out []*object
		for _, held := range w.load(o) {
			out = add(out, w.collect(held, seen))
		}
		if len(out) == 0 && filled(o) {
			return w.fromConfig(o)
		}
		return out
	case libObject, entryObject:
		return one(o)
	}
	return nil
}

// keys are all keys of a map.
func (w *world) keys(o *object) []*object {
	o = unbox(o)
	maps := one(o)
	if o.kind == ptrObject || o.kind == globalObject {
		maps = w.load(o)
	}
	w.flush()
	var out []*object
	for _, m := range maps {
		for _, s := range w.storesTo[w.field(unbox(m), "[]", "")] {
			if addr := &s.frame.fn.Values[s.frame.fn.Stores[s.index].Addr]; len(addr.Args) > 1 {
				out = add(out, w.eval(s.frame, addr.Args[1]))
			}
		}
	}
	return out
}

// storesUnder lists the stores to any element of an array variable.
func (w *world) storesUnder(o *object) []boundStore {
	out := slices.Clone(w.storesTo[w.field(o, "[]", "")])
	for i := range 16 {
		k := objectKey{kind: ptrObject, base: o.id, name: "[" + strconv.Itoa(i) + "]"}
		if e := w.objects[k]; e != nil {
			out = append(out, w.storesTo[e]...)
		}
	}
	return out
}

// binary evaluates string concatenation; other operations are not followed.
func (w *world) binary(f *frame, val *effects.Value) []*object {
	if val.Str != "+" || val.Type != "string" && w.prog.types[val.Type] == nil {
		return one(w.unknown("computed"))
	}
	return w.concat(w.eval(f, val.Args[0]), w.eval(f, val.Args[1]))
}

const maxTexts = 12 // combinations of one concatenation

func (w *world) concat(a, b []*object) []*object {
	var out []*object
	for _, x := range w.texts(a) {
		for _, y := range w.texts(b) {
			if len(out) < maxTexts {
				out = add(out, one(w.textObject(concat(x, y))))
			}
		}
	}
	return out
}

// texts are the objects as text; what is not text is a hole. There is always at least one. Where a constant is known,
// ways on which nothing was found say nothing against it.
func (w *world) texts(objs []*object) []text {
	known := slices.ContainsFunc(objs, func(o *object) bool { return o.kind == textObject && o.text.known() })
	var out []text
	for _, o := range objs {
		switch o = unbox(o); o.kind {
		case textObject:
			out = append(out, o.text)
		case nilObject:
		case unknownObject, ptrObject:
			if !known {
				out = append(out, hole(holeValue, ""))
			}
		default:
			out = append(out, hole(holeValue, ""))
		}
	}
	if len(out) == 0 {
		return []text{hole(holeValue, "")}
	}
	return out
}

// result is result n of a call: of every function that it may reach.
func (w *world) result(f *frame, call, n int32) []*object {
	var out []*object
	t := w.targets(f, call)
	for _, child := range t.frames {
		out = add(out, w.returned(child, n))
	}
	for _, symbol := range t.library {
		out = add(out, w.libraryResult(site{f, call}, symbol, n))
	}
	if len(out) == 0 && len(t.frames) == 0 {
		return one(w.object(objectKey{kind: unknownObject, frame: f.id, val: call, n: n, name: "call"}, func(o *object) { o.frame = f }))
	}
	return out
}

func (w *world) returned(f *frame, n int32) []*object {
	var out []*object
	for _, r := range f.fn.Returns {
		if int(n) < len(r.Vals) && !w.dead(f, r.Block) {
			out = add(out, w.eval(f, r.Vals[n]))
		}
	}
	return out
}

// libraryResult is what the catalog says of a library function's result, else an object that is only known by the call.
func (w *world) libraryResult(at site, symbol string, n int32) []*object {
	for _, m := range w.prog.cat.Lookup(symbol) {
		switch {
		case m.Makes != nil && int32(m.Makes.Result) == n && m.Makes.Pointer.IsZero():
			return one(w.libObject(at, n, m.Makes))
		case n != 0:
		case !m.Pass.IsZero():
			out := w.expr(m.Pass.Node, at)
			for _, o := range out {
				if !slices.Contains(w.layers[o], at) {
					w.layers[o] = append(w.layers[o], at)
				}
			}
			if len(out) > 0 {
				return out
			}
		case m.Text != nil:
			return w.textResult(m.Text, at)
		case m.Config != nil && m.Config.Into.IsZero():
			return one(w.textObject(w.configured(m.Config, at)))
		}
	}
	return one(w.libObject(at, n, nil))
}

func (w *world) libObject(at site, n int32, spec *catalog.Object) *object {
	return w.object(objectKey{kind: libObject, frame: at.frame.id, val: at.call, n: n, spec: spec}, func(o *object) { o.frame = at.frame })
}

func (w *world) textResult(t *catalog.Text, at site) []*object {
	if !t.Printf.IsZero() {
		var out []*object
		operands := w.list(t.Args.Node, at)
		for _, format := range w.texts(w.expr(t.Printf.Node, at)) {
			out = add(out, one(w.textObject(printf(format, func(i int) text {
				if i < len(operands) {
					return w.texts(operands[i])[0]
				}
				return hole(holeValue, "")
			}))))
		}
		return out
	}
	var joined, sep text
	if !t.Sep.IsZero() {
		sep = w.texts(w.expr(t.Sep.Node, at))[0]
	}
	for i, elem := range w.list(t.Join.Node, at) {
		next := w.texts(elem)[0]
		if i > 0 && len(sep) > 0 {
			if sep.String() == "/" {
				next = trimSlash(next)
			}
			joined = append(joined, sep...)
		}
		joined = append(joined, next...)
	}
	return one(w.textObject(joined.join()))
}

func trimSlash(t text) text {
	if len(t) > 0 && t[0].Kind == "" {
		t = slices.Clone(t)
		t[0].Lit = strings.TrimPrefix(t[0].Lit, "/")
	}
	return t
}

func (w *world) configured(c *catalog.Config, at site) text {
	p := part{}
	name := func(e catalog.Expr) string { return w.texts(w.expr(e.Node, at))[0].String() }
	switch {
	case !c.Env.IsZero():
		p.Kind, p.Name = holeEnv, name(c.Env)
	case !c.Flag.IsZero():
		p.Kind, p.Name = holeFlag, name(c.Flag)
	case !c.Key.IsZero():
		p.Kind, p.Name = holeKey, name(c.Key)
	case !c.Arg.IsZero():
		p.Kind, p.Name = holeArg, name(c.Arg)
	}
	if !c.Default.IsZero() {
		if d := w.texts(w.expr(c.Default.Node, at)); len(d) > 0 && d[0].known() {
			p.Default = d[0]
		}
	}
	return text{p}
}
