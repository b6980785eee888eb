package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// targets says where a call goes: into frames of functions whose body is known, and to library symbols.
type targets struct {
	frames  []*frame
	library []string
}

const maxGuesses = 4 // implementations to believe in when a receiver's value is not known

func (w *world) targets(f *frame, call int32) targets {
	c := &f.fn.Calls[call]
	var t targets
	switch {
	case c.Iface != "":
		w.invoke(f, call, c, &t)
	case c.Callee != "":
		if fn := f.fn.callees[call]; fn != nil {
			if fn.initializer() {
				break // the initializers are roots of their own
			}
			closure := operand{}
			if c.Func >= 0 {
				closure = operand{frame: f, val: c.Func}
			}
			t.enter(w.enter(f, call, fn, w.args(f, c), closure, nil))
		} else {
			t.library = append(t.library, c.Callee)
			w.dispatched(site{f, call}, &t)
		}
	default:
		for _, o := range w.eval(f, c.Func) {
			w.callValue(f, call, o, w.args(f, c), &t)
		}
		if len(t.frames) == 0 && len(t.library) == 0 && f.fn.models != nil && f.fn.models[call] != nil {
			t.library = append(t.library, calledSymbol(f.fn, c))
		}
	}
	return t
}

func (t *targets) enter(f *frame) {
	if f != nil && !slices.Contains(t.frames, f) {
		t.frames = append(t.frames, f)
	}
}

func (w *world) args(f *frame, c *effects.Call) []operand {
	out := make([]operand, len(c.Args))
	for i, a := range c.Args {
		out[i] = operand{frame: f, val: a}
	}
	return out
}

// callValue calls a function value.
func (w *world) callValue(f *frame, call int32, o *object, args []operand, t *targets) {
	o = unbox(o)
	if o.kind != funcObject {
		return
	}
	if o.bound {
		args = append([]operand{o.recv}, args...)
	}
	if o.fn == nil {
		t.library = append(t.library, o.name)
		return
	}
	closure := operand{}
	if o.frame != nil && !o.bound && o.val >= 0 {
		closure = operand{frame: o.frame, val: o.val}
	}
	t.enter(w.enter(f, call, o.fn, args, closure, w.only(o.recv)))
}

// only is the one object of an operand that is given outright.
func (w *world) only(o operand) *object {
	if len(o.objs) == 1 {
		return o.objs[0]
	}
	return nil
}

// invoke resolves a call through an interface by the concrete types that the receiver may have. Where the value says
// nothing, the implementations that this service makes anywhere are taken, if they are few.
func (w *world) invoke(f *frame, call int32, c *effects.Call, t *targets) {
	recvs := w.eval(f, c.Args[0])
	resolved := false
	for _, o := range recvs {
		switch {
		case o.kind == nilObject:
		case o.kind == libObject || o.kind == globalObject:
			if !w.dispatch(f, call, c, o, t) {
				t.addLibrary(c.Callee)
			}
			resolved = true
		default:
			if w.dispatch(f, call, c, o, t) {
				resolved = true
			}
		}
	}
	if resolved {
		return
	}
	if isLibraryIface(w.prog, c) {
		t.addLibrary(c.Callee)
	}
	var guesses []*effects.Type
	for _, typ := range w.prog.implementers(c) {
		if w.inst[typ.ID] {
			guesses = append(guesses, typ)
		}
	}
	if len(guesses) > maxGuesses {
		return
	}
	for _, typ := range guesses {
		o := w.object(objectKey{kind: unknownObject, name: "some " + typ.ID}, func(o *object) { o.typ = typ.ID })
		w.dispatch(f, call, c, o, t)
	}
}

// isLibraryIface reports whether the interface is declared outside the analysed code and a model speaks of its method.
func isLibraryIface(p *program, c *effects.Call) bool {
	return p.pkgs[packageOf(c.Iface)] == nil && len(p.lookup(c.Callee)) > 0
}

// packageOf is the import path in an ID of the form path.Name.
func packageOf(id string) string {
	slash := strings.LastIndexByte(id, '/')
	if dot := strings.IndexByte(id[slash+1:], '.'); dot >= 0 {
		return id[:slash+1+dot]
	}
	return id
}

func (t *targets) addLibrary(symbol string) {
	if !slices.Contains(t.library, symbol) {
		t.library = append(t.library, symbol)
	}
}

// dispatch calls a method on one concrete object and reports whether the object says what that is.
func (w *world) dispatch(f *frame, call int32, c *effects.Call, o *object, t *targets) bool {
	ms := w.methods(o, c.Method)
	if len(ms) == 0 {
		if fn := unbox(o); fn.kind == funcObject && c.Method == "ServeHTTP" {
			w.callValue(f, call, fn, w.args(f, c)[1:], t)
			return true
		}
		if o.kind == allocObject && w.prog.types[trimPtr(o.typ)] == nil && o.typ != "" && w.prog.pkgs[packageOf(trimPtr(o.typ))] == nil {
			t.addLibrary(c.Callee) // a struct of the library's own
			return true
		}
		return false
	}
	for _, m := range ms {
		fn := w.prog.funcs[m.id]
		if fn == nil {
			if len(w.prog.lookup(m.id)) == 0 && len(w.prog.lookup(c.Callee)) > 0 {
				t.addLibrary(c.Callee) // the interface is the library's own, and what is modelled
			} else {
				t.addLibrary(m.id)
			}
			continue
		}
		args := w.args(f, c)
		args[0] = operand{objs: one(m.recv)}
		t.enter(w.enter(f, call, fn, args, operand{}, m.recv))
	}
	return true
}
