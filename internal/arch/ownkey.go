package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// This file finds the inserts whose key comes from the message or request: a second one fails on the key. Where nothing tells
// that failure from another, a message comes again and again, and a client is told of an error; but nothing is there twice.

// underOwnKey marks such inserts. unique are the keys that are declared.
func (p *process) underOwnKey(fl *flow, unique uniqueKeys) {
	for _, e := range fl.effects {
		if e.Kind != KindData || !inserts(e.Verb) || e.Guard != "" || e.root == nil || !p.givenKey(e, unique) {
			continue
		}
		if e.OwnKey = !makesKey(e.at, e.root); !e.OwnKey {
			continue
		}
		for _, other := range fl.effects {
			if other != e && other.Guard == "" && p.failureLeaves(e, other) {
				other.behindKey = true
			}
		}
	}
}

// givenKey reports whether an insert writes all of a unique key, and nothing of it is made anew.
func (p *process) givenKey(e *effect, unique uniqueKeys) bool {
	if e.keyed && !p.fresh(e, "_id") {
		return true
	}
	return slices.ContainsFunc(unique.of(p, e), func(key []string) bool {
		return p.writesKey(e, key) && !p.freshKey(e, key)
	})
}

// underKey marks an insert whose error is asked for a duplicate as guarded, unless none of the keys that it could violate stays the
// same: they are made anew each time. Where no key of the table is known but the one that every row has, there may be another.
func (p *process) underKey(e *effect, keys [][]string) {
	given, anew := false, false
	for _, key := range keys {
		if p.writesKey(e, key) {
			fresh := p.freshKey(e, key)
			given, anew = given || !fresh, anew || fresh
		}
	}
	switch {
	case given:
	case len(keys) == 0 || e.Store == "mongo" && len(keys) == 1:
		e.newKey = anew || p.fresh(e, "id")
	case anew:
		return
	}
	if !e.newKey {
		at := e.Site
		e.Guard, e.GuardSite, e.guarding = "unique-key", &at, true
	}
}

// writesKey reports whether an insert is seen to write all columns of a key: it names them, or they are fields of a document.
func (p *process) writesKey(e *effect, key []string) bool {
	return coversKey(e.inserted, key) ||
		e.Store == "mongo" && !slices.ContainsFunc(key, func(column string) bool { return len(p.w.written(e, column)) == 0 })
}

// makesKey reports whether a function on the way to a site makes an id of its own.
func makesKey(at site, root *frame) bool {
	for f := at.frame; f != nil; f = f.parent {
		for i := range f.fn.Calls {
			if makesID(f.fn.Calls[i].Callee) {
				return true
			}
		}
		if f == root {
			break
		}
	}
	return false
}

// makesID recognizes the functions that make an id, apart from those that read or write one.
func makesID(callee string) bool {
	if !ofIDMaker(callee) {
		return false
	}
	name := callee[strings.LastIndexByte(callee, '.')+1:]
	return strings.Contains(callee, "/rand.") ||
		slices.ContainsFunc([]string{"New", "MustNew", "Make", "MustMake", "Gen", "Next"}, func(verb string) bool { return strings.HasPrefix(name, verb) })
}

// ofIDMaker reports whether a function belongs to a package, or a type, of ids.
func ofIDMaker(callee string) bool {
	return slices.ContainsFunc(idMakers, func(maker string) bool { return strings.Contains(strings.ToLower(callee), maker) })
}

// hasID reports whether a document that is written is given its own id: without one the driver makes it.
func (w *world) hasID(d *catalog.Data, at site) bool {
	if d.Store != "mongo" || d.Values.IsZero() {
		return false
	}
	objs := w.expr(d.Values.Node, at)
	return len(objs) > 0 && !slices.ContainsFunc(objs, func(o *object) bool {
		o = unbox(o)
		t := w.prog.types[trimPtr(o.typ)]
		return t == nil || !slices.ContainsFunc(t.Fields, func(f effects.Field) bool {
			set := o.fields[f.Name]
			return strings.Contains(f.Tag, `bson:"_id`) && set != nil && len(set.stores) > 0
		})
	})
}
