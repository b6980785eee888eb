package arch

import (
	"slices"
	"strconv"

	"github.com/svclint/svclint/analyzers/effects"
)

// elementPtr is the address of an element; elements with a constant index or key keep it apart from the others.
func (w *world) elementPtr(f *frame, o *object, val *effects.Value) []*object {
	o = unbox(o)
	if o.kind == ptrObject || o.kind == globalObject {
		return each(w.load(o), func(held *object) []*object { return one(w.elementOf(f, unbox(held), val)) })
	}
	return one(w.elementOf(f, o, val))
}

func (w *world) elementOf(f *frame, container *object, val *effects.Value) *object {
	if (container.kind == allocObject || isArgs(container)) && len(val.Args) > 1 {
		if i := &f.fn.Values[val.Args[1]]; i.Op == effects.OpConst {
			return w.field(container, "["+i.Str+"]", "")
		}
	}
	return w.field(container, "[]", "")
}

// isArgs recognizes the command line: os.Args, flag.Args().
func isArgs(o *object) bool { return o.kind == libObject && o.spec != nil && o.spec.Kind == "args" }

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
		if len(keys) == 1 && w.filled(o) {
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
	want, assumed := "", false
	if len(keys) == 1 {
		if c, ok := keys[0].constant(); ok {
			want = c
		} else if src, ok := keys[0].source(); ok {
			want, assumed = w.assume[src.id()]
			w.noteKeys(src, m)
		}
	}
	var exact, all union
	for _, s := range w.storesTo(w.field(m, "[]", "")) {
		st := s.frame.fn.Stores[s.index]
		value := w.eval(s.frame, st.Val)
		all.add(value)
		addr := &s.frame.fn.Values[st.Addr]
		if want == "" || len(addr.Args) < 2 {
			continue
		}
		for _, k := range w.texts(w.eval(s.frame, addr.Args[1])) {
			if k.String() == want {
				exact.add(value)
			}
		}
	}
	if assumed || want != "" && len(exact.objs) > 0 {
		return exact.objs
	}
	return all.objs
}

// noteKeys records the constant keys of a map that is indexed by something from outside.
func (w *world) noteKeys(src part, m *object) {
	for _, s := range w.storesTo(w.field(m, "[]", "")) {
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
		out := union{limit: maxElements}
		for _, e := range o.frame.fn.Values[o.val].Args {
			out.add(w.eval(o.frame, e))
		}
		return out.objs
	case appendObject:
		var out union
		for _, arg := range o.frame.fn.Values[o.val].Args {
			for _, f := range o.frame.rounds(arg) {
				for _, part := range w.eval(f, arg) {
					out.add(w.collect(part, seen))
				}
			}
		}
		return out.objs
	case makeObject:
		return w.stored(w.field(o, "[]", ""))
	case allocObject:
		w.flush()
		var out union
		for _, s := range w.storesUnder(o) {
			out.add(w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
		}
		for _, held := range w.stored(o) {
			out.add(w.collect(held, seen))
		}
		return out.objs
	case ptrObject, globalObject:
		var out union
		for _, held := range w.load(o) {
			out.add(w.collect(held, seen))
		}
		if len(out.objs) == 0 && w.filled(o) {
			return w.fromConfig(o)
		}
		return out.objs
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
	var out union
	for _, m := range maps {
		for _, s := range w.storesTo(w.field(unbox(m), "[]", "")) {
			if addr := &s.frame.fn.Values[s.frame.fn.Stores[s.index].Addr]; len(addr.Args) > 1 {
				out.add(w.eval(s.frame, addr.Args[1]))
			}
		}
	}
	return out.objs
}

// storesUnder lists the stores to any element of an array variable.
func (w *world) storesUnder(o *object) []boundStore {
	out := slices.Clone(w.storesTo(w.field(o, "[]", "")))
	for i := range 16 {
		if e := o.fields["["+strconv.Itoa(i)+"]"]; e != nil {
			out = append(out, w.storesTo(e)...)
		}
	}
	return out
}
