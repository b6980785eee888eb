package arch

import (
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// This file recognizes read-modify-write: what was read from a store is changed by an amount and written back, as in
//
//	doc, _ := tx.Get(ref)
//	doc.DataTo(&user)
//	user.Balance += amount
//	tx.Set(ref, user)
//
// which is relative to what is stored, though the write alone is an overwrite. A version that is counted up is not meant.

// readModifyWrite reports whether a value that is written was read from a store and then changed by an amount.
func (w *world) readModifyWrite(d *catalog.Data, at site) bool {
	if d.Values.IsZero() || d.Op != "write" {
		return false
	}
	return slices.ContainsFunc(w.expr(d.Values.Node, at), func(o *object) bool {
		o = unbox(o)
		return o.kind == allocObject && o.frame != nil && w.wasRead(o) && w.changedByAmount(o)
	})
}

// changedByAmount reports whether some field of a struct gets the sum or difference of its own value and another.
func (w *world) changedByAmount(o *object) bool {
	t := w.prog.types[trimPtr(o.typ)]
	if t == nil {
		return false
	}
	for _, field := range t.Fields {
		addr := o.fields[field.Name]
		if addr == nil || isVersion(field.Name) {
			continue
		}
		for _, s := range addr.stores {
			fn := s.frame.fn
			sum := &fn.Values[fn.Stores[s.index].Val]
			if sum.Op != effects.OpBinary || sum.Str != "+" && sum.Str != "-" {
				continue
			}
			old := &fn.Values[sum.Args[0]]
			if old.Op == effects.OpLoad && slices.Contains(w.eval(s.frame, old.Args[0]), addr) {
				return true
			}
		}
	}
	return false
}

// wasRead reports whether a variable is filled by a read of a store, or decoded from the result of one.
func (w *world) wasRead(o *object) bool {
	fn := o.frame.fn
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if !slices.ContainsFunc(c.Args, func(a int32) bool { return fn.strip(a) == o.val }) {
			continue
		}
		if w.reads(site{o.frame, int32(i)}) {
			return true
		}
		for j := range fn.Calls {
			if j != i && w.reads(site{o.frame, int32(j)}) && slices.ContainsFunc(c.Args, func(a int32) bool { return fn.derives(a, int32(j), false) }) {
				return true
			}
		}
	}
	return false
}

// reads reports whether a call of a library reads a store.
func (w *world) reads(at site) bool {
	return slices.ContainsFunc(w.targets(at.frame, at.call).library, func(symbol string) bool {
		return slices.ContainsFunc(w.prog.cat.Lookup(symbol), func(m *catalog.Model) bool { return m.Data != nil && m.Data.Op == "read" })
	})
}
