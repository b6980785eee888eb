package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

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
	if val.N == 0 {
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
		if w.filled(o) {
			if v := w.fromConfig(o); len(v) > 0 {
				return v
			}
			return one(o)
		}
		if root.kind == allocObject && val.N == 1 {
			return one(w.textObject(lit("")))
		}
		return one(o)
	})
}

// stored unites the values of all stores to an address. What the literal of a struct holds comes along with its fields where a
// library gets the address: by itself, the copy says no more than var cfg Config.
func (w *world) stored(o *object) []*object {
	out := w.wholes(o)
	if !w.handedOut(o) || !w.holdsStruct(o) || !slices.ContainsFunc(out, w.isLiteral) {
		return out
	}
	return slices.DeleteFunc(slices.Clone(out), w.isLiteral)
}

// wholes is stored with the literals of structs whose fields are still to be looked up.
func (w *world) wholes(o *object) []*object {
	w.flush()
	out := union{objs: w.put[o]}
	for _, s := range w.overridden(o) {
		if s.zero() && w.handedOut(o) {
			continue
		}
		out.add(w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
	}
	return out.objs
}

// isLiteral reports whether an object is a struct that only the code fills.
func (w *world) isLiteral(o *object) bool { return o.kind == allocObject && !w.handedOut(o) }

// holdsStruct reports whether what an address leads to is a struct, and no pointer to one.
func (w *world) holdsStruct(o *object) bool {
	typ := o.typ
	if o.kind == ptrObject {
		typ = w.stepTo(o).Type
	}
	t := w.prog.types[typ]
	return t != nil && t.Kind == "struct" || strings.HasPrefix(typ, "struct")
}

// zero reports whether a store puts in the zero value of a struct.
func (s boundStore) zero() bool {
	val := &s.frame.fn.Values[s.frame.fn.Stores[s.index].Val]
	return val.Op == effects.OpAlloc && val.N == 2
}

// overridden lists the stores to an address, without the constant that a constructor puts into a field when something else
// sets the field of the same object later: a default that has been replaced.
func (w *world) overridden(o *object) []boundStore {
	all := w.storesTo(o)
	if o.kind != ptrObject || o.base.kind != allocObject || len(all) < 2 {
		return all
	}
	isDefault := func(s boundStore) bool {
		return s.frame == o.base.frame && s.frame.fn.Values[s.frame.fn.Stores[s.index].Val].Op == effects.OpConst
	}
	later := slices.DeleteFunc(slices.Clone(all), isDefault)
	if len(later) == 0 || !slices.ContainsFunc(later, func(s boundStore) bool { return s.frame != o.base.frame }) {
		return all
	}
	return later
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
	if text, ok := w.prog.embedded[o.name]; ok {
		return one(w.textObject(lit(text)))
	}
	if models := w.prog.cat.Values(o.name); len(models) > 0 && models[0].Makes != nil {
		return one(w.object(objectKey{kind: libObject, name: o.name, spec: models[0].Makes}, nil))
	}
	return one(o)
}

func (w *world) loadPtr(o *object) []*object {
	if o.loaded == nil {
		o.loaded = w.newAnswer()
	}
	return w.once(o.loaded, func() []*object { return w.loadField(o) })
}

func (w *world) loadField(o *object) []*object {
	if o.name == "" || o.base.kind == textObject || o.base.kind == nilObject {
		return nil
	}
	if isArgs(o.base) && len(o.name) > 2 {
		return one(w.textObject(hole(holeArg, strings.Trim(o.name, "[]"))))
	}
	if o.base.kind == askedObject {
		return w.handOutField(o)
	}
	if k := o.base.kind; o.name[0] == '[' && (k == listObject || k == appendObject) {
		return add(w.elements(o.base), w.stored(o))
	}
	if filled := w.refilled(o); len(filled) > 0 {
		return filled
	}
	out := w.stored(o)
	// A struct that was assigned as a whole brings its fields along.
	whole := w.wholes(o.base)
	if o.base.kind == ptrObject {
		whole = add(whole, w.loadPtr(o.base))
	}
	for _, s := range whole {
		if s = unbox(s); s != o.base && s.kind != nilObject && s.kind != textObject {
			if o.name == "[]" {
				out = add(out, w.elements(s))
			} else if f := w.field(s, o.name, o.owner); f != o {
				held := w.loadPtr(f)
				if len(held) == 1 && held[0] == f && w.isLiteral(s) && w.handedOut(o) {
					continue // the literal leaves the field to the library
				}
				out = add(out, held)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	if v := w.describedField(o); len(v) > 0 {
		return v
	}
	if k := o.base.kind; (k == unknownObject || k == entryObject) && o.owner != "" {
		for _, s := range w.fieldIndex[o.owner+"."+o.name] {
			out = add(out, w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
		}
		if len(out) > 0 {
			return out
		}
	}
	if o.base.kind == libObject {
		// An exported field of what a library made, where the model says what it holds.
		if out := w.attr(o.base, o.name); len(out) > 0 {
			return out
		}
	}
	return one(o)
}

// describedField is a field, at any depth, of what a library call gives, where the call's model has an attribute of the
// field's name.
func (w *world) describedField(o *object) []*object {
	root := o.base
	for root.kind == ptrObject {
		root = root.base
	}
	if root.kind != libObject || root.spec == nil || root.frame == nil {
		return nil
	}
	if e, ok := root.spec.Attrs[o.name]; ok {
		return w.expr(e.Node, site{root.frame, root.val})
	}
	return nil
}
