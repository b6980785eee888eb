package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// This file tells keys that come with a request or message from those that are made anew each time. A key that is new is never
// there before: it keeps nothing from being inserted twice.

// fresh reports whether what an insert writes to a column is an id that is made for it.
func (p *process) fresh(e *effect, column string) bool {
	return slices.ContainsFunc(p.w.written(e, column), func(o *object) bool { return p.w.freshID(o, 0) })
}

// freshKey reports whether a part of a key is made anew: then all of the key is new.
func (p *process) freshKey(e *effect, key []string) bool {
	return slices.ContainsFunc(key, func(column string) bool { return p.fresh(e, column) })
}

// written is what an insert writes to a column: one of the arguments where they are as many as the columns, else the field of a
// struct, or the entry of a map, that stands for the column.
func (w *world) written(e *effect, column string) []*object {
	if e.data == nil || e.data.Values.IsZero() {
		return nil
	}
	values := w.list(e.data.Values.Node, e.at)
	i := slices.IndexFunc(e.inserted, func(c string) bool { return strings.EqualFold(c, column) })
	if i >= 0 && len(values) == len(e.inserted) && len(values) > 1 {
		return values[i]
	}
	var out []*object
	for _, elem := range values {
		for _, o := range elem {
			out = add(out, w.entry(o, column, 0))
		}
	}
	if len(out) == 0 && i >= 0 && len(values) == len(e.inserted) {
		return values[i]
	}
	return out
}

// entry is what a struct, a map or each element of a list holds for a column.
func (w *world) entry(o *object, column string, depth int) []*object {
	const nested = 2 // a list of structs
	o = unbox(o)
	switch {
	case depth > nested:
		return nil
	case o.kind == listObject, o.kind == appendObject:
		return each(w.elements(o), func(el *object) []*object { return w.entry(el, column, depth+1) })
	case o.kind == makeObject:
		return w.mapEntry(o, column)
	}
	t := w.prog.types[trimPtr(o.typ)]
	if t == nil {
		return nil
	}
	var out []*object
	for _, f := range t.Fields {
		if standsFor(f, column) {
			out = add(out, w.fieldOf(o, f.Name))
		}
	}
	return out
}

// mapEntry is what a map holds under a key that is a constant.
func (w *world) mapEntry(o *object, key string) []*object {
	var out []*object
	w.flush()
	for _, s := range w.storesTo(w.field(o, "[]", "")) {
		store := s.frame.fn.Stores[s.index]
		if addr := &s.frame.fn.Values[store.Addr]; len(addr.Args) > 1 && slices.ContainsFunc(w.texts(w.eval(s.frame, addr.Args[1])), func(t text) bool {
			return strings.EqualFold(t.String(), key)
		}) {
			out = add(out, w.eval(s.frame, store.Val))
		}
	}
	return out
}

// standsFor reports whether a field is written to a column: its tag says so (db:"id", bson:"_id,omitempty",
// gorm:"column:id;primaryKey"), or, where it has none that says anything, its name.
func standsFor(f effects.Field, column string) bool {
	for _, word := range strings.FieldsFunc(f.Tag, func(r rune) bool { return strings.ContainsRune("\",; ", r) }) {
		if strings.EqualFold(strings.TrimPrefix(word, "column:"), column) {
			return true
		}
	}
	return f.Tag == "" && (strings.EqualFold(f.Name, column) || strings.EqualFold(underscore(f.Name), column))
}

const maxWrapped = 4 // uuid.Must(uuid.NewRandom()).String()

// freshID reports whether a value is an id that a library has just made, or a form of one. One that was read from a text is not.
func (w *world) freshID(o *object, depth int) bool {
	o = unbox(o)
	if o.kind != libObject || o.frame == nil || depth > maxWrapped {
		return false
	}
	call := (site{o.frame, o.val}).info()
	if makesID(call.Callee) {
		return true
	}
	return ofIDMaker(call.Callee) && slices.ContainsFunc(call.Args, func(a int32) bool {
		return slices.ContainsFunc(w.eval(o.frame, a), func(arg *object) bool { return w.freshID(arg, depth+1) })
	})
}
